import type { LicensingOptions, ListingOption } from './offer/content.js';
import { customerRoles } from './roles.js';

/** What a listing offers its viewer to do; labels as on screen. */
export const listingButtonLabels = ['Get It Now', 'Free trial', 'Contact Me'] as const;
export type ListingButton = (typeof listingButtonLabels)[number];

/** What the policy needs to know of who looks; it comes from credentials, never from what is sent (R41). */
export interface Viewer {
  /** Has a role in a customer's tenant. */
  readonly tenantAdmin: boolean;
  /** The tenant has a seat pool of the offer with a total above zero. */
  readonly holdsLicense: boolean;
}

/** A viewer with this role: a tenant's admins are those with any role of a customer. */
export function viewerOf(role: string, holdsLicense: boolean): Viewer {
  return { tenantAdmin: customerRoles.some((known) => known === role), holdsLicense };
}

const ofOption: Readonly<Record<ListingOption, ListingButton>> = {
  getItNow: 'Get It Now',
  freeTrial: 'Free trial',
  contactMe: 'Contact Me',
};

/** The buttons of a listing in their order (R41); none unless the offer is live and not stopped (R42). */
export function listingButtons(onSale: boolean, options: LicensingOptions | null, viewer: Viewer): ListingButton[] {
  if (!onSale || options === null) return [];
  const { licenseManagement, freeInstall, listingOption } = options;
  if (!licenseManagement) return listingOption === null ? [] : [ofOption[listingOption]];
  if (freeInstall && (viewer.tenantAdmin || viewer.holdsLicense)) return ['Get It Now', 'Contact Me'];
  if (!freeInstall && viewer.holdsLicense) return ['Contact Me', 'Get It Now'];
  return ['Contact Me'];
}
