import type { HttpRoute } from '#lib/engine/model/message.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Instant, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';
import { publisherRoles } from '#lib/domain/roles.js';
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
      fields: { publisherId: 'text', status: 'text', organizationName: 'text', country: 'text' },
      indexes: [['publisherId', 'status', 'organizationName']],
    },
  },
  on: { CustomerRelationshipEstablished: touches, CustomerRelationshipTerminated: touches },
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
  ],
};
