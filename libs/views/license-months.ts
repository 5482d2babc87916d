import type { Recorded } from '#lib/engine/model/envelope.js';
import type { DocKey, Docs } from '#lib/engine/model/projection.js';
import type { PoolIds, SeatAssigned, SeatPoolResized, SeatUnassigned } from '#lib/domain/seat-pool/messages.js';
import type { EventOf } from '#lib/engine/model/message.js';
import { relationshipKey } from './customers.js';
import { poolKey } from './license-counts.js';
import { projection } from './view.js';

/** Months that can be looked at, the present one included. */
export const mostMonths = 36;

/** Licenses, and the seats in use of them. */
export interface Counts {
  readonly provisioned: number;
  readonly assigned: number;
}

export const nothing: Counts = { provisioned: 0, assigned: 0 };

/** What one customer's pool adds to its plan. */
interface Share extends Counts {
  /** ISO 3166-1 alpha-2, of the customer, as it was stated when the licenses last changed. */
  readonly country: string;
}

interface PoolDoc {
  readonly country: string;
  readonly total: number;
  /** Seats given out; while `total` is 0 they are kept, but not in use (R74). */
  readonly seats: number;
}

/** What there is at present of a plan, or of all plans of a publisher. */
export interface PresentDoc {
  /** `YYYY-MM` in UTC, of the latest change. */
  month: string;
  /** A country that has nothing is left out. */
  readonly countries: Record<string, Counts>;
}

export type PlanDoc = PresentDoc & Readonly<Pick<PoolIds, 'publisherId' | 'offer' | 'planId' | 'serviceId'>>;

/** What there was at the last instant of earlier months. One without a change is missing: it ended as the one before. */
export interface PastDoc {
  /** Oldest first; as many as can be looked at. */
  readonly months: readonly Readonly<PresentDoc>[];
}

/**
 * What there is changes with every seat and is kept small; what there was changes once a month, by the first change of
 * a later one.
 */
interface Kinds {
  /** By tenant and Service ID. */
  pool: PoolDoc;
  /** By publisher and tenant: what the customer stated when it consented. */
  customer: { readonly country: string };
  /** By publisher: all its plans together. */
  publisher: PresentDoc;
  /** By Service ID. */
  plan: PlanDoc;
  /** By publisher ID, and by Service ID: only the latter holds dots. */
  past: PastDoc;
}

/** What ISO 3166 leaves to its users. Licenses come after consent, which states a country, so that nobody sees it. */
const unknownCountry = 'ZZ';

type CountedEvent = EventOf<typeof SeatPoolResized | typeof SeatAssigned | typeof SeatUnassigned>;

const customerKey = ({ publisherId, tenantId }: Pick<PoolIds, 'publisherId' | 'tenantId'>): DocKey<'customer'> => [
  'customer',
  relationshipKey(publisherId, tenantId),
];

const counts = ({ data }: { readonly data: PoolIds }): readonly DocKey<keyof Kinds>[] => [
  ['pool', poolKey(data)],
  ['publisher', data.publisherId],
  ['plan', data.serviceId],
  ['past', data.publisherId],
  ['past', data.serviceId],
];

/**
 * Apart from the license counts, although both count seats: its documents are shared by all pools of a publisher, and
 * what cannot be folded into one of them must keep nobody from seeing the counts.
 */
export const licenseDashboardProjection = projection<Kinds>({
  name: 'license-dashboard',
  version: 1,
  kinds: {
    pool: {},
    customer: {},
    publisher: {},
    plan: {
      fields: { publisherId: 'text', offer: 'text', serviceId: 'text' },
      indexes: [['publisherId', 'serviceId']],
    },
    past: {},
  },
  on: {
    CustomerRelationshipEstablished: ({ data }) => [customerKey(data)],
    SeatPoolResized: (event) => [...counts(event), customerKey(event.data)],
    SeatAssigned: counts,
    SeatUnassigned: counts,
  },
  fold(event, docs) {
    switch (event.type) {
      case 'CustomerRelationshipEstablished': {
        const { publisherId, tenantId, country } = event.data;
        return docs.put('customer', relationshipKey(publisherId, tenantId), { country });
      }
      case 'SeatPoolResized':
      case 'SeatAssigned':
      case 'SeatUnassigned': {
        const key = poolKey(event.data);
        const pool = docs.get('pool', key) ?? { country: unknownCountry, total: 0, seats: 0 };
        const changed = changedBy(event, pool, docs);
        docs.put('pool', key, changed);
        return countShare(docs, event, shareOf(pool), shareOf(changed));
      }
    }
  },
});

