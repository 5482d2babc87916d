import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf } from '#lib/engine/model/message.js';
import type { EventsRef, PlacedEvent } from '#lib/engine/model/query.js';
import { dealEvents, licenseEvents } from '#lib/domain/deal/messages.js';
import { publisherOf, streams } from '#lib/domain/ids.js';
import { invitationEvents } from '#lib/domain/invitation/messages.js';
import { offerEvents } from '#lib/domain/offer/offer-messages.js';
import { personEvents } from '#lib/domain/person/messages.js';
import { relationshipEvents } from '#lib/domain/relationship/messages.js';
import { seatLimits, seatPoolEvents } from '#lib/domain/seat-pool/messages.js';
import { relationshipKey, relationshipStream } from './customers.js';
import { poolKey, poolStream } from './license-counts.js';
import { everyStream } from './stream-index.js';

/** A customer's licenses of one plan. */
export interface PoolName {
  readonly tenantId: string;
  readonly serviceId: string;
}

/** Whether an event gave this person a seat of a pool, or took it. */
export function isOfSeat(event: Recorded, personId: string | null): boolean {
  if (!isOneOf(seatPoolEvents, event)) return false;
  return (event.type === 'SeatAssigned' || event.type === 'SeatUnassigned') && event.data.personId === personId;
}

/**
 * What happened to a pool; of its seats, which may be hundreds of thousands, those of one person, and those whose taking
 * asks for the next append of the shrink policy.
 */
export function poolStory(pool: PoolName, personId: string | null): EventsRef {
  return {
    eventsOf: poolStream(poolKey(pool)),
    keep(event) {
      if (!isOneOf(seatPoolEvents, event)) return false;
      const { type, data, revision } = event;
      if (type !== 'SeatAssigned' && type !== 'SeatUnassigned') return true;
      const asksForMore = type === 'SeatUnassigned' && data.reason === 'policy';
      return data.personId === personId || (asksForMore && revision % seatLimits.seatsPerShrink === 0);
    },
  };
}

export function relationshipStory({ tenantId, serviceId }: PoolName): EventsRef {
  return {
    eventsOf: relationshipStream(relationshipKey(publisherOf(serviceId), tenantId)),
    keep: (event) => event.type !== 'DealAttachedToRelationship',
  };
}

/** That a person was erased, if they were: nobody gives them a seat again (R95). */
export function personStory(tenantId: string, personId: string): EventsRef {
  return { eventsOf: { stream: streams.person(tenantId, personId) }, keep: () => true };
}

/** The deals that gave a pool its licenses. */
export function dealsOf(pool: readonly PlacedEvent[]): readonly string[] {
  const named = pool.flatMap((event) =>
    isOneOf(seatPoolEvents, event) && event.type === 'SeatPoolResized' ? [event.data.dealId] : [],
  );
  return [...new Set(named)];
}

/** What became of deals and of their licenses of some plans, of the invitations to them, and of those that were accepted. */
export function dealStories(
  deals: readonly string[],
  serviceIds: ReadonlySet<string>,
  relationship: readonly PlacedEvent[],
): readonly EventsRef[] {
  const invitations = relationship.flatMap((event) =>
    isOneOf(relationshipEvents, event) && event.type === 'CustomerRelationshipEstablished'
      ? [event.data.invitationId]
      : [],
  );
  return [
    ...deals.flatMap((dealId): EventsRef[] => [
      { eventsOf: { stream: streams.deal(dealId) }, keep: (event) => isOfDeal(event, serviceIds) },
      { eventsOf: everyStream('invitation', { dealId }), keep: () => true },
    ]),
    ...[...new Set(invitations)].map((id): EventsRef => ({
      eventsOf: { stream: streams.invitation(id) },
      keep: () => true,
    })),
  ];
}

function isOfDeal(event: Recorded, serviceIds: ReadonlySet<string>): boolean {
  if (!isOneOf(licenseEvents, event)) return true;
  return event.type === 'CustomerAttachedToDeal' || serviceIds.has(event.data.serviceId);
}

/**
 * Whether somebody may know of an event. A customer is told what concerns its licenses, and not what publisher and
 * marketplace settled between them; a publisher counts and never persons (R83).
 */
export function isTold(event: Recorded, caller: Owner): boolean {
  if (caller.installation) return true;
  if (caller.publisherId !== undefined) return !isOfPerson(event);
  if (isOneOf(offerEvents, event)) return event.type === 'OfferWentLive';
  if (isOneOf(dealEvents, event)) return isOneOf(licenseEvents, event);
  if (isOneOf(invitationEvents, event))
    return event.type === 'InvitationAccepted' && event.data.tenantId === caller.tenantId;
  return true;
}

function isOfPerson(event: Recorded): boolean {
  return event.type === 'SeatAssigned' || event.type === 'SeatUnassigned' || isOneOf(personEvents, event);
}
