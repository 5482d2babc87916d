import type { Refusal } from '#lib/engine/model/refusal.js';
import { serviceId } from '../ids.js';
import { signatureExpiry } from '../urls.js';
import { hasLicenseManagement, type Content, type Listing, type Plan, type SolutionPackage } from './content.js';
import { refuse, type OfferRefusalCode } from './refusals.js';

type Fault = Refusal<OfferRefusalCode>;

/** The pages of an offer in the order of the menu. */
export const pageNames = [
  'offerSetup',
  'properties',
  'listing',
  'availability',
  'technicalConfiguration',
  'plans',
] as const;
export type Page = (typeof pageNames)[number];
export const pageStates = ['notStarted', 'incomplete', 'complete'] as const;
export type PageState = (typeof pageStates)[number];

/** How far a page is, as publishing judges it (R16). */
export interface PageCompletion {
  readonly page: Page;
  readonly state: PageState;
  /** In words, what is still to be filled in. */
  readonly missing: string[];
}

/** The pages that this offer has; plans only with license management (R20). */
export function pagesOf(content: Content): PageCompletion[] {
  const licenseManagement = hasLicenseManagement(content);
  return [
    pageOf('offerSetup', content.offerSetup !== null, [content.offerSetup === null && 'licensing options']),
    pageOf('properties', content.properties !== null, [!filled(content.properties?.category) && 'category']),
    pageOf('listing', content.listing !== null, missingInListing(content.listing)),
    pageOf('availability', content.availability !== null, [
      (content.availability?.markets ?? []).length === 0 && 'at least one market',
    ]),
    pageOf('technicalConfiguration', content.technicalConfiguration !== null || content.package !== null, [
      !filled(content.technicalConfiguration?.baseLicenseModel) && 'base license model',
      !filled(content.technicalConfiguration?.packageUrl) && 'CRM package URL',
      licenseManagement && content.package === null && 'registered solution package',
    ]),
    ...(licenseManagement ? [pageOf('plans', content.plans.length > 0, missingInPlans(content))] : []),
  ];
}

function pageOf(page: Page, started: boolean, missing: readonly (string | false)[]): PageCompletion {
  const named = missing.filter((item) => item !== false);
  return { page, state: !started ? 'notStarted' : named.length > 0 ? 'incomplete' : 'complete', missing: named };
}

function missingInListing(listing: Listing | null): (string | false)[] {
  return [
    !filled(listing?.name) && 'name',
    !filled(listing?.summary) && 'search results summary',
    !filled(listing?.description) && 'description',
    !filled(listing?.privacyUrl) && 'privacy policy URL',
    !filled(listing?.helpUrl) && 'help URL',
    !filled(listing?.supportUrl) && 'support URL',
    (listing?.screenshots ?? []).length === 0 && 'at least one screenshot',
  ];
}

/** A plan has a name from its creation on; its description comes later. */
function missingInPlans({ plans }: Content): string[] {
  const onSale = plans.filter((plan) => plan.onSale);
  if (onSale.length === 0) return ['a plan on sale'];
  return onSale.filter((plan) => !filled(plan.description)).map(({ planId }) => `description of plan ${planId}`);
}

function filled(text: string | null | undefined): boolean {
  return text !== null && text !== undefined && text.trim() !== '';
}

/**
 * All that keeps this content from being published at an instant, page by page (R13–R16, R25). Judged by PublishOffer,
 * again by validation, and shown in the status. Pointers name the page.
 */
export function publishingFaults(content: Content, isvConnect: boolean, now: string): Fault[] {
  const licenseManagement = hasLicenseManagement(content);
  const model = content.technicalConfiguration?.baseLicenseModel;
  const noPlanOnSale = licenseManagement && !content.plans.some((plan) => plan.onSale);
  return [
    licenseManagement &&
      !isvConnect &&
      refuse('ISV_CONNECT_REQUIRED', 'The publisher is not enrolled in ISV Connect.', '/offerSetup'),
    licenseManagement &&
      model === 'resource' &&
      refuse('LICENSE_MODEL_NOT_USER', 'The base license model is resource.', '/technicalConfiguration'),
    ...packageUrlFaults(content, now),
    ...pagesOf(content)
      // That there is no plan on sale is a rule of its own.
      .filter(({ page, missing }) => missing.length > 0 && !(page === 'plans' && noPlanOnSale))
      .map(({ page, missing }) => refuse('PAGE_INCOMPLETE', `Missing: ${missing.join(', ')}.`, `/${page}`)),
    noPlanOnSale && refuse('NO_PLAN_ON_SALE', 'The offer has no plan on sale.', '/plans'),
  ].filter((fault) => fault !== false);
}

/** The package URL's signature must not have expired (R15); one that is missing is the page's fault. */
export function packageUrlFaults(content: Content, now: string): Fault[] {
  const expiresAt = packageUrlExpiry(content);
  if (expiresAt === null || expiresAt > now) return [];
  return [refuse('PACKAGE_URL_EXPIRED', `The signature expired at ${expiresAt}.`, '/technicalConfiguration')];
}

/** When the package URL's signature ends; null: never. A malformed one was refused when it was saved. */
export function packageUrlExpiry(content: Content): string | null {
  const url = content.technicalConfiguration?.packageUrl;
  if (!url) return null;
  const expiry = signatureExpiry(url);
  return expiry === 'malformed' ? null : expiry.at;
}

/**
 * Whether package and plans of an offer belong together (R35): every Service ID in the package is a plan's, and every
 * plan on sale or ever live opens at least one component.
 */
export function mappingFaults(
  offer: string,
  { planDefinitions, components }: SolutionPackage,
  plans: readonly Plan[],
  everLive: readonly Plan[],
): Fault[] {
  const mapped = new Set(components.flatMap((component) => component.serviceIds));
  const named = new Set([...planDefinitions.map((definition) => definition.serviceId), ...mapped]);
  const ofOffer = new Set(plans.map((plan) => serviceId(offer, plan.planId)));
  const needed = new Set([...plans.filter((plan) => plan.onSale), ...everLive].map((plan) => plan.planId));
  return [
    ...[...named]
      .filter((service) => !ofOffer.has(service))
      .map((service) => refuse('PACKAGE_SERVICE_ID_UNKNOWN', `${service} is not a plan of ${offer}.`)),
    ...[...needed]
      .filter((planId) => !mapped.has(serviceId(offer, planId)))
      .map((planId) => refuse('PLAN_NOT_MAPPED', `No component is mapped to ${serviceId(offer, planId)}.`)),
  ];
}
