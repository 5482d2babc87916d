import type { PoolIds, ShrinkPolicy } from './messages.js';

/** What a pool knows of a deal's line: its count, and the deal's revision that set it. */
interface DealLine {
  readonly count: number;
  readonly revision: number;
}

/** Collections are changed in place: a pool may hold 30,000 seats, and copying them for each event would take minutes. */
export interface PoolContent {
  readonly ids: Readonly<PoolIds>;
  /** Licenses: the sum of the deals' counts (R75). */
  total: number;
  readonly deals: Map<string, DealLine>;
  /** Person IDs in the order in which they got their seats. */
  readonly seats: Set<string>;
  policy: ShrinkPolicy;
}

/** More seats in use than licenses; `overdue` once it is written down that the deadline passed (R73). */
interface Conflict {
  readonly dueAt: string;
  readonly overdue: boolean;
}

/** `grace` and `deactivated`: the total is 0, the seats are kept but not in use (R74). */
export type Pool = PoolContent &
  (
    | { readonly status: 'active'; conflict: Conflict | null }
    | { readonly status: 'grace'; readonly graceEndsAt: string }
    | { readonly status: 'deactivated' }
  );

export type SeatPoolState = { readonly status: 'none' } | Pool;

const nobody: ReadonlySet<string> = new Set();

/** Person IDs that hold a seat, in use or kept. */
export function seatsOf(state: SeatPoolState): ReadonlySet<string> {
  return state.status === 'none' ? nobody : state.seats;
}

/** Licenses that can still be assigned: none in a conflict, nor in a pool whose total is 0 (R74, R77). */
export function freeLicenses(state: SeatPoolState): number {
  return state.status === 'active' ? Math.max(0, state.total - state.seats.size) : 0;
}
