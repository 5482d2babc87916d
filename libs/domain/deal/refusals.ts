import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const dealRefusals = {
  DEAL_NOT_REGISTERED: {
    rule: 'R47',
    status: 422,
    title: 'The deal is not registered',
    help: 'Register the deal first; licenses belong to a registered deal.',
  },
  DEAL_SIGNED_IN_FUTURE: {
    rule: 'R48',
    status: 422,
    title: 'The signed date is in the future',
    help: 'Give the day on which the contract was signed: today (UTC) or earlier.',
  },
  DEAL_DATES_OUT_OF_ORDER: {
    rule: 'R49',
    status: 422,
    title: 'The dates of the contract do not follow each other',
    help: 'Start on or after the signed date, end on or after the start; a perpetual contract has no end.',
  },
  DEAL_TENANT_REQUIRED: {
    rule: 'R50',
    status: 422,
    title: "The customer's tenant is missing",
    help: "Give the GUID of the customer's tenant, since the solution is deployed there.",
  },
  DEAL_TENANT_MISMATCH: {
    rule: 'R50',
    status: 422,
    title: 'The deal is for another tenant',
    help: "Choose the customer whose tenant the deal names, or correct the deal's tenant before the first license update.",
  },
  DEAL_OFFER_UNKNOWN: {
    rule: 'R51',
    status: 422,
    title: 'The solution is not an offer of this publisher',
    help: "Name one of the publisher's own offers as `publisherId.offerId`.",
  },
  DEAL_VALUE_INVALID: {
    rule: 'R52',
    status: 422,
    title: 'An amount is not valid',
    help: 'Give whole minor units (cents) greater than 0, and a currency code of ISO 4217.',
  },
  DEAL_VALUES_INCONSISTENT: {
    rule: 'R52',
    status: 422,
    title: 'The values do not fit each other',
    help: 'State both values in one currency, the solution value at most the total contract value.',
  },
  DEAL_FIELD_INVALID: {
    rule: 'R53',
    status: 422,
    title: 'A field of the deal is not valid',
    help: 'Text has 1 to 200 characters, a country is an ISO 3166-1 alpha-2 code, a date is an existing day as YYYY-MM-DD.',
  },
  DEAL_INCOMPLETE: {
    rule: 'R53',
    status: 422,
    title: 'The deal is not complete',
    help: 'Give every field that is listed, then register the deal.',
  },
  DEAL_CLOSED: {
    rule: 'R54',
    status: 422,
    title: 'The deal is closed',
    help: 'Start another deal. Lines of a closed deal can still be lowered or removed.',
  },
  DEAL_FIXED_BY_LICENSES: {
    rule: 'R54',
    status: 422,
    title: 'The offer and the tenant of a deal with licenses are fixed',
    help: "Keep the deal's offer and tenant as they were at the first license update, or start another deal.",
  },
  DEAL_ONLY_SHRINKS: {
    rule: 'R54',
    status: 422,
    title: 'The deal takes no more licenses in its status',
    help: 'New lines and higher counts need a submitted or approved deal: update the deal if an update is required.',
  },
  DEAL_NOT_ELIGIBLE: {
    rule: 'R55',
    status: 422,
    title: 'The deal is not eligible for license management',
    help: "The deal's offer must have license management on and must have been live once.",
  },
  DEAL_CONTACT_INVALID: {
    rule: 'R95',
    status: 422,
    title: 'The contact is not a person ID',
    help: 'Give the opaque person ID: 1 to 64 lower-case letters, digits, hyphens or underscores.',
  },
  DEAL_STATUS_FORBIDS: {
    rule: null,
    status: 422,
    title: 'The deal is not in a status in which this can be done',
    help: 'A deal is registered once, from Incomplete; it is reviewed while it is Submitted.',
  },
  DEAL_REASON_INVALID: {
    rule: null,
    status: 422,
    title: 'The reason is not valid',
    help: 'Tell the publisher why in 1 to 1,000 characters.',
  },
  RELATIONSHIP_MISSING: {
    rule: 'R63',
    status: 422,
    title: 'The customer has not consented',
    help: 'Invite the customer, and update licenses when a billing or global administrator has accepted.',
  },
  RELATIONSHIP_TERMINATED: {
    rule: 'R63',
    status: 422,
    title: 'The customer has ended the relationship',
    help: 'Lower counts and removals are still accepted; for more licenses invite the customer again.',
  },
  LICENSE_LINES_EMPTY: {
    rule: 'R64',
    status: 422,
    title: 'The first update has no line',
    help: 'Add at least one plan with a number of licenses.',
  },
  LICENSE_COUNT_INVALID: {
    rule: 'R65',
    status: 422,
    title: 'The number of licenses is not valid',
    help: 'Give the absolute total, a whole number from 1 to 1,000,000. For none, remove the line instead.',
  },
  LICENSE_PLAN_UNKNOWN: {
    rule: 'R66',
    status: 422,
    title: "The plan is not one of the deal's offer",
    help: "Choose a plan of the deal's offer.",
  },
  LICENSE_PLAN_NOT_ON_SALE: {
    rule: 'R66',
    status: 422,
    title: 'The plan is not on sale',
    help: 'A new line needs a live plan that is not stopped, of an offer on sale; lines that are there may change.',
  },
  LICENSE_PLAN_REPEATED: {
    rule: 'R67',
    status: 422,
    title: 'A plan is named more than once',
    help: 'Name each plan once, either among the lines or among the removed.',
  },
  DEAL_CUSTOMER_FIXED: {
    rule: 'R68',
    status: 422,
    title: "The deal's customer cannot change",
    help: 'The first update fixed the customer; start another deal for another customer.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(dealRefusals);
