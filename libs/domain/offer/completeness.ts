import type { Content, Listing } from './content.js';

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
  const licenseManagement = content.offerSetup?.licenseManagement === true;
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
