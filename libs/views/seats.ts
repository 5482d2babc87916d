import type { Actor } from '#lib/engine/model/envelope.js';
import type { HttpRoute } from '#lib/engine/model/message.js';
import { ref, type DocRef, type Find, type QueryContext, type Snapshot, type View } from '#lib/engine/model/query.js';
import { Flag, Instant, Nullable, OneOf, Part, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { PersonData } from '#lib/domain/person/messages.js';
import { auditRoles, customerRoles } from '#lib/domain/roles.js';
import { licenseCountsProjection, poolKey, poolStream, type PoolDoc } from './license-counts.js';
import { personData, personRefs, wasErased } from './people.js';
import { answer, projection } from './view.js';

/** A seat that somebody holds. */
export interface SeatDoc {
  /** Tenant and Service ID. */
  readonly pool: string;
  readonly personId: string;
  readonly since: string;
  readonly assignedBy: Actor;
  /** Revision of the event that gave it: the order of assignment. */
  readonly order: number;
}

interface Kinds {
  /** By pool and person. */
  seat: SeatDoc;
}

const seatKey = (seat: { readonly tenantId: string; readonly serviceId: string; readonly personId: string }): string =>
  `${poolKey(seat)}.${seat.personId}`;

export const seatsProjection = projection<Kinds>({
  name: 'seats',
  version: 1,
  kinds: {
    seat: {
      fields: { pool: 'text', order: 'number', personId: 'text' },
      indexes: [
        ['pool', 'order'],
        ['pool', 'personId'],
      ],
      origins: { fields: { pool: poolStream } },
    },
  },
  on: {
    SeatAssigned: ({ data }) => [['seat', seatKey(data)]],
    SeatUnassigned: ({ data }) => [['seat', seatKey(data)]],
  },
  fold(event, docs) {
    switch (event.type) {
      case 'SeatAssigned': {
        const { data, meta, revision } = event;
        const { personId } = data;
        const seat = { pool: poolKey(data), personId, since: meta.recordedAt, assignedBy: meta.actor, order: revision };
        return docs.put('seat', seatKey(data), seat);
      }
      case 'SeatUnassigned':
        return docs.delete('seat', seatKey(event.data));
    }
  },
});

/** Who did something: a user or key with its role, or a process or timer by name. */
export class Who {
  @OneOf(['user', 'key', 'system', 'anonymous']) kind!: Actor['kind'];
  @Text() id!: string;
  @Text() role!: string;
  @Nullable() @Text() personId!: string | null;
}

export class Seat {
  static readonly type = 'Seat';
  @Text() personId!: string;
  /** What the customer's directory holds of them now, for the customer alone; null: nothing (R95). */
  @Nullable() @Part(() => PersonData) person!: PersonData | null;
  @Flag({ description: 'The person was erased: the seat can only be taken.' }) erased!: boolean;
  @Instant() since!: string;
  @Part(() => Who) assignedBy!: Who;
  @Flag({
    description: 'False: kept while there are no licenses; after a time of grace, if any, it gives no right (R74).',
  })
  inUse!: boolean;
}

/** Who holds the seats of a plan, in the order in which they were given. */
export class SeatsOfPool {
  static readonly type = 'SeatsOfPool';
  static readonly answers = Seat;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/pools/{serviceId}/seats',
    by: [...customerRoles, ...auditRoles],
    summary: 'Who holds the seats of a plan, since when and by whom.',
    asOf: true,
  };
  static readonly rowKey = ['personId'];
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
}

/** Whose seats the shrink policy would take if the open license conflict were due now (R73), in the order of taking them. */
export class SeatsAtStake {
  static readonly type = 'SeatsAtStake';
  static readonly answers = Seat;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/pools/{serviceId}/seats-at-stake',
    by: [...customerRoles, ...auditRoles],
    summary: 'Whose seats of a plan go at the deadline of the open license conflict, as things are.',
    asOf: true,
  };
  static readonly rowKey = ['personId'];
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
}

const poolOf = (query: SeatsOfPool | SeatsAtStake): DocRef<PoolDoc> =>
  ref(licenseCountsProjection, 'pool', poolKey(query));

/** All seats of a pool in the order in which they were given. */
const heldIn = (query: SeatsOfPool | SeatsAtStake): Find<SeatDoc> => ({
  view: seatsProjection,
  kind: 'seat',
  where: { pool: { eq: poolKey(query) } },
  orderBy: 'order',
});

function excessOf({ shrinkPolicy, conflictDueAt, seats: held, total }: PoolDoc): number {
  return shrinkPolicy === 'keep' || conflictDueAt === null ? 0 : held - total;
}

/** Who holds a seat is in the directory of the tenant whose pool it is. */
const holder = ({ personId }: SeatDoc, { tenantId }: SeatsOfPool | SeatsAtStake) => personRefs(tenantId, personId);

/** Others see that somebody holds a seat; who it is, only the customer whose directory it is. */
function seatOf(
  seat: SeatDoc,
  { tenantId }: SeatsOfPool | SeatsAtStake,
  docs: Snapshot,
  { caller }: QueryContext,
  inUse: boolean,
): Seat {
  const { personId, since, assignedBy } = seat;
  const person = caller.tenantId === tenantId ? personData(tenantId, personId, docs) : null;
  const erased = wasErased(tenantId, personId, docs);
  return { personId, person, erased, since, assignedBy: { ...assignedBy }, inUse };
}

export const seats: View = {
  projection: seatsProjection,
  queries: [
    answer.list({
      query: SeatsOfPool,
      before: [(query) => [poolOf(query)]],
      find: (query, docs): Find<SeatDoc> | null => (docs.get(poolOf(query)) === undefined ? null : heldIn(query)),
      rows: [holder],
      compose: (seat, query, docs, context) =>
        seatOf(seat, query, docs, context, (docs.get(poolOf(query))?.total ?? 0) > 0),
      filters: ['personId'],
    }),
    answer.list({
      query: SeatsAtStake,
      before: [(query) => [poolOf(query)]],
      find(query, docs): Find<SeatDoc> | null {
        const pool = docs.get(poolOf(query));
        if (pool === undefined) return null;
        return { ...heldIn(query), descending: pool.shrinkPolicy === 'newestFirst', first: excessOf(pool) };
      },
      rows: [holder],
      compose: (seat, query, docs, context) => seatOf(seat, query, docs, context, true),
    }),
  ],
};
