import type { HttpRoute } from '#lib/engine/model/message.js';
import { onEach, type Origin } from '#lib/engine/model/projection.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Instant, Nullable, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';
import { streams } from '#lib/domain/ids.js';
import { relationshipEvents } from '#lib/domain/relationship/messages.js';
import { customerRoles, publisherRoles } from '#lib/domain/roles.js';
import { publisherRef } from './offer-status.js';
import { answer, projection } from './view.js';

/** What a publisher knows of a customer: what was stated when consent was given. */
export interface RelationshipDoc {
  readonly publisherId: string;
  readonly tenantId: string;
  readonly organizationName: string;
  readonly country: string;
  readonly status: 'established' | 'terminated';
  /** When this status began. */
  readonly since: string;
  /** Of the relationship's stream. */
  readonly revision: number;
}

/** Where the events of a relationship lie, by its key. */
export function relationshipStream(key: string): Origin {
  const [publisherId = '', tenantId = ''] = key.split('.');
  return { stream: streams.relationship(publisherId, tenantId) };
}

interface Kinds {
  relationship: RelationshipDoc;
}

/** The document of a relationship, here and in other views. */
export function relationshipKey(publisherId: string, tenantId: string): string {
  return `${publisherId}.${tenantId}`;
}

const touches = ({ data }: { data: { publisherId: string; tenantId: string } }) =>
  [['relationship', relationshipKey(data.publisherId, data.tenantId)]] as const;

export const customersProjection = projection<Kinds>({
  name: 'customers',
  version: 1,
  kinds: {
    relationship: {
      fields: { publisherId: 'text', tenantId: 'text', status: 'text', organizationName: 'text', country: 'text' },
      indexes: [
        ['publisherId', 'status', 'organizationName'],
        ['tenantId', 'status', 'publisherId'],
      ],
      origins: { key: relationshipStream },
    },
  },
  on: onEach(relationshipEvents, touches),
  fold({ type, data, meta, revision }, docs) {
    switch (type) {
      case 'CustomerRelationshipEstablished': {
        const { publisherId, tenantId, organizationName, country } = data;
        const customer = { publisherId, tenantId, organizationName, country, status: 'established' } as const;
        return docs.put('relationship', relationshipKey(publisherId, tenantId), {
          ...customer,
          since: meta.recordedAt,
          revision,
        });
      }
      // Changes nothing that is shown, but counts: the revision is what `If-Match` sends back.
      case 'DealAttachedToRelationship': {
        const key = relationshipKey(data.publisherId, data.tenantId);
        const before = docs.get('relationship', key);
        if (before !== undefined) docs.put('relationship', key, { ...before, revision });
        return;
      }
      case 'CustomerRelationshipTerminated': {
        const key = relationshipKey(data.publisherId, data.tenantId);
        const before = docs.get('relationship', key);
        if (before === undefined) return;
        docs.put('relationship', key, { ...before, status: 'terminated', since: meta.recordedAt, revision });
      }
    }
  },
});

export class Customer {
  static readonly type = 'Customer';
  @TenantGuid() tenantId!: string;
  @Text() organizationName!: string;
  @Text() country!: string;
  /** When the relationship was established. */
  @Instant() since!: string;
  /** Of the relationship. */
  @Whole() revision!: number;
}

/** Customers that consented to this publisher, and no others (R58). */
export class CustomersOfPublisher {
  static readonly type = 'CustomersOfPublisher';
  static readonly answers = Customer;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/customers',
    by: publisherRoles,
    summary: 'Customers with an established relationship, whose licenses can be managed.',
  };
  @Text() publisherId!: string;
}

/** A publisher that may manage the customer's licenses. */
export class Partner {
  static readonly type = 'Partner';
  @Text() publisherId!: string;
  @Nullable() @Text() name!: string | null;
  /** When the relationship was established. */
  @Instant() since!: string;
  /** Of the relationship. */
  @Whole() revision!: number;
}

/** Publishers that a customer consented to (R62). */
export class PartnersOfTenant {
  static readonly type = 'PartnersOfTenant';
  static readonly answers = Partner;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/partners',
    by: customerRoles,
    summary: "Publishers that may manage a customer's licenses, since when.",
  };
  @TenantGuid() tenantId!: string;
}

export const customers: View = {
  projection: customersProjection,
  queries: [
    answer.list({
      query: CustomersOfPublisher,
      find: ({ publisherId }): Find<RelationshipDoc> => ({
        view: customersProjection,
        kind: 'relationship',
        where: { publisherId: { eq: publisherId }, status: { eq: 'established' } },
        orderBy: 'organizationName',
      }),
      compose: ({ tenantId, organizationName, country, since, revision }): Customer => ({
        tenantId,
        organizationName,
        country,
        since,
        revision,
      }),
      filters: ['country', 'organizationName'],
    }),
    answer.list({
      query: PartnersOfTenant,
      find: ({ tenantId }): Find<RelationshipDoc> => ({
        view: customersProjection,
        kind: 'relationship',
        where: { tenantId: { eq: tenantId }, status: { eq: 'established' } },
        orderBy: 'publisherId',
      }),
      rows: [({ publisherId }) => [publisherRef(publisherId)]],
      compose: ({ publisherId, since, revision }, _query, docs): Partner => ({
        publisherId,
        name: docs.get(publisherRef(publisherId))?.name ?? null,
        since,
        revision,
      }),
    }),
  ],
};
