import type { Refusal } from '#lib/engine/model/refusal.js';
import { signatureExpiry } from '../urls.js';
import { pagesOf } from './completeness.js';
import type { Content } from './content.js';
import { refuse, type OfferRefusalCode } from './refusals.js';

/**
 * All that keeps this content from being published at an instant, page by page (R13–R16, R25). Judged by PublishOffer,
 * again by validation, and shown in the status. Pointers name the page.
 */
export function publishingFaults(content: Content, isvConnect: boolean, now: string): Refusal<OfferRefusalCode>[] {
  const licenseManagement = content.offerSetup?.licenseManagement === true;
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
export function packageUrlFaults(content: Content, now: string): Refusal<OfferRefusalCode>[] {
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
