import { isOneOf, type HttpRoute } from '#lib/engine/model/message.js';
import { onEach, type Origin } from '#lib/engine/model/projection.js';
import { ref, type Find, type Snapshot, type View } from '#lib/engine/model/query.js';
import { Flag, Instant, Nullable, OneOf, Part, Parts, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';
import { streams } from '#lib/domain/ids.js';
import { auditRoles, customerRoles, publisherRoles } from '#lib/domain/roles.js';
import {
  seatPoolEvents,
  shrinkPolicies,
  type SeatPoolEvent,
  type ShrinkPolicy,
} from '#lib/domain/seat-pool/messages.js';
import { plansProjection } from './plans.js';
import { everyStream } from './stream-index.js';
import { answer, projection } from './view.js';

/** Deals that a pool lists by name; what further ones give is shown as one number. */
const listedDeals = 100;

const statuses = ['active', 'grace', 'deactivated'] as const;

interface DealCount {
  readonly dealId: string;
  readonly count: number;
}

/** A customer's licenses of one plan. It counts seats and names nobody: publishers read it (R83). */
export interface PoolDoc {
  readonly publisherId: string;
  readonly offer: string;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly planId: string;
  /** Licenses over all deals. */
  readonly total: number;
  /** Seats given out; while `total` is 0 they are kept, but not in use (R74). */
  readonly seats: number;
  readonly status: (typeof statuses)[number];
  readonly graceEndsAt: string | null;
  /** Null: no license conflict is open. */
  readonly conflictDueAt: string | null;
  readonly conflictOverdue: boolean;
  readonly shrinkPolicy: ShrinkPolicy;
  readonly deals: readonly DealCount[];
  /** Of the pool's stream. */
  readonly revision: number;
}

/** The documents of a pool, here and in other views. */
export function poolKey({ tenantId, serviceId }: { readonly tenantId: string; readonly serviceId: string }): string {
  return `${tenantId}.${serviceId}`;
}

/** Where the events of a pool lie, by its key. */
export function poolStream(key: string): Origin {
  const dot = key.indexOf('.');
  return { stream: streams.seatPool(key.slice(0, dot), key.slice(dot + 1)) };
}

interface Kinds {
  pool: PoolDoc;
}

const touchesPool = ({ data }: { data: { tenantId: string; serviceId: string } }) => [['pool', poolKey(data)]] as const;

export const licenseCountsProjection = projection<Kinds>({
  name: 'license-counts',
  version: 1,
  kinds: {
    pool: {
      fields: { tenantId: 'text', publisherId: 'text', offer: 'text', serviceId: 'text' },
      indexes: [
        ['tenantId', 'serviceId'],
        ['publisherId', 'tenantId'],
      ],
      origins: {
        key: poolStream,
        fields: {
          tenantId: (tenantId) => everyStream('seatPool', { tenantId }),
          publisherId: (publisherId) => everyStream('seatPool', { publisherId }),
        },
      },
    },
  },
  on: onEach(seatPoolEvents, touchesPool),
  fold(event, docs) {
    // Every event of a pool counts: the revision that is shown is what `If-Match` sends back.
    if (!isOneOf(seatPoolEvents, event)) return;
    const key = poolKey(event.data);
    const { publisherId, offer, tenantId, serviceId, planId } = event.data;
    const before = docs.get('pool', key) ?? { ...nothing, publisherId, offer, tenantId, serviceId, planId };
    docs.put('pool', key, { ...before, ...changeOf(before, event), revision: event.revision });
  },
});

const nothing = {
  total: 0,
  seats: 0,
  status: 'deactivated',
  graceEndsAt: null,
  conflictDueAt: null,
  conflictOverdue: false,
  shrinkPolicy: 'keep',
  deals: [],
  revision: -1,
} as const;

function changeOf(pool: PoolDoc, event: SeatPoolEvent): Partial<PoolDoc> {
  switch (event.type) {
    case 'SeatPoolResized': {
      const { to, dealId, dealCount } = event.data;
      const deals = listed(pool.deals, { dealId, count: dealCount });
      return to > 0 ? { total: to, deals, status: 'active', graceEndsAt: null } : { total: to, deals };
    }
    case 'SeatAssigned':
      return { seats: pool.seats + 1 };
    case 'SeatUnassigned':
      return { seats: pool.seats - 1 };
    case 'LicenseConflictDetected':
      return { conflictDueAt: event.data.dueAt };
    case 'LicenseConflictOverdue':
      return { conflictOverdue: true };
    case 'LicenseConflictResolved':
      return { conflictDueAt: null, conflictOverdue: false };
    case 'ShrinkPolicySet':
      return { shrinkPolicy: event.data.policy };
    case 'SeatPoolDeactivated': {
      const { graceEndsAt } = event.data;
      return { status: graceEndsAt === null ? 'deactivated' : 'grace', graceEndsAt };
    }
    case 'SeatPoolGraceEnded':
      return { status: 'deactivated', graceEndsAt: null };
  }
}

/** Counts are absolute, so that a deal which found no room in the list can enter it with its next change. */
function listed(deals: readonly DealCount[], changed: DealCount): readonly DealCount[] {
  if (changed.count === 0) return deals.filter(({ dealId }) => dealId !== changed.dealId);
  if (deals.some(({ dealId }) => dealId === changed.dealId)) {
    return deals.map((deal) => (deal.dealId === changed.dealId ? changed : deal));
  }
  return deals.length < listedDeals ? [...deals, changed] : deals;
}

export class LicenseConflict {
  @Whole() excess!: number;
  @Instant() dueAt!: string;
  @Flag({ description: 'The deadline has passed.' }) overdue!: boolean;
}

export class DealLicenses {
  @Text() dealId!: string;
  @Whole() count!: number;
}

export class LicenseCount {
  static readonly type = 'LicenseCount';
  @Text() tenantId!: string;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() serviceId!: string;
  @Text() planId!: string;
  @Nullable() @Text() planName!: string | null;
  @OneOf(statuses) status!: (typeof statuses)[number];
  @Nullable() @Instant() graceEndsAt!: string | null;
  /** Licenses over all deals (R75). */
  @Whole() total!: number;
  /** Seats in use. */
  @Whole() seats!: number;
  @Whole() available!: number;
  /** Seats that are kept while there are no licenses (R74). */
  @Whole() keptSeats!: number;
  /** Whose seats go when a conflict is overdue (R73). */
  @OneOf(shrinkPolicies) shrinkPolicy!: ShrinkPolicy;
  @Nullable() @Part(() => LicenseConflict) conflict!: LicenseConflict | null;
  @Parts(() => DealLicenses, { maxItems: listedDeals }) byDeal!: DealLicenses[];
  /** Licenses of deals beyond those listed. */
  @Whole() otherDeals!: number;
  /** Of the pool. */
  @Whole() revision!: number;
}

function countOf(pool: PoolDoc, planName: string | null): LicenseCount {
  const { total, conflictDueAt, conflictOverdue: overdue, deals, seats: held, ...rest } = pool;
  const seats = total > 0 ? held : 0;
  return {
    ...rest,
    planName,
    total,
    seats,
    available: Math.max(0, total - seats),
    keptSeats: held - seats,
    conflict: conflictDueAt === null ? null : { excess: seats - total, dueAt: conflictDueAt, overdue },
    byDeal: deals.map((deal) => ({ ...deal })),
    otherDeals: total - deals.reduce((sum, { count }) => sum + count, 0),
  };
}

/** What licenses a customer has, from all publishers. */
export class CustomerLicenseCounts {
  static readonly type = 'CustomerLicenseCounts';
  static readonly answers = LicenseCount;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/licenses',
    by: [...customerRoles, ...auditRoles],
    summary: "A customer's licenses, plan by plan.",
    asOf: true,
  };
  static readonly rowKey = ['serviceId'];
  @TenantGuid() tenantId!: string;
}

