import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';
import { draftRefusals } from './draft-refusals.js';
import { publishingRefusals } from './publishing-refusals.js';

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
  ...draftRefusals,
  ...publishingRefusals,
} as const satisfies RefusalPages;

export const refuse = refusing(offerRefusals);
export type OfferRefusalCode = keyof typeof offerRefusals;
