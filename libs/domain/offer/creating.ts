import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { codePoints, isId, offerKey, streams } from '../ids.js';
import { publisher } from '../publisher/decider.js';
import { CreateOffer, OfferCreated } from './offer-messages.js';
import { handle } from './on-offer.js';
import { refuse } from './refusals.js';

const limits = { offerKey: 40, alias: 200 } as const;

export const createOffer = handle({
  command: CreateOffer,
  creates: true,
  stream: ({ publisherId, offerId }) => streams.offer(offerKey(publisherId, offerId)),
  facts: ({ publisherId }) => ({ publisher: { aggregate: publisher, stream: streams.publisher(publisherId) } }),
  owner: (_state, { publisherId }) => ({ publisherId }),
  decide(state, { publisherId, offerId, alias }, { facts }) {
    const offer = offerKey(publisherId, offerId);
    const aliasLength = codePoints(alias);
    return (
      reject(
        !isId(offerId) && refuse('OFFER_ID_INVALID', `"${offerId}" is not an offer ID.`, '/offerId'),
        codePoints(offer) > limits.offerKey &&
          refuse('OFFER_ID_TOO_LONG', `"${offer}" has ${codePoints(offer)} characters.`, '/offerId'),
        state.status !== 'none' && refuse('OFFER_ALREADY_EXISTS', `${offer} is there already.`, '/offerId'),
        (aliasLength < 1 || aliasLength > limits.alias) &&
          refuse('OFFER_ALIAS_INVALID', `The alias has ${aliasLength} characters.`, '/alias'),
        facts.publisher.status !== 'enrolled' &&
          refuse('PUBLISHER_NOT_ENROLLED', `${publisherId} is not enrolled.`, '/publisherId'),
      ) ?? [event(OfferCreated, { publisherId, offer, offerId, alias })]
    );
  },
  answer: (_events, { publisherId, offerId }) => ({ offer: offerKey(publisherId, offerId) }),
});
