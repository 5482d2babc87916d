import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { isCountry } from '../countries.js';
import { same } from '../same.js';
import { isHttpsUrl, signatureExpiry } from '../urls.js';
import { listingFaults } from './listing-rules.js';
import { onOffer } from './on-offer.js';
import { packageFaults } from './package.js';
import {
  AvailabilitySaved,
  ListingSaved,
  PackageRegistered,
  PropertiesSaved,
  RegisterPackage,
  SaveAvailability,
  SaveListing,
  SaveProperties,
  SaveTechnicalConfiguration,
  TechnicalConfigurationSaved,
} from './pages-messages.js';
import { refuse } from './refusals.js';

/** The marketplace's categories, spelled as on its own pages (R16). */
const categories: readonly string[] = [
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

const saveProperties = onOffer({
  command: SaveProperties,
  decide: ({ publisherId, draft }, { offer, ...page }) =>
    reject(
      page.category !== null &&
        !categories.includes(page.category) &&
        refuse('CATEGORY_UNKNOWN', `"${page.category}" is not a category.`, '/category'),
    ) ?? (same(page, draft.properties) ? [] : [event(PropertiesSaved, { publisherId, offer, ...page })]),
});

const saveListing = onOffer({
  command: SaveListing,
  decide: ({ publisherId, draft }, { offer, ...page }) =>
    reject(listingFaults(page)) ??
    (same(page, draft.listing) ? [] : [event(ListingSaved, { publisherId, offer, ...page })]),
});

const saveAvailability = onOffer({
  command: SaveAvailability,
  decide: ({ publisherId, draft }, { offer, ...page }) =>
    reject(
      ...page.markets.map(
        (market, index) =>
          (!isCountry(market) || page.markets.indexOf(market) < index) &&
          refuse('MARKET_UNKNOWN', `"${market}" is unknown, or there twice.`, `/markets/${index}`),
      ),
    ) ?? (same(page, draft.availability) ? [] : [event(AvailabilitySaved, { publisherId, offer, ...page })]),
});

const saveTechnicalConfiguration = onOffer({
  command: SaveTechnicalConfiguration,
  decide: ({ publisherId, draft }, { offer, ...page }) =>
    reject(
      page.packageUrl !== null &&
        !isPackageUrl(page.packageUrl) &&
        refuse('PACKAGE_URL_INVALID', 'It is not an https address, or its expiry cannot be read.', '/packageUrl'),
    ) ??
    (same(page, draft.technicalConfiguration)
      ? []
      : [event(TechnicalConfigurationSaved, { publisherId, offer, ...page })]),
});

const registerPackage = onOffer({
  command: RegisterPackage,
  decide: ({ publisherId, draft }, { offer, ...page }) =>
    reject(packageFaults(page)) ??
    (same(page, draft.package) ? [] : [event(PackageRegistered, { publisherId, offer, ...page })]),
});

/** R15. That the signature has expired is judged by publishing: it depends on time (R19). */
function isPackageUrl(url: string): boolean {
  return isHttpsUrl(url) && signatureExpiry(url) !== 'malformed';
}

export const savingPages = [
  saveProperties,
  saveListing,
  saveAvailability,
  saveTechnicalConfiguration,
  registerPackage,
] as const;
