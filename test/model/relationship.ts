import { TerminateRelationship } from '#lib/domain/relationship/messages.js';
import { dealStaff, rule, unless, type Model, type ModelRelationship, type Rule } from './model.js';

export function relationshipOf(model: Model, publisherId: string, tenantId: string): ModelRelationship | undefined {
  return model.relationships.find((one) => one.publisherId === publisherId && one.tenantId === tenantId);
}

/** R59: one for each publisher and tenant, whatever the deal. */
export function establish(model: Model, publisherId: string, tenantId: string): void {
  const relationship = relationshipOf(model, publisherId, tenantId);
  // In the very millisecond of a termination nobody can tell which came first: the end holds.
  if (relationship?.terminatedAt === model.now) return;
  if (relationship) relationship.established = true;
  else model.relationships.push({ publisherId, tenantId, established: true, terminatedAt: '' });
}

export const relationshipRules: readonly Rule[] = [
  rule(
    TerminateRelationship,
    [...dealStaff, 'customer.billingAdmin', 'customer.globalAdmin'],
    (model, { publisherId, tenantId }, { caller }) => {
      const relationship = relationshipOf(model, publisherId, tenantId);
      const isTheirs = caller.publisherId === publisherId || caller.tenantId === tenantId;
      const licensed = model.deals.some(
        (deal) => deal.publisherId === publisherId && deal.customer === tenantId && deal.lines.length > 0,
      );
      return unless(
        [
          [!relationship || !isTheirs, 'NOT_FOUND'],
          [licensed, 'RELATIONSHIP_HAS_LICENSES'], // R94
        ],
        () => {
          if (!relationship?.established) return;
          relationship.established = false;
          relationship.terminatedAt = model.now;
        },
      );
    },
  ),
];
