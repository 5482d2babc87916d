import type { Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, isOneOf } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { codePoints, isId, offerKey, streams } from '../ids.js';
import { publisher } from '../publisher/decider.js';
import { emptyContent } from './content.js';
import { distributionEvents } from './distribution-messages.js';
import { distribution, evolveDistribution } from './distribution.js';
import { CreateOffer, OfferCreated, offerEvents, type OfferEvent } from './offer-messages.js';
import { handle } from './on-offer.js';
import { pageEvents } from './pages-messages.js';
import { evolvePages, pages } from './pages.js';
import { planEvents } from './plans-messages.js';
import { evolvePlans, plans } from './plans.js';
import { publishingEvents } from './publishing-messages.js';
import { evolvePublishing, publishing } from './publishing.js';
import { refuse } from './refusals.js';
import { evolveRelease, release } from './release.js';
import type { OfferState } from './state.js';

const limits = { offerKey: 40, alias: 200 } as const;

const createOffer = handle({
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

/** Each theme folds its own events, beside where it decides them. */
function evolve(state: OfferState, event: Recorded<OfferEvent>): OfferState {
  if (event.type === 'OfferCreated') {
    const { publisherId, offer } = event.data;
    const usedPlanIds = new Set<string>();
    return { status: 'unreleased', publisherId, offer, draft: emptyContent, usedPlanIds, submission: null };
  }
  if (state.status === 'none') return state;
  if (isOneOf(pageEvents, event)) return evolvePages(state, event);
  if (isOneOf(planEvents, event)) return evolvePlans(state, event);
  if (isOneOf(publishingEvents, event)) return evolvePublishing(state, event);
  if (isOneOf(distributionEvents, event)) return evolveDistribution(state, event);
  return evolveRelease(state, event);
}

/** One offer: its draft pages and plans, its way through publishing, and what is live. */
export const offer: Decider<OfferState> = {
  category: 'offer',
  events: offerEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId }),
  handles: [createOffer, ...pages, ...plans, ...publishing, ...release, ...distribution],
};
