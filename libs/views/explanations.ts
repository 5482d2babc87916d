import type { HttpRoute } from '#lib/engine/model/message.js';
import {
  ref,
  type DocRef,
  type EventsRef,
  type PlacedEvent,
  type QueryContext,
  type Ref,
  type Round,
  type Snapshot,
  type View,
} from '#lib/engine/model/query.js';
import { Flag, Part, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { auditRoles, customerRoles, operationRoles, publisherRoles, type Role } from '#lib/domain/roles.js';
import { publisherOf } from '#lib/domain/ids.js';
import { explainCheck } from './check-explanation.js';
import { inOrder, labelsFor, Story, storyOf, type Telling } from './explained-events.js';
import {
  countWithPlan,
  LicenseCount,
  licenseCountsProjection,
  planOf,
  poolKey,
  type PoolDoc,
} from './license-counts.js';
import {
  dealsOf,
  dealStories,
  isOfSeat,
  isTold,
  personStory,
  poolStory,
  relationshipStory,
  type PoolName,
} from './pool-story.js';
import { answer } from './view.js';

const by: readonly Role[] = [...customerRoles, ...auditRoles, ...operationRoles];

/** How many licenses a customer has of a plan, and everything that made it so many. */
export class LicenseCountExplanation extends Story {
  static readonly type = 'LicenseCountExplanation';
  @Part(() => LicenseCount) count!: LicenseCount;
}

/** Why a customer has so many licenses of a plan. */
export class ExplainLicenseCount {
  static readonly type = 'ExplainLicenseCount';
  static readonly answers = LicenseCountExplanation;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/pools/{serviceId}/explanation',
    by,
    summary: 'Why a customer has so many licenses of a plan: the events that made it so, and who acted.',
    asOf: true,
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
}

/** The same, for the publisher whose plan it is. */
export class ExplainCustomersLicenseCount {
  static readonly type = 'ExplainCustomersLicenseCount';
  static readonly answers = LicenseCountExplanation;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/customers/{tenantId}/pools/{serviceId}/explanation',
    by: publisherRoles,
    summary: "Why a publisher's customer has so many licenses of a plan; of the customer's people nothing is told.",
    asOf: true,
  };
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
}

/** Whether a person holds a seat of a plan, and everything that led to it. */
export class SeatExplanation extends Story {
  static readonly type = 'SeatExplanation';
  @Flag({ description: 'The person holds a seat, in use or kept.' }) held!: boolean;
  @Part(() => LicenseCount) count!: LicenseCount;
}

/** Why a person has a seat of a plan, or none. */
export class ExplainSeat {
  static readonly type = 'ExplainSeat';
  static readonly answers = SeatExplanation;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/pools/{serviceId}/seats/{personId}/explanation',
    by,
    summary: 'Why a person has a seat of a plan, or none: the events that led to it, and who acted.',
    asOf: true,
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
  @Text({ example: 'ada' }) personId!: string;
}

type PoolQuery = PoolName & { readonly personId?: string };

const poolOf = (query: PoolName): DocRef<PoolDoc> => ref(licenseCountsProjection, 'pool', poolKey(query));
const person = ({ personId }: PoolQuery): string | null => personId ?? null;

/** The pool and the relationship; then the deals that gave the licenses, and how the customer came to consent. */
function storiesOf(query: PoolQuery, docs: Snapshot): readonly EventsRef[] {
  return [...firstOf(query), ...furtherOf(query, docs)];
}

function firstOf(query: PoolQuery): readonly EventsRef[] {
  const { tenantId, personId } = query;
  const ofPerson = personId === undefined ? [] : [personStory(tenantId, personId)];
  return [poolStory(query, person(query)), relationshipStory(query), ...ofPerson];
}

function furtherOf(query: PoolQuery, docs: Snapshot): readonly EventsRef[] {
  const pool = docs.events(poolStory(query, person(query)));
  const relationship = docs.events(relationshipStory(query));
  return dealStories(dealsOf(pool), new Set([query.serviceId]), relationship);
}

const eventsOf = (query: PoolQuery, docs: Snapshot): readonly PlacedEvent[] =>
  inOrder(storiesOf(query, docs).flatMap((story) => docs.events(story)));

const rounds: readonly Round<PoolQuery>[] = [
  (query): Ref[] => [poolOf(query), ...firstOf(query)],
  (query, docs): Ref[] => {
    const pool = docs.get(poolOf(query));
    return [...(pool ? [planOf(pool)] : []), ...furtherOf(query, docs)];
  },
  (query, docs): readonly Ref[] => labelsFor(eventsOf(query, docs)),
];

function explained(
  query: PoolQuery,
  docs: Snapshot,
  context: QueryContext,
  belongs: Telling['belongs'],
): LicenseCountExplanation | null {
  const pool = docs.get(poolOf(query));
  if (pool === undefined) return null;
  const telling: Telling = { belongs, isTold: (event) => isTold(event, context.caller) };
  return { count: countWithPlan(pool, docs), ...storyOf(eventsOf(query, docs), telling, docs, context) };
}

/** Seats are no part of why there are so many licenses. */
const isOfCount: Telling['belongs'] = ({ type }) => type !== 'SeatAssigned' && type !== 'SeatUnassigned';

export const explanations: View = {
  queries: [
    answer.one({
      query: ExplainLicenseCount,
      fromLog: true,
      rounds,
      compose: (query, docs, context) => explained(query, docs, context, isOfCount),
    }),
    answer.one({
      query: ExplainCustomersLicenseCount,
      fromLog: true,
      rounds,
      compose: (query, docs, context) =>
        publisherOf(query.serviceId) === query.publisherId ? explained(query, docs, context, isOfCount) : null,
    }),
    answer.one({
      query: ExplainSeat,
      fromLog: true,
      rounds,
      compose(query, docs, context): SeatExplanation | null {
        const { personId } = query;
        const told = explained(query, docs, context, (event) => isOfCount(event) || isOfSeat(event, personId));
        if (told === null) return null;
        const seats = docs.events(poolStory(query, personId)).filter((event) => isOfSeat(event, personId));
        const last = seats.at(-1);
        return { held: last !== undefined && last.type === 'SeatAssigned', ...told };
      },
    }),
    explainCheck,
  ],
};
