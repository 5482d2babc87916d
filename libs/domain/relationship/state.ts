import type { Aggregate } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { relationshipEvents, type RelationshipEvent } from './messages.js';

export interface Relationship {
  readonly publisherId: string;
  readonly tenantId: string;
  /** Deals whose licenses the customer ever got: termination asks each for its lines (R94). Changed in place. */
  readonly deals: Set<string>;
}

export type RelationshipState =
  | { readonly status: 'none' }
  | (Relationship & { readonly status: 'established' })
  | (Relationship & { readonly status: 'terminated'; readonly terminatedAt: string });

function evolve(state: RelationshipState, { type, data, meta }: Recorded<RelationshipEvent>): RelationshipState {
  const { publisherId, tenantId } = data;
  const deals = state.status === 'none' ? new Set<string>() : state.deals;
  switch (type) {
    case 'CustomerRelationshipEstablished':
      return { status: 'established', publisherId, tenantId, deals };
    case 'DealAttachedToRelationship':
      deals.add(data.dealId);
      return state;
    case 'CustomerRelationshipTerminated':
      return { status: 'terminated', publisherId, tenantId, deals, terminatedAt: meta.recordedAt };
  }
}

/** What a relationship is, for deals to ask; its commands are in `decider.ts`, which asks deals in turn. */
export const relationshipState: Aggregate<RelationshipState> = {
  category: 'relationship',
  events: relationshipEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId, tenantId: state.tenantId }),
};
