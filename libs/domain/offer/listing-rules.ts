import type { Refusal } from '#lib/engine/model/refusal.js';
import { codePoints } from '../ids.js';
import { isHttpsUrl } from '../urls.js';
import type { Listing } from './content.js';
import { refuse } from './refusals.js';

/** Code points and counts (R17). */
const limits = { name: 200, summary: 100, description: 5_000, keywords: 3, screenshots: 5, videos: 4 } as const;

const allowedTag = /<\/?(?:b|i|br|p|ul|ol|li|h[1-6])\s*\/?>/gi;
const lineBreak = /[\n\r\v\f\u0085\u2028\u2029]/;

/** What is wrong with a listing by itself (R16, R17, R19); what is missing is not judged here. */
export function listingFaults(listing: Listing): Refusal[] {
  return [
    ...(['name', 'summary', 'description'] as const).map((field) => {
      const length = codePoints(listing[field] ?? '');
      return length > limits[field] && refuse('LISTING_TEXT_TOO_LONG', `It has ${length} characters.`, `/${field}`);
    }),
    lineBreak.test(listing.summary ?? '') &&
      refuse('LISTING_SUMMARY_NOT_ONE_LINE', 'The summary has a line break.', '/summary'),
    (listing.description ?? '').replace(allowedTag, '').includes('<') &&
      refuse('LISTING_MARKUP_INVALID', 'There is a "<" that opens no allowed tag.', '/description'),
    ...(['keywords', 'screenshots', 'videos'] as const).map((field) => {
      const count = listing[field].length;
      return count > limits[field] && refuse('LISTING_TOO_MANY', `There are ${count}.`, `/${field}`);
    }),
    ...addressesOf(listing).map(
      ([pointer, address]) =>
        !isHttpsUrl(address) && refuse('LISTING_ADDRESS_INVALID', 'It is not an https address.', pointer),
    ),
    listing.helpUrl !== null &&
      listing.helpUrl === listing.supportUrl &&
      refuse('LISTING_HELP_IS_SUPPORT', 'Help URL and support URL are the same.', '/supportUrl'),
  ].filter((fault) => fault !== false);
}

/** Every address that is given, with its pointer. */
function addressesOf(listing: Listing): [pointer: string, address: string][] {
  const { privacyUrl, helpUrl, supportUrl, screenshots, videos } = listing;
  return Object.entries({ privacyUrl, helpUrl, supportUrl, screenshots, videos }).flatMap(([field, given]) =>
    given === null
      ? []
      : typeof given === 'string'
        ? [[`/${field}`, given]]
        : given.map((address, index): [string, string] => [`/${field}/${index}`, address]),
  );
}
