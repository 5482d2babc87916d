import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const leadRefusals = {
  LEAD_BUTTON_NOT_SHOWN: {
    rule: 'R41',
    status: 422,
    title: 'The listing does not offer this',
    help: 'Use a button that the listing shows to this viewer: contact for Contact Me, install for Get It Now, freeTrial for Free trial.',
  },
  LEAD_OFFER_NOT_ON_SALE: {
    rule: 'R42',
    status: 422,
    title: 'The offer is not on sale any more',
    help: 'The offer left the market. Look for another one, or wait until it is back.',
  },
  LEAD_CONSENT_MISSING: {
    rule: 'R43',
    status: 422,
    title: 'The visitor has not consented',
    help: 'Ask the visitor whether the publisher may get what they entered, and send it only if so, with consent: true.',
  },
  LEAD_FIELD_INVALID: {
    rule: 'R43',
    status: 422,
    title: 'A field of the lead is not valid',
    help: 'Give first and last name, e-mail address, country code and company. What is given is not empty, and no longer than the reference says.',
  },
  LEAD_NOT_OPEN: {
    rule: 'R45',
    status: 422,
    title: 'The lead does not wait for an answer any more',
    help: 'Look at the list of leads for what became of it. An answer is given once, and before the deadline.',
  },
  LEAD_NOT_ACCEPTED: {
    rule: 'R45',
    status: 422,
    title: 'Only an accepted lead can be closed',
    help: 'Accept the lead before its deadline; an accepted one is closed once, as won or lost.',
  },
  LEAD_NEEDS_NO_ANSWER: {
    rule: 'R46',
    status: 422,
    title: 'The lead needs no answer',
    help: 'Installations and free trials are carried out by the visitor; nothing is to be done but to read them.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(leadRefusals);
