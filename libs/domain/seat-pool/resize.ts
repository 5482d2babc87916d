import { event } from '#lib/engine/model/message.js';
import { later } from '#lib/engine/model/instants.js';
import type { Settings } from '../settings.js';
import { deadlinesPassed } from './deadlines.js';
import {
  LicenseConflictDetected,
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatPoolResized,
  type AdjustSeatPool,
  type PoolIds,
  type SeatPoolEvent,
} from './messages.js';
import type { SeatPoolState } from './state.js';

const dayMs = 86_400_000;

/** What a pool comes to when one deal's line changes. */
export interface Resizing {
  /** Licenses before and after, over all deals. */
  readonly from: number;
  readonly to: number;
  /** Seats in use after. */
  readonly seats: number;
  /** Seats beyond the licenses; 0: none. */
  readonly excess: number;
  /** When the license conflict is due that is open then; null: none is. */
  readonly dueAt: string | null;
}

/** Judges a change of a deal's line, for the pool itself and for whoever wants to know beforehand (R73–R75). */
export function resizing(
  state: SeatPoolState,
  line: { readonly dealId: string; readonly dealCount: number },
  now: string,
  settings: Pick<Settings, 'licenseConflictMs'>,
): Resizing {
  const {
    total: from,
    before,
    held,
  } = state.status === 'none'
    ? { total: 0, before: 0, held: 0 }
    : { total: state.total, before: state.deals.get(line.dealId)?.count ?? 0, held: state.seats.size };
  const to = from - before + line.dealCount;
  const seats = to > 0 ? held : 0;
  const excess = Math.max(0, seats - to);
  const open = state.status === 'active' ? state.conflict : null;
  const dueAt = excess === 0 ? null : (open?.dueAt ?? later(now, settings.licenseConflictMs));
  return { from, to, seats, excess, dueAt };
}

/** Takes up a deal's line. News that is not newer than what is known does nothing, in whatever order it comes. */
export function adjust(
  state: SeatPoolState,
  { dealId, dealCount, dealRevision, ...ids }: AdjustSeatPool,
  now: string,
  settings: Settings,
): SeatPoolEvent[] {
  const known = state.status === 'none' ? undefined : state.deals.get(dealId);
  if (known && known.revision >= dealRevision) return [];
  const { from, to, seats, excess, dueAt } = resizing(state, { dealId, dealCount }, now, settings);
  const inConflict = state.status === 'active' && state.conflict !== null;
  const events = [
    ...deadlinesPassed(state, now),
    event(SeatPoolResized, { from, to, dealId, dealCount, dealRevision, ...ids }),
  ];
  // R73: an open conflict keeps its deadline and is not detected again.
  if (inConflict && excess === 0) {
    events.push(event(LicenseConflictResolved, { ...ids, reason: to === 0 ? 'deactivated' : 'licensesAdded' }));
  }
  if (!inConflict && dueAt !== null) {
    events.push(event(LicenseConflictDetected, { ...ids, seats, licenses: to, excess, dueAt }));
  }
  if (from > 0 && to === 0) events.push(deactivated(ids, now, settings));
  return events;
}

function deactivated(ids: PoolIds, now: string, { graceDays }: Settings): SeatPoolEvent {
  return event(SeatPoolDeactivated, { ...ids, graceEndsAt: graceDays === 0 ? null : later(now, graceDays * dayMs) });
}
