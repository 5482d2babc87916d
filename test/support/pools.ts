import { event, type EventData } from '#lib/engine/model/message.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { CustomerRelationshipEstablished } from '#lib/domain/relationship/messages.js';
import {
  LicenseConflictDetected,
  SeatAssigned,
  SeatPoolDeactivated,
  SeatPoolResized,
  SeatUnassigned,
} from '#lib/domain/seat-pool/messages.js';
import { established } from '../domain/deal/fixtures.js';
import { recorded } from './given.js';

/** Events recorded at this instant. */
export function at(recordedAt: string, ...events: readonly EventData[]): Recorded[] {
  return recorded('any-stream', events).map((one) => ({ ...one, meta: { ...one.meta, recordedAt } }));
}

/** What may happen to a customer's pool of one plan. */
export function pool(tenantId: string, planId: string, offer = 'fabrikam.f365') {
  const ids = {
    publisherId: offer.slice(0, offer.indexOf('.')),
    offer,
    tenantId,
    planId,
    serviceId: `${offer}.${planId}`,
  };
  return {
    resized: (from: number, to: number) =>
      event(SeatPoolResized, { ...ids, from, to, dealId: 'deal-1', dealCount: to, dealRevision: to }),
    assigned: (...people: readonly string[]) =>
      people.map((personId) => event(SeatAssigned, { ...ids, personId, refused: [] })),
    unassigned: (personId: string) => event(SeatUnassigned, { ...ids, personId, reason: 'request' }),
    detected: (seats: number, licenses: number) =>
      event(LicenseConflictDetected, {
        ...ids,
        seats,
        licenses,
        excess: seats - licenses,
        dueAt: '2026-06-01T00:00:00.000Z',
      }),
    deactivated: event(SeatPoolDeactivated, { ...ids, graceEndsAt: null }),
  };
}

export const consented = (tenantId: string, country: string) =>
  event(CustomerRelationshipEstablished, { ...established(tenantId).data, country });
