import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, type EventData } from '#lib/engine/model/message.js';
import { streams } from '#lib/domain/ids.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { DealAttachedToRelationship } from '#lib/domain/relationship/messages.js';
import { seatLimits } from '#lib/domain/seat-pool/messages.js';
import { dealsOf, dealStories, isOfSeat, poolStory, relationshipStory } from '#lib/views/pool-story.js';
import { detected, resized, serviceId, taken, tenantId } from '../domain/seat-pool/fixtures.js';
import { positionOf } from '../history/replayed-log.js';
import { recorded } from '../support/given.js';
import { left, licenses, noSeat, related, seat } from './sold.js';

const pool = streams.seatPool(tenantId, serviceId);
const at = (revision: number, data: EventData): Recorded => {
  const [one] = recorded(pool, [data], revision);
  if (!one) throw new Error('Nothing was recorded.');
  return one;
};
const placed = (...events: EventData[]) =>
  recorded(pool, events).map((one, index) => ({ ...one, position: positionOf(index + 1) }));
const erased = event(PersonErased, { personId: 'ann', publisherId: null, tenantId });
const { seatsPerShrink } = seatLimits;

it('of a pool all but other persons’ seats is kept, and those with which an append of the policy was full (R73)', () => {
  const kept = (personId: string | null, revision: number, data: EventData) =>
    poolStory({ tenantId, serviceId }, personId).keep(at(revision, data));
  expect([licenses('gold', 0, 2), detected(2, 1)].map((one) => kept(null, 1, one))).toEqual([true, true]);
  expect([seat('gold', 'ann'), noSeat('gold', 'ann'), taken('ann')].map((one) => kept('ann', 1, one))).toEqual([
    true,
    true,
    true,
  ]);
  expect([seat('gold', 'bob'), noSeat('gold', 'bob'), taken('bob')].map((one) => kept('ann', 1, one))).toEqual([
    false,
    false,
    false,
  ]);
  const full = [seat('gold', 'bob'), noSeat('gold', 'bob'), taken('bob')].map((one) =>
    kept('ann', seatsPerShrink, one),
  );
  expect(full).toEqual([false, false, true]);
  expect(kept(null, 2 * seatsPerShrink, taken('bob'))).toBe(true);
  expect(kept('ann', 1, erased)).toBe(false);
});

it('a seat was given to or taken from a person by events of the pool alone', () => {
  const ofAnn = (data: EventData) => isOfSeat(at(0, data), 'ann');
  expect([seat('gold', 'ann'), noSeat('gold', 'ann'), taken('ann')].map(ofAnn)).toEqual([true, true, true]);
  expect([seat('gold', 'bob'), licenses('gold', 0, 1), erased].map(ofAnn)).toEqual([false, false, false]);
  expect(isOfSeat(at(0, seat('gold', 'ann')), null)).toBe(false);
});

it('a pool has its licenses from the deals that it was resized for, each named once', () => {
  const second = resized(2, 3, 1, 'deal-2', 1);
  const events = placed(licenses('gold', 0, 2), seat('gold', 'ann'), second, licenses('gold', 3, 4), detected(2, 1));
  expect(dealsOf(events)).toEqual(['deal-1', 'deal-2']);
});

it('a deal’s story is that of the deal and the invitations to it; a consent’s that of the invitation that was accepted', () => {
  const attached = event(DealAttachedToRelationship, { publisherId: 'fabrikam', tenantId, dealId: 'deal-1' });
  const relationship = placed(related, attached, left, related);
  const stories = dealStories(['deal-1', 'deal-2'], new Set([serviceId]), relationship);
  expect(stories.map(({ eventsOf }) => eventsOf)).toEqual([
    { stream: 'deal-deal-1' },
    { streamsWhere: { category: 'invitation', dealId: 'deal-1' } },
    { stream: 'deal-deal-2' },
    { streamsWhere: { category: 'invitation', dealId: 'deal-2' } },
    { stream: 'invitation-invitation-1' },
  ]);
  const { eventsOf, keep } = relationshipStory({ tenantId, serviceId });
  expect(eventsOf).toEqual({ stream: streams.relationship('fabrikam', tenantId) });
  expect(relationship.map(keep)).toEqual([true, false, true, true]);
});
