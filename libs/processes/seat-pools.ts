import { issue, type Issue, type ProcessManager } from '#lib/engine/model/process.js';
import type { DomainEvent } from '#lib/domain/events.js';
import { AdjustSeatPool } from '#lib/domain/seat-pool/messages.js';

type Line = Omit<AdjustSeatPool, 'dealCount' | 'dealRevision'>;

/** Brings every change of a deal's license line to the customer's seat pool (R71, R75). */
export const seatPools: ProcessManager<DomainEvent> = {
  name: 'seat-pools',
  startAt: 'beginning',
  on: {
    LicensesActivated: ({ data, revision }) => [adjust(data, data.count, revision)],
    LicenseCountChanged: ({ data, revision }) => [adjust(data, data.to, revision)],
    LicensesDeactivated: ({ data, revision }) => [adjust(data, 0, revision)],
  },
};

function adjust(line: Line, dealCount: number, dealRevision: number): Issue {
  const { publisherId, offer, tenantId, serviceId, planId, dealId } = line;
  return issue(AdjustSeatPool, { publisherId, offer, tenantId, serviceId, planId, dealId, dealCount, dealRevision });
}
