import type { Recorded } from '#lib/engine/model/envelope.js';
import type { OfferState } from '#lib/domain/offer/state.js';
import { statusWord } from '#lib/domain/offer/status.js';
import type { SeatPoolState } from '#lib/domain/seat-pool/state.js';
import type { Stream } from './world.js';

/** Every way that a status word may go in one append; staying is always allowed. */
const ways: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  offer: {
    none: ['Draft'],
    Draft: ['Publish in progress'],
    // Canceled, it shows the market's word again.
    'Publish in progress': ['Attention needed', 'Preview', 'Live', 'Draft', 'Not available in the marketplace'],
    'Attention needed': ['Publish in progress', 'Pending stop distribution'],
    Preview: ['Publish in progress', 'Pending stop distribution'],
    Live: ['Publish in progress', 'Pending stop distribution'],
    'Pending stop distribution': ['Not available in the marketplace'],
    'Not available in the marketplace': ['Publish in progress'],
  },
  deal: {
    none: ['Incomplete'],
    Incomplete: ['Submitted'],
    Submitted: ['Update required', 'Approved', 'Declined'],
    'Update required': ['Submitted'],
    Approved: [],
    Declined: [],
  },
  invitation: {
    none: ['pending'],
    pending: ['accepted', 'declined', 'revoked', 'expired'],
    accepted: [],
    declined: [],
    revoked: [],
    expired: [],
  },
  relationship: { none: ['established'], established: ['terminated'], terminated: ['established'] },
  seatPool: {
    none: ['active'],
    active: ['grace', 'deactivated'],
    grace: ['active', 'deactivated'],
    deactivated: ['active'],
  },
};

function wordOf({ decider, state }: Stream): string {
  if (decider.category !== 'offer') return (state as { readonly status: string }).status;
  const offer = state as OfferState;
  return offer.status === 'none' ? 'none' : statusWord(offer.status, offer.submission?.phase ?? null);
}

/** Looks at every append of a world, and throws when one leaves what must never be. */
export function watching(): (stream: Stream, appended: readonly Recorded[]) => void {
  const words = new Map<string, string>();
  const holders = new Map<string, Set<string>>();
  return (stream, appended) => {
    const name = appended[0]?.stream ?? '';
    const from = words.get(name) ?? 'none';
    const to = wordOf(stream);
    words.set(name, to);
    const allowed = ways[stream.decider.category]?.[from];
    if (allowed && from !== to && !allowed.includes(to)) throw new Error(`${name} went from ${from} to ${to}.`);
    if (appended.some(({ type }) => type === 'InvitationAccepted') && from !== 'pending') {
      throw new Error(`${name} was used twice.`);
    }
    if (stream.decider.category !== 'seatPool') return;
    const held = holders.get(name) ?? new Set();
    holders.set(name, held);
    expectOneSeatEach(held, appended);
    expectSeatsOrConflict(name, stream.state as SeatPoolState);
  };
}

/** R78: nobody gets a second seat of a plan, and no seat is taken that is not held. */
function expectOneSeatEach(held: Set<string>, appended: readonly Recorded[]): void {
  for (const { type, data, stream } of appended) {
    if (type !== 'SeatAssigned' && type !== 'SeatUnassigned') continue;
    const { personId } = data as { readonly personId: string };
    if (held.has(personId) === (type === 'SeatAssigned')) throw new Error(`${type} of ${personId} in ${stream}.`);
    if (type === 'SeatAssigned') held.add(personId);
    else held.delete(personId);
  }
}

/** R73, R77: seats within the licenses, or an open conflict, and never both. */
function expectSeatsOrConflict(name: string, state: SeatPoolState): void {
  if (state.status !== 'active') return;
  const exceeds = state.seats.size > state.total;
  if (exceeds === (state.conflict !== null)) return;
  throw new Error(`${name} has ${state.seats.size} seats, ${state.total} licenses, conflict ${String(!exceeds)}.`);
}
