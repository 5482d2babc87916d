import type { LicensingOptions, Listing, SolutionPackage } from '#lib/domain/offer/content.js';
import {
  ChooseLicensingOptions,
  RegisterPackage,
  SaveAvailability,
  SaveListing,
  SaveProperties,
  SaveTechnicalConfiguration,
} from '#lib/domain/offer/pages-messages.js';
import { CreatePlan, DeletePlan, SavePlanListing } from '#lib/domain/offer/plans-messages.js';
import { publisherOf, serviceId } from '#lib/domain/ids.js';
import type { Chance } from './chance.js';
import { hours, type Life, type Stage, type Who } from './stage.js';

export const firstPlans = ['gold', 'silver', 'bronze'] as const;

const categories = ['Sales', 'Finance', 'Operations and Supply Chain', 'Human Resources'] as const;
const markets = ['AU', 'CA', 'DE', 'FR', 'GB', 'JP', 'NL', 'SE', 'US'] as const;

export function listingOf(offer: string, version: number): Listing {
  const site = `https://${publisherOf(offer)}.example`;
  return {
    name: `Solution ${offer}`,
    summary: `Edition ${version} for the people who do the work`,
    description: `<p>What is new in edition <b>${version}</b>.</p>`,
    keywords: ['planning', 'billing'],
    privacyUrl: `${site}/privacy`,
    helpUrl: `${site}/help`,
    supportUrl: `${site}/support`,
    screenshots: [`${site}/1.png`, `${site}/2.png`],
    videos: [],
  };
}

/** A component for each plan, which opens with that plan and with all that are worth more. */
export function packageOf(offer: string, planIds: readonly string[]): SolutionPackage {
  const services = planIds.map((planId) => serviceId(offer, planId));
  return {
    planDefinitions: planIds.map((planId) => ({
      serviceId: serviceId(offer, planId),
      displayName: planId,
      moreInfoUrl: null,
    })),
    components: planIds.map((planId, index) => ({ name: `${planId}-app`, serviceIds: services.slice(0, index + 1) })),
  };
}

export function addPlan(stage: Stage, offer: string, planId: string, owner: Who): void {
  stage.act(CreatePlan, { offer, planId, name: planId }, owner);
  stage.act(SavePlanListing, { offer, planId, name: planId, description: `What ${planId} holds.` }, owner);
}

/** Fills every page, over a few days; of an offer with license management also plans and package. */
export function* draftingLife(
  stage: Stage,
  offer: string,
  owner: Who,
  options: LicensingOptions,
  chance: Chance,
): Life {
  const developer: Who = { ...owner, role: 'publisher.developer' };
  stage.act(ChooseLicensingOptions, { offer, ...options }, owner);
  if (options.licenseManagement) {
    for (const planId of firstPlans) addPlan(stage, offer, planId, owner);
    stage.act(CreatePlan, { offer, planId: 'draft', name: 'A thought' }, owner);
    yield hours(chance.between(1, 40));
    stage.act(DeletePlan, { offer, planId: 'draft' }, owner);
    stage.act(RegisterPackage, { offer, ...packageOf(offer, firstPlans) }, developer);
  }
  yield hours(chance.between(1, 40));
  const packageUrl = `https://${publisherOf(offer)}.example/${offer}.zip`;
  stage.act(SaveTechnicalConfiguration, { offer, baseLicenseModel: 'user', packageUrl }, developer);
  stage.act(SaveProperties, { offer, category: chance.of(...categories) }, owner);
  yield hours(chance.between(1, 40));
  stage.act(SaveListing, { offer, ...listingOf(offer, 1) }, owner);
  const first = chance.number(markets.length - 1);
  stage.act(SaveAvailability, { offer, markets: [...markets.slice(first)] }, owner);
  yield hours(chance.between(1, 40));
}
