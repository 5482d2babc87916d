import { event } from '#lib/engine/model/message.js';
import {
  LicenseConflictOverdue,
  LicenseConflictResolved,
  SeatPoolGraceEnded,
  SeatUnassigned,
  ShrinkPolicySet,
  seatLimits,
  type SeatPoolEvent,
  type ShrinkPolicy,
} from './messages.js';
import type { Pool, SeatPoolState } from './state.js';

/**
 * What time alone has brought about and is not written down yet. Whatever changes the pool begins with it, so that a
 * late timer leaves no gap in history: a conflict that is put right after its deadline was overdue before (R73, R74).
 */
export function deadlinesPassed(state: SeatPoolState, now: string): SeatPoolEvent[] {
  if (state.status === 'grace' && now >= state.graceEndsAt) return [event(SeatPoolGraceEnded, { ...state.ids })];
  if (state.status !== 'active' || state.conflict === null) return [];
  const { dueAt, overdue } = state.conflict;
  if (overdue || now < dueAt) return [];
  const counts = { seats: state.seats.size, licenses: state.total, excess: state.seats.size - state.total };
  return [event(LicenseConflictOverdue, { ...state.ids, ...counts })];
}

/** The seats go by ApplyShrinkPolicy, if the pool is overdue: the policy acts, not the person who set it (R73). */
export function setPolicy(state: SeatPoolState, policy: ShrinkPolicy, now: string): SeatPoolEvent[] {
  if (state.status === 'none' || state.policy === policy) return [];
  return [...deadlinesPassed(state, now), event(ShrinkPolicySet, { ...state.ids, policy })];
}

/** Takes as many seats as one append may, and says so when no more are in excess; before the deadline none (R73). */
export function applyPolicy(state: SeatPoolState, now: string): SeatPoolEvent[] {
  if (state.status !== 'active' || state.conflict === null || now < state.conflict.dueAt) return [];
  const { ids } = state;
  const taken = atStake(state, seatLimits.seatsPerShrink).map((personId) =>
    event(SeatUnassigned, { ...ids, personId, reason: 'policy' as const }),
  );
  const events = [...deadlinesPassed(state, now), ...taken];
  return state.seats.size - taken.length <= state.total
    ? [...events, event(LicenseConflictResolved, { ...ids, reason: 'policyApplied' })]
    : events;
}

export function endGrace(state: SeatPoolState, now: string): SeatPoolEvent[] {
  return state.status === 'grace' ? deadlinesPassed(state, now) : [];
}

/** Whose seats the policy takes next, in the order in which it takes them: at most so many. */
function atStake({ seats, total, policy }: Pool, most: number): string[] {
  if (policy === 'keep') return [];
  const inOrder = policy === 'newestFirst' ? [...seats].reverse() : [...seats];
  return inOrder.slice(0, Math.min(most, seats.size - total));
}
