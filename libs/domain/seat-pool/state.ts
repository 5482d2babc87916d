import type { Recorded } from '#lib/engine/model/envelope.js';
import type { PoolIds, SeatPoolEvent } from './messages.js';

/** What a pool knows of a deal's line: its count, and the deal's revision that set it. */
interface DealLine {
  readonly count: number;
  readonly revision: number;
}

/** Collections are changed in place: a pool may hold 30,000 seats, and copying them for each event would take minutes. */
interface PoolContent {
  readonly ids: Readonly<PoolIds>;
  /** Licenses: the sum of the deals' counts (R75). */
  total: number;
  readonly deals: Map<string, DealLine>;
  /** Person IDs in the order in which they got their seats. */
  readonly seats: Set<string>;
}

/** `grace` and `deactivated`: the total is 0, the seats are kept but not in use (R74). */
export type Pool = PoolContent &
  (
    | { readonly status: 'active'; conflict: { readonly dueAt: string } | null }
    | { readonly status: 'grace'; readonly graceEndsAt: string }
    | { readonly status: 'deactivated' }
  );

export type SeatPoolState = { readonly status: 'none' } | Pool;

export function evolve(state: SeatPoolState, event: Recorded<SeatPoolEvent>): SeatPoolState {
  if (event.type === 'SeatPoolResized') return resize(state, event.data);
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'SeatAssigned':
      state.seats.add(event.data.personId);
      return state;
    case 'SeatUnassigned':
      state.seats.delete(event.data.personId);
      return state;
    case 'LicenseConflictDetected':
      if (state.status === 'active') state.conflict = { dueAt: event.data.dueAt };
      return state;
    case 'LicenseConflictResolved':
      if (state.status === 'active') state.conflict = null;
      return state;
    case 'SeatPoolDeactivated': {
      const { graceEndsAt } = event.data;
      return graceEndsAt === null
        ? { ...contentOf(state), status: 'deactivated' }
        : { ...contentOf(state), status: 'grace', graceEndsAt };
    }
  }
}

function resize(state: SeatPoolState, resized: Extract<SeatPoolEvent, { type: 'SeatPoolResized' }>['data']): Pool {
  const { dealId, dealCount, dealRevision, from: _from, to, ...ids } = resized;
  const content: PoolContent =
    state.status === 'none'
      ? { ids, total: to, deals: new Map(), seats: new Set() }
      : { ...contentOf(state), total: to };
  content.deals.set(dealId, { count: dealCount, revision: dealRevision });
  if (to > 0) return { ...content, status: 'active', conflict: state.status === 'active' ? state.conflict : null };
  return state.status === 'grace'
    ? { ...content, status: 'grace', graceEndsAt: state.graceEndsAt }
    : { ...content, status: 'deactivated' };
}

function contentOf({ ids, total, deals, seats }: Pool): PoolContent {
  return { ids, total, deals, seats };
}

const nobody: ReadonlySet<string> = new Set();

/** Person IDs that hold a seat, in use or kept. */
export function seatsOf(state: SeatPoolState): ReadonlySet<string> {
  return state.status === 'none' ? nobody : state.seats;
}

/** Licenses that can still be assigned: none in a conflict, nor in a pool whose total is 0 (R74, R77). */
export function freeLicenses(state: SeatPoolState): number {
  return state.status === 'active' ? Math.max(0, state.total - state.seats.size) : 0;
}