/** What licenses a publisher's customers have of its plans. */
export class PublisherLicenseCounts {
  static readonly type = 'PublisherLicenseCounts';
  static readonly answers = LicenseCount;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/licenses',
    by: [...publisherRoles, ...auditRoles],
    summary: "Licenses of a publisher's customers, customer by customer and plan by plan.",
    asOf: true,
  };
  static readonly rowKey = ['tenantId', 'serviceId'];
  @Text() publisherId!: string;
}

/** What a count needs beside its pool. */
export const planOf = ({ serviceId }: PoolDoc) => ref(plansProjection, 'plan', serviceId);

const poolsWhere = (
  field: 'tenantId' | 'publisherId',
  is: string,
  orderBy: 'serviceId' | 'tenantId',
): Find<PoolDoc> => ({
  view: licenseCountsProjection,
  kind: 'pool',
  where: { [field]: { eq: is } },
  orderBy,
});

const rows = [(pool: PoolDoc) => [planOf(pool)]];
export const countWithPlan = (pool: PoolDoc, docs: Snapshot): LicenseCount =>
  countOf(pool, docs.get(planOf(pool))?.name ?? null);

export const licenseCounts: View = {
  projection: licenseCountsProjection,
  queries: [
    answer.list({
      query: CustomerLicenseCounts,
      find: ({ tenantId }) => poolsWhere('tenantId', tenantId, 'serviceId'),
      rows,
      compose: (pool, _query, docs) => countWithPlan(pool, docs),
      filters: ['publisherId', 'offer', 'serviceId'],
    }),
    answer.list({
      query: PublisherLicenseCounts,
      find: ({ publisherId }) => poolsWhere('publisherId', publisherId, 'tenantId'),
      rows,
      compose: (pool, _query, docs) => countWithPlan(pool, docs),
      filters: ['tenantId', 'offer', 'serviceId'],
    }),
  ],
};
