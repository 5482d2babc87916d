import type { RefusalPages } from '#lib/engine/model/refusal.js';

/** What keeps an offer from being published or going live. */
export const publishingRefusals = {
  ISV_CONNECT_REQUIRED: {
    rule: 'R13',
    status: 422,
    title: 'License management needs enrolment in ISV Connect',
    help: 'Enrol the publisher in ISV Connect, then publish again.',
  },
  LICENSE_MODEL_NOT_USER: {
    rule: 'R14',
    status: 422,
    title: 'License management needs the base license model User',
    help: 'Set the base license model of the technical configuration to user.',
  },
  PACKAGE_URL_EXPIRED: {
    rule: 'R15',
    status: 422,
    title: "The package URL's signature has expired",
    help: 'Create a new shared access signature and save it in the technical configuration.',
  },
  PAGE_INCOMPLETE: {
    rule: 'R16',
    status: 422,
    title: 'A page is not complete',
    help: 'Fill in what the detail names and save the page.',
  },
  NO_PLAN_ON_SALE: {
    rule: 'R25',
    status: 422,
    title: 'No plan is on sale',
    help: 'Create a plan, or put a stopped one back on sale.',
  },
  OFFER_NOT_IN_PREVIEW: {
    rule: 'R31',
    status: 422,
    title: 'The offer is not in Preview',
    help: 'Publish the offer and wait for its preview; only a preview can go live.',
  },
  NOTHING_TO_CANCEL: {
    rule: 'R32',
    status: 422,
    title: 'There is nothing that can be canceled',
    help: 'Canceling is possible in Publish in progress, before the sign-off to go live. A preview is replaced by publishing again.',
  },
  REPORT_INVALID: {
    rule: 'R33',
    status: 422,
    title: 'The report is not valid',
    help: 'A rejection names 1 to 100 checks, a certification at most 100; each entry has a check of 1 to 200 characters and, in up to 2,000 each, a detail and what to do.',
  },
  OFFER_NOT_PUBLISHABLE: {
    rule: 'R34',
    status: 422,
    title: 'The offer cannot be published now',
    help: 'Cancel what is in progress or wait for its end. An offer that is being taken off the market can be published when that is complete.',
  },
  OFFER_IN_PUBLISHING: {
    rule: 'R36',
    status: 422,
    title: 'The offer is being published',
    help: 'Cancel what is in progress, or wait until it is in preview or live, before stopping distribution.',
  },
  OFFER_NOT_LIVE: {
    rule: 'R36',
    status: 422,
    title: 'The offer is not live',
    help: 'Only what is live can be taken off the market, and once. The status of the offer shows when a stop is due.',
  },
  PACKAGE_SERVICE_ID_UNKNOWN: {
    rule: 'R35',
    status: 422,
    title: 'The package names a Service ID that is not of this offer',
    help: 'Copy the Service IDs from the plans of the offer into the package and register it again.',
  },
  PLAN_NOT_MAPPED: {
    rule: 'R35',
    status: 422,
    title: 'No component is mapped to a plan',
    help: 'Map at least one component of the package to every plan that is on sale or ever was live, and register it again.',
  },
  PACKAGE_URL_UNANSWERED: {
    rule: 'R35',
    status: 422,
    title: 'The package cannot be fetched from its URL',
    help: 'Make the package URL answer a GET with 200 or 206, from the public Internet and without a redirect, then publish again.',
  },
  NOT_IN_CERTIFICATION: {
    rule: 'R38',
    status: 422,
    title: 'The submission does not wait for certification',
    help: 'Certify or reject a submission after its automated validation has passed, and once.',
  },
  SUBMISSION_NOT_CURRENT: {
    rule: 'R40',
    status: 422,
    title: 'The submission is not the current one',
    help: 'Look up the current submission in the status of the offer.',
  },
  STEP_NOT_DUE: {
    rule: 'R40',
    status: 422,
    title: 'The step is not due yet',
    help: 'Steps are carried out in their order; going live waits for its due time.',
  },
} as const satisfies RefusalPages;
