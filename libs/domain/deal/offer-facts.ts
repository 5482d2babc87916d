import type { Fact } from '#lib/engine/model/aggregate.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { isId, publisherOf, streams } from '../ids.js';
import { offer } from '../offer/offer.js';
import { hasBeenLive, managesLicenses, type OfferState } from '../offer/state.js';
import { refuse } from './refusals.js';

/** Absent where the form names no offer, or none that could be the publisher's own. */
export type OfferFact = { readonly offer?: Fact<OfferState> };

/** The offer that a deal's form names, to be judged at its stream's end (R96). */
export function offerFact(publisherId: string, named: string | null): OfferFact {
  return named !== null && couldBeOwn(named, publisherId)
    ? { offer: { aggregate: offer, stream: streams.offer(named) } }
    : {};
}

/** What a client sends may be anything; only what R1 and R2 allow is looked up. */
function couldBeOwn(named: string, publisherId: string): boolean {
  return named.length <= 40 && publisherOf(named) === publisherId && isId(named.slice(publisherId.length + 1));
}

/** R51: another publisher's offer and an unknown one are refused alike. */
export function offerFault(
  named: string | null,
  publisherId: string,
  state: OfferState = offer.initial(),
): Refusal | false {
  const isOwn = offer.owner(state)?.publisherId === publisherId;
  return named !== null && !isOwn && refuse('DEAL_OFFER_UNKNOWN', 'The publisher has no such offer.', '/offer');
}

/** R55: licenses are managed, and customers invited, for offers that have been live with license management. */
export function eligibilityFault(state: OfferState = offer.initial()): Refusal | false {
  if (!managesLicenses(state)) return refuse('DEAL_NOT_ELIGIBLE', "License management is off for the deal's offer.");
  return !hasBeenLive(state) && refuse('DEAL_NOT_ELIGIBLE', "The deal's offer has not been live yet.");
}
