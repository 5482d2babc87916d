import { readFileSync } from 'node:fs';
import { deciders } from '#lib/domain/deciders.js';
import { recorded } from '../support/given.js';

/** Whose a stream is after its first event; both sides' where both are named. */
const owners: Readonly<Record<string, readonly [first: string, owner: (data: Ids) => object]>> = {
  publisher: ['PublisherEnrolled', ({ publisherId }) => ({ publisherId })],
  offer: ['OfferCreated', ({ publisherId }) => ({ publisherId })],
  deal: ['DealStarted', ({ publisherId }) => ({ publisherId })],
  invitation: ['CustomerInvited', ({ publisherId }) => ({ publisherId })],
  relationship: ['CustomerRelationshipEstablished', ({ publisherId, tenantId }) => ({ publisherId, tenantId })],
  seatPool: ['SeatPoolResized', ({ tenantId }) => ({ tenantId })],
  lead: ['LeadSubmitted', ({ publisherId }) => ({ publisherId })],
  person: ['PersonErased', ({ tenantId }) => ({ tenantId })],
};

interface Ids {
  readonly publisherId: string;
  readonly tenantId: string;
}

describe('whose a stream is', () => {
  it('is told for every kind of stream', () => {
    expect(deciders.map(({ category }) => category).sort()).toEqual(Object.keys(owners).sort());
  });

  it.each(deciders.map((decider) => [decider.category, decider] as const))(
    '%s: nobody’s while nothing has happened, and then of whom its first event names',
    (category, decider) => {
      const [first = '', ownerOf] = owners[category] ?? [];
      const data = JSON.parse(readFileSync(`test/golden/${first}.v1.json`, 'utf8')) as Ids;
      const [event] = recorded(`${category}-1`, [{ type: first, data }]);
      if (!event) throw new Error('Nothing was recorded.');
      expect(decider.owner(decider.initial())).toBeNull();
      expect(decider.initial()).not.toEqual({});
      expect(decider.owner(decider.evolve(decider.initial(), event))).toEqual(ownerOf?.(data));
    },
  );
});
