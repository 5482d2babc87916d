import type { LifeCycle } from '../life-cycle.js';
import type { RelationshipState } from './state.js';

/** R94: a relationship that was ended can be established again. */
export const relationshipLifeCycle: LifeCycle<RelationshipState> = {
  category: 'relationship',
  wordOf: ({ status }) => status,
  moves: [
    ['none', 'CustomerRelationshipEstablished', 'established'],
    ['established', 'CustomerRelationshipTerminated', 'terminated'],
    ['terminated', 'CustomerRelationshipEstablished', 'established'],
  ],
};
