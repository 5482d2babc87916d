import { CreateOffer } from '#lib/domain/offer/offer-messages.js';
import {
  ChooseLicensingOptions,
  RegisterPackage,
  SaveAvailability,
  SaveListing,
  SaveProperties,
  SaveTechnicalConfiguration,
} from '#lib/domain/offer/pages-messages.js';
import type { Content } from '#lib/domain/offer/content.js';
import {
  isShort,
  publisherStaff,
  rule,
  unless,
  type Asked,
  type Model,
  type ModelOffer,
  type Rule,
  type Verdict,
} from './model.js';

const https = (url: string | null): boolean => url === null || /^https:\/\//.test(url);
const isRepeated = (values: readonly string[]): boolean => new Set(values).size < values.length;

/** The offer of that name, if it is there and the caller's. */
export function offerFor(model: Model, key: string, { caller }: Asked): ModelOffer | undefined {
  const isTheirs = (one: ModelOffer) => caller.installation || one.publisherId === caller.publisherId;
  return model.offers.find((one) => one.key === key && isTheirs(one));
}

/** In Publish in progress, either half, or Preview. */
export function isUnderWay({ submission }: ModelOffer): boolean {
  return submission !== null && submission.phase !== 'attention';
}

/** Saves a part of the draft, unless something is wrong with it. */
function saved(
  offer: ModelOffer | undefined,
  page: Partial<Content>,
  wrong: readonly (readonly [boolean | undefined, string])[],
): Verdict {
  return unless([[!offer, 'NOT_FOUND'], ...wrong], () => {
    if (offer) offer.draft = { ...offer.draft, ...page };
  });
}

export const offerRules: readonly Rule[] = [
  rule(CreateOffer, publisherStaff, (model, { publisherId, offerId, alias }) => {
    const key = `${publisherId}.${offerId}`;
    return unless(
      [
        [!/^[a-z0-9_-]+$/.test(offerId), 'OFFER_ID_INVALID'], // R1
        [key.length > 40, 'OFFER_ID_TOO_LONG'], // R2
        [model.offers.some((one) => one.key === key), 'OFFER_ALREADY_EXISTS'], // R3
        [!isShort(alias, 200), 'OFFER_ALIAS_INVALID'], // R5
        [!model.publishers.some((one) => one.publisherId === publisherId), 'PUBLISHER_NOT_ENROLLED'], // R6
      ],
      () =>
        model.offers.push({
          key,
          publisherId,
          draft: {
            offerSetup: null,
            properties: null,
            listing: null,
            availability: null,
            technicalConfiguration: null,
            package: null,
            plans: [],
          },
          usedPlanIds: [],
          signedOffPlanIds: [],
          everSignedOff: false,
          submission: null,
          market: 'never',
          live: null,
          stopDueAt: null,
        }),
    );
  }),

  rule(ChooseLicensingOptions, publisherStaff, (model, { offer: key, ...options }, asked) => {
    const offer = offerFor(model, key, asked);
    const { licenseManagement, freeInstall, listingOption, trialMonths } = options;
    const was = offer?.draft.offerSetup?.licenseManagement;
    const turns = was !== undefined && was !== licenseManagement;
    const trialFits =
      listingOption === 'freeTrial' ? [1, 3, 6].some((months) => months === trialMonths) : trialMonths === null;
    return saved(offer, { offerSetup: { licenseManagement, freeInstall, listingOption, trialMonths } }, [
      [licenseManagement === (listingOption !== null), 'LICENSING_OPTIONS_CONFLICT'], // R10
      [!trialFits, 'TRIAL_LENGTH_INVALID'],
      [freeInstall && !licenseManagement, 'FREE_INSTALL_NEEDS_LICENSE_MANAGEMENT'], // R11
      [offer && turns && (offer.everSignedOff || isUnderWay(offer)), 'LICENSE_MANAGEMENT_FIXED'], // R12
      [!licenseManagement && (offer?.draft.plans.length ?? 0) > 0, 'LICENSE_MANAGEMENT_HAS_PLANS'], // R20
    ]);
  }),

  rule(SaveProperties, publisherStaff, (model, { offer: key, category }, asked) =>
    saved(offerFor(model, key, asked), { properties: { category } }, [
      [category !== null && !['Sales', 'Finance', 'AI + ML'].includes(category), 'CATEGORY_UNKNOWN'], // R16
    ]),
  ),

  rule(SaveListing, publisherStaff, (model, { offer: key, ...page }, asked) => {
    const { privacyUrl, helpUrl, supportUrl, screenshots, videos, keywords } = page;
    const isTooLong =
      (page.name?.length ?? 0) > 200 || (page.summary?.length ?? 0) > 100 || (page.description?.length ?? 0) > 5_000;
    return saved(offerFor(model, key, asked), { listing: page }, [
      [![privacyUrl, helpUrl, supportUrl, ...screenshots, ...videos].every(https), 'LISTING_ADDRESS_INVALID'], // R16
      [isTooLong, 'LISTING_TEXT_TOO_LONG'], // R17
      [page.summary?.includes('\n'), 'LISTING_SUMMARY_NOT_ONE_LINE'],
      [page.description?.includes('<script'), 'LISTING_MARKUP_INVALID'],
      [keywords.length > 3 || screenshots.length > 5 || videos.length > 4, 'LISTING_TOO_MANY'],
      [helpUrl !== null && helpUrl === supportUrl, 'LISTING_HELP_IS_SUPPORT'],
    ]);
  }),

  rule(SaveAvailability, publisherStaff, (model, { offer: key, markets }, asked) =>
    saved(offerFor(model, key, asked), { availability: { markets } }, [
      [isRepeated(markets) || markets.some((market) => !['US', 'SE', 'DE'].includes(market)), 'MARKET_UNKNOWN'], // R16
    ]),
  ),

  rule(SaveTechnicalConfiguration, publisherStaff, (model, { offer: key, ...page }, asked) =>
    saved(offerFor(model, key, asked), { technicalConfiguration: page }, [
      [!https(page.packageUrl), 'PACKAGE_URL_INVALID'], // R15
    ]),
  ),

  rule(RegisterPackage, publisherStaff, (model, { offer: key, planDefinitions, components }, asked) =>
    saved(offerFor(model, key, asked), { package: { planDefinitions, components } }, [
      [
        isRepeated(planDefinitions.map(({ serviceId }) => serviceId)) ||
          isRepeated(components.map(({ name }) => name)) ||
          components.some(({ serviceIds }) => isRepeated(serviceIds)),
        'PACKAGE_INVALID', // R35
      ],
    ]),
  ),
];
