import type { HttpRoute } from '#lib/engine/model/message.js';
import type { Origin } from '#lib/engine/model/projection.js';
import { ref, type DocRef, type QueryContext, type Round, type Snapshot, type View } from '#lib/engine/model/query.js';
import { Default, ExactlyOneOf, Flag, Nullable, OneOf, Parts, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { planNamedBy, publisherOf, streams } from '#lib/domain/ids.js';
import {
  usageRight,
  usageRightCodes,
  usageRightPolicy,
  type PlanStanding,
  type Standing,
  type UsageRight,
  type UsageRightCode,
} from '#lib/domain/usage-right.js';
import { relationshipKey, relationshipStream } from './customers.js';
import { poolKey, poolStream } from './license-counts.js';
import { answer, projection } from './view.js';

/** The plans and components of a solution package. */
interface Package {
  readonly planDefinitions: readonly { serviceId: string; displayName: string; moreInfoUrl: string | null }[];
  readonly components: readonly { name: string; serviceIds: readonly string[] }[];
}

/** What the check reads is kept in small documents, a handful for each check. */
interface Kinds {
  /** By offer: its package on the way to going live; checks do not read it. */
  package: { draft: Package; submitted: { submissionId: string; content: Package } | null };
  /** By offer, once it was live: the package that counts now (R84). */
  mapping: Package;
  /** By Service ID: it was assigned to a plan. */
  service: { offer: string };
  /** By publisher and tenant: the customer relationship stands. */
  relationship: { established: true };
  /** By tenant and Service ID. */
  pool: { status: 'active' | 'grace' | 'deactivated' };
  /** By tenant, person and Service ID: the person holds a seat. */
  seat: { held: true };
}

const noPackage: Package = { planDefinitions: [], components: [] };
/** A Service ID has exactly three parts, so no person ID, whatever it is, makes two keys equal. */
const seatKey = (tenantId: string, personId: string, serviceId: string): string =>
  `${tenantId}.${personId}.${serviceId}`;

const offerStream = (offer: string): Origin => ({ stream: streams.offer(offer) });

function seatStream(key: string): Origin {
  const parts = key.split('.');
  return poolStream(poolKey({ tenantId: parts[0] ?? '', serviceId: parts.slice(-3).join('.') }));
}

export const usageRightsProjection = projection<Kinds>({
  name: 'usage-rights',
  version: 1,
  kinds: {
    package: { origins: { key: offerStream } },
    mapping: { origins: { key: offerStream } },
    service: { origins: { key: (serviceId) => offerStream(planNamedBy(serviceId).offer) } },
    relationship: { origins: { key: relationshipStream } },
    pool: { origins: { key: poolStream } },
    seat: { origins: { key: seatStream } },
  },
  on: {
    PlanCreated: ({ data }) => [['service', data.serviceId]],
    PackageRegistered: ({ data }) => [['package', data.offer]],
    OfferSubmitted: ({ data }) => [['package', data.offer]],
    OfferWentLive: ({ data }) => [
      ['package', data.offer],
      ['mapping', data.offer],
    ],
    CustomerRelationshipEstablished: ({ data }) => [['relationship', relationshipKey(data.publisherId, data.tenantId)]],
    CustomerRelationshipTerminated: ({ data }) => [['relationship', relationshipKey(data.publisherId, data.tenantId)]],
    SeatPoolResized: ({ data }) => [['pool', poolKey(data)]],
    SeatPoolDeactivated: ({ data }) => [['pool', poolKey(data)]],
    SeatPoolGraceEnded: ({ data }) => [['pool', poolKey(data)]],
    SeatAssigned: ({ data }) => [['seat', seatKey(data.tenantId, data.personId, data.serviceId)]],
    SeatUnassigned: ({ data }) => [['seat', seatKey(data.tenantId, data.personId, data.serviceId)]],
  },
  fold(event, docs) {
    switch (event.type) {
      case 'PlanCreated':
        return docs.put('service', event.data.serviceId, { offer: event.data.offer });
      case 'PackageRegistered': {
        const { offer, planDefinitions, components } = event.data;
        const submitted = docs.get('package', offer)?.submitted ?? null;
        return docs.put('package', offer, { draft: { planDefinitions, components }, submitted });
      }
      case 'OfferSubmitted': {
        const { offer, submissionId } = event.data;
        const draft = docs.get('package', offer)?.draft ?? noPackage;
        return docs.put('package', offer, { draft, submitted: { submissionId, content: draft } });
      }
      case 'OfferWentLive': {
        const { offer, submissionId } = event.data;
        const submitted = docs.get('package', offer)?.submitted;
        if (submitted?.submissionId === submissionId) docs.put('mapping', offer, submitted.content);
        return;
      }
      case 'CustomerRelationshipEstablished':
        return docs.put('relationship', relationshipKey(event.data.publisherId, event.data.tenantId), {
          established: true,
        });
      case 'CustomerRelationshipTerminated':
        return docs.delete('relationship', relationshipKey(event.data.publisherId, event.data.tenantId));
      case 'SeatPoolResized': {
        const key = poolKey(event.data);
        const before = docs.get('pool', key) ?? { status: 'deactivated' };
        return docs.put('pool', key, event.data.to > 0 ? { status: 'active' } : before);
      }
      case 'SeatPoolDeactivated': {
        const status = event.data.graceEndsAt === null ? 'deactivated' : 'grace';
        return docs.put('pool', poolKey(event.data), { status });
      }
      case 'SeatPoolGraceEnded':
        return docs.put('pool', poolKey(event.data), { status: 'deactivated' });
      case 'SeatAssigned':
        return docs.put('seat', seatKey(event.data.tenantId, event.data.personId, event.data.serviceId), {
          held: true,
        });
      case 'SeatUnassigned':
        return docs.delete('seat', seatKey(event.data.tenantId, event.data.personId, event.data.serviceId));
    }
  },
});

export class PlanRightAnswer {
  @Text() serviceId!: string;
  @Text() displayName!: string;
  @Nullable() @Text() moreInfoUrl!: string | null;
  @OneOf(usageRightCodes) code!: UsageRightCode;
}

export class UsageRightAnswer {
  static readonly type = 'UsageRightAnswer';
  @Flag() allowed!: boolean;
  @OneOf(usageRightCodes) code!: UsageRightCode;
  @Nullable() @Text({ description: 'What to tell the person.' }) message!: string | null;
  @Parts(() => PlanRightAnswer) plans!: PlanRightAnswer[];
}

/** May this person use a component of the app, or what a plan gives? Asked by the app at run time (R84). */
@ExactlyOneOf('component', 'serviceId')
export class CheckUsageRight {
  static readonly type = 'CheckUsageRight';
  static readonly answers = UsageRightAnswer;
  static readonly http: HttpRoute = {
    route: 'POST /checks',
    by: ['app'],
    summary: 'Check whether a person may use a component or a plan; "no" is an answer, not an error.',
    receipt: usageRightPolicy,
  };
  @Text({ example: 'fabrikam.f365' }) offer!: string;
  @TenantGuid() tenantId!: string;
  @Text() personId!: string;
  @Default(null) @Nullable() @Text({ example: 'GoldApp' }) component!: string | null;
  @Default(null) @Nullable() @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string | null;
}

/** What is asked of a person's rights: of a component or a Service ID, the other null. */
export type Check = Pick<CheckUsageRight, 'offer' | 'tenantId' | 'personId' | 'component' | 'serviceId'>;

const mappingOf = ({ offer }: Check) => ref(usageRightsProjection, 'mapping', offer);
const serviceOf = (serviceId: string) => ref(usageRightsProjection, 'service', serviceId);
const poolOf = ({ tenantId }: Check, serviceId: string) =>
  ref(usageRightsProjection, 'pool', poolKey({ tenantId, serviceId }));
const seatOf = ({ tenantId, personId }: Check, serviceId: string) =>
  ref(usageRightsProjection, 'seat', seatKey(tenantId, personId, serviceId));
const relationshipOf = ({ offer, tenantId }: Check) =>
  ref(usageRightsProjection, 'relationship', relationshipKey(publisherOf(offer), tenantId));

interface Opening extends Pick<Package, 'planDefinitions'> {
  readonly serviceIds: readonly string[];
}

/** The plans that open what is checked; null: there is no such product. No Service IDs: anybody may use it. */
export function openedBy(check: Check, docs: Snapshot): Opening | null {
  const mapping = docs.get(mappingOf(check));
  if (!mapping) return null;
  const { components, planDefinitions } = mapping;
  if (check.serviceId === null) {
    const serviceIds = components.find(({ name }) => name === check.component)?.serviceIds ?? [];
    return { serviceIds, planDefinitions };
  }
  const isPlan = docs.get(serviceOf(check.serviceId))?.offer === check.offer;
  return isPlan ? { serviceIds: [check.serviceId], planDefinitions } : null;
}

function standingOf(check: Check, docs: Snapshot): Standing {
  const opening = openedBy(check, docs);
  if (opening === null) return { product: 'unknown' };
  const { serviceIds, planDefinitions } = opening;
  if (serviceIds.length === 0) return { product: 'open' };
  const plans = serviceIds.map((serviceId): PlanStanding => {
    const definition = planDefinitions.find((defined) => defined.serviceId === serviceId);
    return {
      serviceId,
      displayName: definition?.displayName ?? serviceId,
      moreInfoUrl: definition?.moreInfoUrl ?? null,
      pool: docs.get(poolOf(check, serviceId))?.status ?? 'none',
      seat: docs.get(seatOf(check, serviceId)) !== undefined,
    };
  });
  return { product: 'licensed', related: docs.get(relationshipOf(check)) !== undefined, plans };
}

/**
 * Names what a check rests on. Another publisher's offer is read like an own one, so that every answer has the position
 * it was decided at.
 */
export const checkRounds: readonly [Round<Check>, Round<Check>] = [
  (check) => [
    mappingOf(check),
    relationshipOf(check),
    ...(check.serviceId === null ? [] : [serviceOf(check.serviceId)]),
  ],
  (check, docs) =>
    (openedBy(check, docs)?.serviceIds ?? []).flatMap((serviceId): DocRef[] => [
      poolOf(check, serviceId),
      seatOf(check, serviceId),
    ]),
];

/** The right that an app of the offer's own publisher is told of. */
export function rightOf(check: Check, docs: Snapshot): UsageRight {
  return usageRight(standingOf(check, docs));
}

/** An app's key is good for its own publisher's offers; others do not exist for it (R85). */
const isOwn = ({ offer }: Check, { caller }: QueryContext): boolean => caller.publisherId === publisherOf(offer);

export const usageRights: View = {
  projection: usageRightsProjection,
  queries: [
    answer.one({
      query: CheckUsageRight,
      rounds: checkRounds,
      compose: (check, docs, context) =>
        isOwn(check, context) ? rightOf(check, docs) : usageRight({ product: 'unknown' }),
    }),
  ],
};
