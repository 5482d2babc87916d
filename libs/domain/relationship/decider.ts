import { handling, type Decider, type Fact } from '#lib/engine/model/aggregate.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { deal } from '../deal/decider.js';
import type { DealState } from '../deal/state.js';
import { streams } from '../ids.js';
import type { Settings } from '../settings.js';
import {
  AttachDealToRelationship,
  CustomerRelationshipEstablished,
  CustomerRelationshipTerminated,
  DealAttachedToRelationship,
  EstablishRelationship,
  TerminateRelationship,
  type RelationshipEvent,
} from './messages.js';
import { refuse } from './refusals.js';
import { relationshipState, type RelationshipState } from './state.js';

const handle = handling<RelationshipState, RelationshipEvent, Settings>();

/** One per publisher and tenant, shared by all their deals and offers (R59). */
export const relationship: Decider<RelationshipState> = {
  ...relationshipState,
  handles: [
    handle({
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
    handle({
      command: AttachDealToRelationship,
      stream: ({ publisherId, tenantId }) => streams.relationship(publisherId, tenantId),
      // Also on a terminated one: it may be established again, and the deal's lines count then too.
      decide: (state, { publisherId, tenantId, dealId }) =>
        state.status === 'none' || state.deals.has(dealId)
          ? []
          : [event(DealAttachedToRelationship, { publisherId, tenantId, dealId })],
    }),
    handle({
      command: TerminateRelationship,
      stream: ({ publisherId, tenantId }) => streams.relationship(publisherId, tenantId),
      facts: (_command, state): Record<string, Fact<DealState>> => dealsOf(state),
      decide(state, { publisherId, tenantId }, { facts }) {
        if (state.status !== 'established') return [];
        const licensed = Object.values(facts).filter((known) => known.status !== 'none' && known.lines.size > 0);
        return (
          reject(
            licensed.length > 0 &&
              refuse('RELATIONSHIP_HAS_LICENSES', `${licensed.length} deals have active license lines.`),
          ) ?? [event(CustomerRelationshipTerminated, { publisherId, tenantId })]
        );
      },
    }),
  ],
};

/** The deals that may have lines, each to be judged at its stream's end (R96). */
function dealsOf(state: RelationshipState): Record<string, Fact<DealState>> {
  if (state.status !== 'established') return {};
  return Object.fromEntries(
    [...state.deals].map((dealId) => [dealId, { aggregate: deal, stream: streams.deal(dealId) }]),
  );
}
