import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const relationshipRefusals = {
  RELATIONSHIP_HAS_LICENSES: {
    rule: 'R94',
    status: 422,
    title: 'The customer still has licenses of the publisher',
    help: 'The publisher removes the license lines of every deal with this customer; then the relationship can be ended.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(relationshipRefusals);
