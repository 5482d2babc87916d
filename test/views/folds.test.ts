import { readFileSync } from 'node:fs';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { AnyProjection } from '#lib/engine/model/projection.js';
import { domainEvents } from '#lib/domain/events.js';
import { passedSteps } from '#lib/domain/offer/publishing-messages.js';
import { views } from '#lib/views/views.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import { passed } from '../support/offers.js';

const projections: AnyProjection[] = views.flatMap(({ projection }) => (projection ? [projection] : []));

/** Every event there is, each as the only one of its stream. */
const events: readonly Recorded[] = [
  ...domainEvents.map(({ type, v }) => ({
    type,
    data: JSON.parse(readFileSync(`test/golden/${type}.v${v}.json`, 'utf8')) as object,
  })),
  ...passedSteps.map((step) => passed('s1', step)),
].flatMap((event) => recorded('any-stream', [event]));

/** Views in which every event that they name begins a document, or an entry of its own. */
const everyEvent = [
  'license-counts',
  'license-dashboard',
  'license-ledger',
  'notifications',
  'offer-history',
  'people',
];

/** The events that begin a document in the other views. */
const beginnings: Readonly<Record<string, readonly string[]>> = {
  customers: ['CustomerRelationshipEstablished'],
  'deal-progress': ['CustomerInvited', 'DealStarted'],
  invitations: ['CustomerInvited'],
  leads: ['LeadDestinationConnected', 'LeadSubmitted'],
  'offer-contents': ['OfferCreated', 'OfferSubmitted', 'OfferWentLive'],
  'offer-status': ['OfferCreated', 'PublisherEnrolled'],
  plans: ['PlanCreated'],
  reviews: ['OfferSubmitted'],
  seats: ['SeatAssigned'],
  'stream-index': ['CustomerInvited', 'DealStarted', 'OfferCreated', 'SeatPoolResized'],
  'tenant-products': ['SeatAssigned', 'SeatPoolResized'],
  'usage-rights': [
    'CustomerRelationshipEstablished',
    'OfferSubmitted',
    'PackageRegistered',
    'PlanCreated',
    'SeatAssigned',
    'SeatPoolDeactivated',
    'SeatPoolGraceEnded',
    'SeatPoolResized',
  ],
};

describe('a view', () => {
  it.each(projections.map((projection) => [projection.name, projection] as const))(
    '%s takes no notice of events that it does not name',
    (_name, projection) => {
      const touch = () => {
        throw new Error('A document was touched.');
      };
      const others = events.filter(({ type }) => !(type in projection.on));
      for (const event of others) projection.fold(event, { get: touch, put: touch, delete: touch });
      expect(others.length).toBeGreaterThan(0);
    },
  );

  it.each(projections.map((projection) => [projection.name, projection] as const))(
    '%s begins documents with the right events; one that should change a document and finds none leaves none',
    (name, projection) => {
      const beginning = events.filter((event) => Object.keys(fold(projection, [event])).length > 0);
      const expected = everyEvent.includes(name) ? Object.keys(projection.on) : beginnings[name];
      expect([...new Set(beginning.map(({ type }) => type))].sort()).toEqual([...(expected ?? [])].sort());
    },
  );
});