/** A customer that consents anew may state another country: its pools go there with their next change of licenses. */
function changedBy(event: CountedEvent, pool: PoolDoc, docs: Docs<Kinds>): PoolDoc {
  switch (event.type) {
    case 'SeatPoolResized': {
      const { publisherId, tenantId, to } = event.data;
      const { country } = docs.get('customer', relationshipKey(publisherId, tenantId)) ?? pool;
      return { country, total: to, seats: pool.seats };
    }
    case 'SeatAssigned':
      return { ...pool, seats: pool.seats + 1 };
    case 'SeatUnassigned':
      return { ...pool, seats: pool.seats - 1 };
  }
}

/** R74: kept seats are not in use. */
function shareOf({ country, total, seats }: PoolDoc): Share {
  return { country, provisioned: total, assigned: total > 0 ? seats : 0 };
}

/** Counts for plan and publisher what an event changed in a pool's share; touches nothing if that is what it was. */
function countShare(docs: Docs<Kinds>, { data, meta }: Recorded<CountedEvent>, before: Share, after: Share): void {
  if (isSame(before, after)) return;
  const { publisherId, offer, planId, serviceId } = data;
  const recordedIn = monthOf(meta.recordedAt);
  const publisher = docs.get('publisher', publisherId) ?? { month: recordedIn, countries: {} };
  // R90: what comes late by its stream's clock belongs to the month that has begun by another's.
  const month = recordedIn > publisher.month ? recordedIn : publisher.month;
  const plan = docs.get('plan', serviceId) ?? { publisherId, offer, planId, serviceId, month, countries: {} };
  if (month > publisher.month) close(docs, publisherId, publisher, month);
  if (month > plan.month) close(docs, serviceId, plan, month);
  move(publisher.countries, before, after);
  move(plan.countries, before, after);
  docs.put('publisher', publisherId, publisher);
  docs.put('plan', serviceId, plan);
}

function isSame(before: Share, after: Share): boolean {
  const { country, provisioned, assigned } = after;
  return before.country === country && before.provisioned === provisioned && before.assigned === assigned;
}

/** Counts are replaced, never changed, so that the past keeps its own. */
function close(docs: Docs<Kinds>, key: string, present: PresentDoc, next: string): void {
  const ended = { month: present.month, countries: { ...present.countries } };
  docs.put('past', key, { months: [...(docs.get('past', key)?.months ?? []), ended].slice(-mostMonths) });
  present.month = next;
}

function move(countries: Record<string, Counts>, before: Share, after: Share): void {
  add(countries, after.country, after.provisioned, after.assigned);
  add(countries, before.country, -before.provisioned, -before.assigned);
}

function add(countries: Record<string, Counts>, country: string, provisioned: number, assigned: number): void {
  const before = countries[country] ?? nothing;
  const after = { provisioned: before.provisioned + provisioned, assigned: before.assigned + assigned };
  // R74: where there are no licenses, no seats are in use.
  if (after.provisioned === 0) delete countries[country];
  else countries[country] = after;
}

/** What a month ended with, or what there is if it has not ended. */
export function countriesIn(
  month: string,
  present: Readonly<PresentDoc> | undefined,
  past: PastDoc | undefined,
): Readonly<Record<string, Counts>> {
  if (present === undefined) return {};
  if (month >= present.month) return present.countries;
  return past?.months.findLast((ended) => ended.month <= month)?.countries ?? {};
}

/** So many months in order, the last being that of the instant. */
export function monthsUpTo(instant: string, count: number): string[] {
  const [year = 0, month = 0] = monthOf(instant).split('-').map(Number);
  return Array.from({ length: count }, (_, index) =>
    monthOf(new Date(Date.UTC(year, month - count + index)).toISOString()),
  );
}

function monthOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM'.length);
}
