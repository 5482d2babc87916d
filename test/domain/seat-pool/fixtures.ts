import { event } from '#lib/engine/model/message.js';
import {
  LicenseConflictDetected,
  LicenseConflictOverdue,
  SeatAssigned,
  SeatPoolResized,
  SeatUnassigned,
  ShrinkPolicySet,
  type AdjustSeatPool,
  type SeatPoolEvent,
  type ShrinkPolicy,
} from '#lib/domain/seat-pool/messages.js';

export const tenantId = '8c2d1f3a-0000-4000-8000-00000000c0de';
export const serviceId = 'fabrikam.f365.gold';
export const ids = { publisherId: 'fabrikam', offer: 'fabrikam.f365', tenantId, serviceId, planId: 'gold' };
/** 90 days after the instant at which tests act. */
export const in90Days = '2026-05-30T12:00:00.000Z';

export function line(dealId: string, dealCount: number, dealRevision: number): AdjustSeatPool {
  return { ...ids, dealId, dealCount, dealRevision };
}

/** `deal` has `to` licenses and is the only one. */
export function resized(from: number, to: number, dealRevision: number, dealId = 'deal-1', dealCount = to) {
  return event(SeatPoolResized, { ...ids, from, to, dealId, dealCount, dealRevision });
}

export function assigned(personId: string, ...left: readonly string[]): SeatPoolEvent {
  const refused = left.map((person) => ({ personId: person, code: 'NO_AVAILABLE_LICENSES' as const }));
  return event(SeatAssigned, { ...ids, personId, refused });
}

export const people = (...personIds: readonly string[]) => ({ tenantId, serviceId, personIds: [...personIds] });

export const detected = (seats: number, licenses: number, dueAt = in90Days) =>
  event(LicenseConflictDetected, { ...ids, seats, licenses, excess: seats - licenses, dueAt });

export const overdue = (seats: number, licenses: number) =>
  event(LicenseConflictOverdue, { ...ids, seats, licenses, excess: seats - licenses });

export const policySet = (policy: ShrinkPolicy) => event(ShrinkPolicySet, { ...ids, policy });

/** The seat went by the shrink policy. */
export const taken = (personId: string) => event(SeatUnassigned, { ...ids, personId, reason: 'policy' });
