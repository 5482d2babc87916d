import type { Finding, Refusal } from '#lib/engine/model/refusal.js';
import { codePoints } from '../ids.js';
import { isHttpsUrl, signatureExpiry } from '../urls.js';
import type { LicensingOptions, Listing, SolutionPackage } from './content.js';
import { refuse, type OfferRefusalCode } from './refusals.js';

type Fault = Refusal<OfferRefusalCode>;

/** R10, R11: license management, or exactly one listing option. */
export function optionFaults({
  licenseManagement,
  freeInstall,
  listingOption,
  trialMonths,
}: LicensingOptions): Finding[] {
  const trial = listingOption === 'freeTrial';
  return [
    licenseManagement &&
      listingOption !== null &&
      refuse('LICENSING_OPTIONS_CONFLICT', `License management is on, and ${listingOption} too.`, '/listingOption'),
    !licenseManagement &&
      listingOption === null &&
      refuse(
        'LICENSING_OPTIONS_CONFLICT',
        'License management is off, and no listing option chosen.',
        '/listingOption',
      ),
    (trial ? ![1, 3, 6].includes(trialMonths ?? 0) : trialMonths !== null) &&
      refuse(
        'TRIAL_LENGTH_INVALID',
        trial ? `The trial has ${trialMonths} months.` : 'There is no trial.',
        '/trialMonths',
      ),
    freeInstall &&
      !licenseManagement &&
      refuse('FREE_INSTALL_NEEDS_LICENSE_MANAGEMENT', 'License management is off.', '/freeInstall'),
  ];
}

/** The marketplace's categories, spelled as on its own pages (R16). */
export const categories: readonly string[] = [
  'Analytics',
  'AI + ML',
  'Collaboration',
  'Compliance and Legal',
  'Customer Service',
  'Finance',
  'Geolocation',
  'Human Resources',
  'IT and Management Tools',
  'Internet of Things',
  'Marketing',
  'Operations and Supply Chain',
  'Productivity',
  'Sales',
];

/** Code points and counts (R17). */
const limits = { name: 200, summary: 100, description: 5_000, keywords: 3, screenshots: 5, videos: 4 } as const;

const foreignTag = /<(?!\/?(?:b|i|br|p|ul|ol|li|h[1-6])\s*\/?>)/i;
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
    foreignTag.test(listing.description ?? '') &&
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

/** R15. That the signature has expired is judged by publishing: it depends on time (R19). */
export function isPackageUrl(url: string): boolean {
  return isHttpsUrl(url) && signatureExpiry(url) !== 'malformed';
}

/** What is wrong with a package by itself (R35): judged when it is registered, and again by validation. */
export function packageFaults({ planDefinitions, components }: SolutionPackage): Fault[] {
  const defined = repeated(planDefinitions.map((definition) => definition.serviceId));
  const named = repeated(components.map((component) => component.name));
  return [
    ...planDefinitions.flatMap(({ serviceId: service, displayName, moreInfoUrl }, index) => {
      const at = `/planDefinitions/${index}`;
      return [
        defined.has(index) && invalid(`${service} is defined twice.`, `${at}/serviceId`),
        !isName(displayName) && invalid(`The display name of ${service} is not valid.`, `${at}/displayName`),
        moreInfoUrl !== null &&
          !isHttpsUrl(moreInfoUrl) &&
          invalid(`The more-info address of ${service} is not an https address.`, `${at}/moreInfoUrl`),
      ];
    }),
    ...components.flatMap(({ name, serviceIds }, index) => {
      const at = `/components/${index}`;
      return [
        !isName(name) && invalid('The name of a component is not valid.', `${at}/name`),
        named.has(index) && invalid(`Component ${name} is there twice.`, `${at}/name`),
        ...[...repeated(serviceIds)].map((second) =>
          invalid(`${name} is mapped to ${serviceIds[second]} twice.`, `${at}/serviceIds/${second}`),
        ),
      ];
    }),
  ].filter((fault) => fault !== false);
}

function invalid(detail: string, pointer: string): Fault {
  return refuse('PACKAGE_INVALID', detail, pointer);
}

function isName(text: string): boolean {
  return text.trim() !== '' && codePoints(text) <= 200;
}

/** Positions of what stands in the list a second time. */
function repeated(list: readonly string[]): ReadonlySet<number> {
  const seen = new Set<string>();
  const second = new Set<number>();
  list.forEach((item, index) => (seen.has(item) ? second.add(index) : seen.add(item)));
  return second;
}
