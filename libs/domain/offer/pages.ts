import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { isCountry } from '../countries.js';
import { same } from '../same.js';
import type { Content } from './content.js';
import { onOffer } from './on-offer.js';
import { categories, isPackageUrl, listingFaults, optionFaults, packageFaults } from './page-rules.js';
import {
  AvailabilitySaved,
  ChooseLicensingOptions,
  LicensingOptionsChosen,
  ListingSaved,
  PackageRegistered,
  PropertiesSaved,
  RegisterPackage,
  SaveAvailability,
  SaveListing,
  SaveProperties,
  SaveTechnicalConfiguration,
  TechnicalConfigurationSaved,
  type PageEvent,
} from './pages-messages.js';
import { refuse } from './refusals.js';
import { hasBeenLive, managesLicenses, type Offer } from './state.js';

export function evolvePages(state: Offer, event: Recorded<PageEvent>): Offer {
  return { ...state, draft: withPage(state.draft, event) };
}

/** A draft after a save. What it is given stays as it is: a submission may hold it, frozen (R18). */
export function withPage(content: Content, { type, data }: Recorded<PageEvent>): Content {
  switch (type) {
    case 'LicensingOptionsChosen':
      return { ...content, offerSetup: pageOf(data) };
    case 'PropertiesSaved':
      return { ...content, properties: pageOf(data) };
    case 'ListingSaved':
      return { ...content, listing: pageOf(data) };
    case 'AvailabilitySaved':
      return { ...content, availability: pageOf(data) };
    case 'TechnicalConfigurationSaved':
      return { ...content, technicalConfiguration: pageOf(data) };
    case 'PackageRegistered':
      return { ...content, package: pageOf(data) };
  }
}

function pageOf<Saved extends { publisherId: string; offer: string }>(saved: Saved) {
  const { publisherId: _publisherId, offer: _offer, ...page } = saved;
  return page;
}

const chooseLicensingOptions = onOffer({
  command: ChooseLicensingOptions,
  decide(state, { offer, ...options }) {
    const { licenseManagement } = options;
    const switched = licenseManagement !== managesLicenses(state);
    return (
      reject(
        ...optionFaults(options),
        switched &&
          isFixed(state) &&
          refuse('LICENSE_MANAGEMENT_FIXED', 'The offer is being published or was live.', '/licenseManagement'),
        !licenseManagement &&
          state.draft.plans.length > 0 &&
          refuse(
            'LICENSE_MANAGEMENT_HAS_PLANS',
            `The offer has ${state.draft.plans.length} plans.`,
            '/licenseManagement',
          ),
      ) ??
      (same(options, state.draft.offerSetup)
        ? []
        : [event(LicensingOptionsChosen, { publisherId: state.publisherId, offer, ...options })])
    );
  },
});

/** R12: in Publish in progress and Preview, and from the first sign-off to go live on. */
function isFixed(state: Offer): boolean {
  return hasBeenLive(state) || (state.submission !== null && state.submission.phase !== 'attentionNeeded');
}

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

/** The pages of the draft (R8–R19): each is saved as a whole, and a save that changes nothing writes nothing. */
export const pages = [
  chooseLicensingOptions,
  saveProperties,
  saveListing,
  saveAvailability,
  saveTechnicalConfiguration,
  registerPackage,
] as const;
