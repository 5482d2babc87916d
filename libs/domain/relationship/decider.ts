import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { streams } from '../ids.js';
import type { Settings } from '../settings.js';
import {
  CustomerRelationshipEstablished,
  EstablishRelationship,
  relationshipEvents,
  type RelationshipEvent,
} from './messages.js';

interface Parties {
  readonly publisherId: string;
  readonly tenantId: string;
}

export type RelationshipState =
  | { readonly status: 'none' }
  | (Parties & { readonly status: 'established' })
  | (Parties & { readonly status: 'terminated'; readonly terminatedAt: string });

function evolve(_state: RelationshipState, { type, data, meta }: Recorded<RelationshipEvent>): RelationshipState {
  const { publisherId, tenantId } = data;
  switch (type) {
    case 'CustomerRelationshipEstablished':
      return { status: 'established', publisherId, tenantId };
    case 'CustomerRelationshipTerminated':
      return { status: 'terminated', publisherId, tenantId, terminatedAt: meta.recordedAt };
  }
}

/** One per publisher and tenant, shared by all their deals and offers (R59). */
export const relationship: Decider<RelationshipState> = {
  category: 'relationship',
  events: relationshipEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId, tenantId: state.tenantId }),
  handles: [
    handling<RelationshipState, RelationshipEvent, Settings>()({
      command: EstablishRelationship,
      creates: true,
      stream: ({ publisherId, tenantId }) => streams.relationship(publisherId, tenantId),
      decide(state, { acceptedAt, ...consent }) {
        // R59: an invitation accepted while the relationship stands establishes nothing twice.
        if (state.status === 'established') return [];
        // One accepted before the customer ended it comes late, or again: the later act holds.
        if (state.status === 'terminated' && acceptedAt <= state.terminatedAt) return [];
        return [event(CustomerRelationshipEstablished, consent)];
      },
    }),
  ],
};
