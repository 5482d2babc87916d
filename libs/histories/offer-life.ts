import type { LicensingOptions } from '#lib/domain/offer/content.js';
import { StopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { CreateOffer } from '#lib/domain/offer/offer-messages.js';
import { RegisterPackage, SaveListing } from '#lib/domain/offer/pages-messages.js';
import { ResumePlan, StopPlan } from '#lib/domain/offer/plans-messages.js';
import { ConnectLeadDestination, EnrollInIsvConnect, EnrollPublisher } from '#lib/domain/publisher/messages.js';
import { offerKey } from '#lib/domain/ids.js';
import type { Chance } from './chance.js';
import { addPlan, draftingLife, firstPlans, listingOf, packageOf } from './drafting.js';
import { leadsLife } from './lead-life.js';
import type { Market } from './market.js';
import { publishingLife } from './publishing-life.js';
import { days, hours, type Life, type Stage, type Who } from './stage.js';

const marketplace: Who = { role: 'marketplaceOperator' };
const managed = { licenseManagement: true, listingOption: null, trialMonths: null } as const;
const unmanaged = { licenseManagement: false, freeInstall: false } as const;

/** A publisher joins, then makes offers; every third has no license management. */
export function* publisherLife(
  stage: Stage,
  market: Market,
  publisherId: string,
  offers: number,
  leadEveryMs: number,
): Life {
  const chance = stage.chanceOf(publisherId);
  const owner: Who = { role: 'publisher.owner', publisherId };
  stage.act(EnrollPublisher, { publisherId, name: `${publisherId}, Inc.` }, marketplace);
  yield hours(chance.between(1, 60));
  stage.act(EnrollInIsvConnect, { publisherId }, marketplace);
  if (chance.is(60))
    stage.act(ConnectLeadDestination, { publisherId, url: `https://${publisherId}.example/leads` }, owner);
  for (let count = 0; count < offers; count += 1) {
    yield hours(chance.between(1, 100));
    const options = optionsOf(count, chance);
    stage.begin(offerLife(stage, market, publisherId, `app-${count + 1}`, options, leadEveryMs));
  }
}

function optionsOf(count: number, chance: Chance): LicensingOptions {
  if (count % 3 < 2) return { ...managed, freeInstall: chance.is(40) };
  const listingOption = chance.of('getItNow', 'freeTrial', 'contactMe');
  return { ...unmanaged, listingOption, trialMonths: listingOption === 'freeTrial' ? 1 : null };
}

/** Drafted, published, and for years published again with what was changed. */
function* offerLife(
  stage: Stage,
  market: Market,
  publisherId: string,
  offerId: string,
  options: LicensingOptions,
  leadEveryMs: number,
): Life {
  const offer = offerKey(publisherId, offerId);
  const chance = stage.chanceOf(offer);
  const owner: Who = { role: 'publisher.owner', publisherId };
  stage.act(CreateOffer, { publisherId, offerId, alias: `Project ${offerId}` }, owner);
  yield* draftingLife(stage, offer, owner, options, chance);
  yield* publishingLife(stage, offer, owner, chance);
  if (options.licenseManagement) market.add(offer);
  stage.begin(leadsLife(stage, market, offer, options, leadEveryMs), days(1));
  for (let edition = 2; ; edition += 1) {
    yield days(chance.between(60, 200));
    stage.act(SaveListing, { offer, ...listingOf(offer, edition * 100) }, owner);
    if (options.licenseManagement) changePlans(stage, offer, owner, edition, chance);
    yield* publishingLife(stage, offer, owner, chance);
    if (edition % 4 === 0 && chance.is(50)) {
      yield days(chance.between(5, 30));
      stage.act(StopDistribution, { offer }, owner);
      yield days(chance.between(10, 60));
      yield* publishingLife(stage, offer, owner, chance);
    }
  }
}

/** Bronze is taken off sale and put back; a plan is added once. */
function changePlans(stage: Stage, offer: string, owner: Who, edition: number, chance: Chance): void {
  if (edition % 3 === 0) stage.act(StopPlan, { offer, planId: 'bronze', typedPlanId: 'bronze' }, owner);
  if (edition % 3 === 1) stage.act(ResumePlan, { offer, planId: 'bronze' }, owner);
  if (edition !== 2 || chance.is(50)) return;
  addPlan(stage, offer, 'platinum', owner);
  stage.act(RegisterPackage, { offer, ...packageOf(offer, [...firstPlans, 'platinum']) }, owner);
}
