import type { Fact } from '#lib/engine/model/aggregate.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { serviceId, streams } from '../ids.js';
import { listingButtons, viewerOf, type ListingButton } from '../listing-buttons.js';
import { isOnSale, releaseOf, type OfferState } from '../offer/state.js';
import { seatPool } from '../seat-pool/decider.js';
import type { SeatPoolState } from '../seat-pool/state.js';
import { refuse } from './refusals.js';
import type { LeadKind } from './status.js';

/** Pools of the caller's tenant, by plan. */
export type PoolFacts = Readonly<Record<`pool ${string}`, Fact<SeatPoolState>>>;
type Pools = Readonly<Record<`pool ${string}`, SeatPoolState>>;

/** Where a caller of a tenant may hold licenses of an offer, to be judged at these streams' ends (R96). */
export function poolFacts(offer: string, state: OfferState, tenantId: string | undefined): PoolFacts {
  if (tenantId === undefined) return {};
  const plans = releaseOf(state)?.content.plans ?? [];
  return Object.fromEntries(
    plans.map(({ planId }) => [
      `pool ${planId}`,
      { aggregate: seatPool, stream: streams.seatPool(tenantId, serviceId(offer, planId)) },
    ]),
  );
}

const buttonFor: Readonly<Record<LeadKind, ListingButton>> = {
  contact: 'Contact Me',
  install: 'Get It Now',
  freeTrial: 'Free trial',
};

/** R41, R42: a lead comes of a button that the listing shows to this very caller, now. */
export function buttonFault(
  kind: LeadKind,
  state: OfferState,
  pools: Pools,
  role: string,
  now: string,
): Refusal | false {
  const release = releaseOf(state);
  if (release === null || !isOnSale(state, now)) return refuse('LEAD_OFFER_NOT_ON_SALE', 'The offer is not on sale.');
  const { offerSetup, plans } = release.content;
  const holdsLicense = plans.some(({ planId }) => {
    const pool = pools[`pool ${planId}`];
    return pool !== undefined && pool.status !== 'none' && pool.total > 0;
  });
  const shown = listingButtons(true, offerSetup, viewerOf(role, holdsLicense));
  if (shown.includes(buttonFor[kind])) return false;
  return refuse('LEAD_BUTTON_NOT_SHOWN', `The listing shows ${shown.join(' and ')} to this viewer.`, '/kind');
}
