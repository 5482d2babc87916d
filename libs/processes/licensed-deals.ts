import { issue, type ProcessManager } from '#lib/engine/model/process.js';
import type { DealEvent } from '#lib/domain/deal/messages.js';
import { AttachDealToRelationship } from '#lib/domain/relationship/messages.js';

/** Tells a relationship which deals give its customer licenses, so that it is not ended over active ones (R94). */
export const licensedDeals: ProcessManager<DealEvent> = {
  name: 'licensed-deals',
  startAt: 'beginning',
  on: {
    CustomerAttachedToDeal: ({ data: { publisherId, tenantId, dealId } }) => [
      issue(AttachDealToRelationship, { publisherId, tenantId, dealId }),
    ],
  },
};
