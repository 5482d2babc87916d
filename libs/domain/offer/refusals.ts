import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';
import { publishingRefusals } from './publishing-refusals.js';

/** What creating an offer, and saving its pages and plans, refuses: what is wrong by itself (R19). */
export const offerRefusals = {
  OFFER_ID_INVALID: {
    rule: 'R1',
    status: 422,
    title: 'The offer ID is not valid',
    help: 'Use lower-case letters, digits, hyphens or underscores, and no spaces or dots.',
  },
  OFFER_ID_TOO_LONG: {
    rule: 'R2',
    status: 422,
    title: 'Publisher ID and offer ID are too long together',
    help: 'Choose an offer ID with which "publisherId.offerId" has at most 40 characters, the dot included.',
  },
  OFFER_ALREADY_EXISTS: {
    rule: 'R3',
    status: 422,
    title: 'The publisher has an offer with this ID',
    help: 'Go on with the offer that is there, or choose another ID; IDs are unique within a publisher.',
  },
  OFFER_ALIAS_INVALID: {
    rule: 'R5',
    status: 422,
    title: 'The offer alias is not valid',
    help: 'Give an alias of 1 to 200 characters. Only the publisher sees it, and it cannot be changed later.',
  },
  PUBLISHER_NOT_ENROLLED: {
    rule: 'R6',
    status: 422,
    title: 'The publisher is not enrolled',
    help: 'Ask a marketplace operator to enrol the publisher first.',
  },
  LICENSING_OPTIONS_CONFLICT: {
    rule: 'R10',
    status: 422,
    title: 'License management and listing options exclude each other',
    help: 'Turn license management on and leave the listing option null, or turn it off and choose one of getItNow, freeTrial and contactMe.',
  },
  TRIAL_LENGTH_INVALID: {
    rule: 'R10',
    status: 422,
    title: 'The length of the free trial is not valid',
    help: 'Give 1, 3 or 6 months with the listing option freeTrial, and null with every other.',
  },
  FREE_INSTALL_NEEDS_LICENSE_MANAGEMENT: {
    rule: 'R11',
    status: 422,
    title: 'Installing without a license needs license management',
    help: 'Turn license management on, or set freeInstall to false.',
  },
  LICENSE_MANAGEMENT_FIXED: {
    rule: 'R12',
    status: 422,
    title: 'License management cannot be turned on or off any more',
    help: 'Before the first go-live, cancel publishing or wait until the submission is no longer in progress or in preview. After it, the choice stays; create another offer for the other choice.',
  },
  LICENSE_MANAGEMENT_HAS_PLANS: {
    rule: 'R20',
    status: 422,
    title: 'License management is needed by the plans',
    help: 'Delete every plan before turning license management off.',
  },
  CATEGORY_UNKNOWN: {
    rule: 'R16',
    status: 422,
    title: 'The category is not one of the marketplace',
    help: 'Choose one category of the list in the properties page, spelled as there.',
  },
  MARKET_UNKNOWN: {
    rule: 'R16',
    status: 422,
    title: 'A market is not a country or region',
    help: 'Use ISO 3166-1 alpha-2 codes in upper case, each once.',
  },
  LISTING_ADDRESS_INVALID: {
    rule: 'R16',
    status: 422,
    title: 'An address of the listing is not valid',
    help: 'Use absolute https addresses.',
  },
  LISTING_TEXT_TOO_LONG: {
    rule: 'R17',
    status: 422,
    title: 'A text of the listing is too long',
    help: 'Shorten it: the name to 200 characters, the summary to 100, the description to 5,000 with its markup.',
  },
  LISTING_SUMMARY_NOT_ONE_LINE: {
    rule: 'R17',
    status: 422,
    title: 'The summary has more than one line',
    help: 'Remove the line breaks.',
  },
  LISTING_MARKUP_INVALID: {
    rule: 'R17',
    status: 422,
    title: 'The description holds markup that is not allowed',
    help: 'Use b, i, br, p, ul, ol, li and h1 to h6 without attributes; write "<" in text as "&lt;".',
  },
  LISTING_TOO_MANY: {
    rule: 'R17',
    status: 422,
    title: 'The listing has too many of something',
    help: 'Keep at most 3 keywords, 5 screenshots and 4 videos.',
  },
  LISTING_HELP_IS_SUPPORT: {
    rule: 'R17',
    status: 422,
    title: 'Help and support have the same address',
    help: 'Give different addresses for help and for support.',
  },
  PACKAGE_URL_INVALID: {
    rule: 'R15',
    status: 422,
    title: 'The CRM package URL is not valid',
    help: 'Use an absolute https address. If it is a shared access signature, its expiry "se" must be a date or an instant.',
  },
  PACKAGE_INVALID: {
    rule: 'R35',
    status: 422,
    title: 'The solution package does not parse',
    help: 'Define each Service ID once, name each component once, and map no Service ID twice in a component. Names have 1 to 200 characters, more-info addresses are https.',
  },
  PLANS_NEED_LICENSE_MANAGEMENT: {
    rule: 'R20',
    status: 422,
    title: 'Plans exist only with license management on',
    help: 'Turn license management on in the licensing options first.',
  },
  PLAN_ID_INVALID: {
    rule: 'R21',
    status: 422,
    title: 'The plan ID is not valid',
    help: 'Use 1 to 50 lower-case letters, digits, hyphens or underscores.',
  },
  PLAN_ID_TAKEN: {
    rule: 'R21',
    status: 422,
    title: 'The offer has or had a plan with this ID',
    help: 'Choose another ID; the ID of a deleted plan is not used again.',
  },
  PLAN_NOT_FOUND: {
    rule: 'R21',
    status: 404,
    title: 'The offer has no such plan',
    help: 'Look up the plan IDs in the plans of the offer.',
  },
  PLAN_NAME_INVALID: {
    rule: 'R22',
    status: 422,
    title: 'The plan name is not valid',
    help: 'Give a name of 1 to 200 characters that is not blank.',
  },
  PLAN_NAME_TAKEN: {
    rule: 'R22',
    status: 422,
    title: 'Another plan of the offer has this name',
    help: 'Choose another name; upper case and surrounding spaces make no difference.',
  },
  PLAN_DESCRIPTION_TOO_LONG: {
    rule: 'R23',
    status: 422,
    title: 'The plan description is too long',
    help: 'Shorten it to 3,000 characters.',
  },
  TOO_MANY_PLANS: {
    rule: 'R26',
    status: 422,
    title: 'The offer has 100 plans',
    help: 'Delete a plan that was never live before creating another.',
  },
  PLAN_IN_USE: {
    rule: 'R27',
    status: 422,
    title: 'The plan is being published, or is or was live',
    help: 'Cancel publishing first; a preview is given up by publishing again and canceling that. A plan that was ever live can only be stopped.',
  },
  PLAN_NOT_LIVE: {
    rule: 'R28',
    status: 422,
    title: 'The plan is not live',
    help: 'Only a plan that customers can buy can be stopped. Delete one that was never live; for a plan of an offer off the market, go live again first.',
  },
  LAST_PLAN_ON_SALE: {
    rule: 'R28',
    status: 422,
    title: 'No other live plan stays on sale',
    help: 'Put another live plan back on sale first, or stop the distribution of the whole offer.',
  },
  PLAN_ID_NOT_TYPED: {
    rule: 'R29',
    status: 422,
    title: 'The plan ID was not typed as it is',
    help: 'Type the ID of the plan that is to be stopped, exactly.',
  },
  ...publishingRefusals,
} as const satisfies RefusalPages;

export const refuse = refusing(offerRefusals);
export type OfferRefusalCode = keyof typeof offerRefusals;
