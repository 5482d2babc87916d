import { clearTimer, issue, setTimer, type Issue, type ProcessManager } from '#lib/engine/model/process.js';
import type { DomainEvent } from '#lib/domain/events.js';
import { AdjustSeatPool, ApplyShrinkPolicy, EndGrace, seatLimits } from '#lib/domain/seat-pool/messages.js';

type Line = Omit<AdjustSeatPool, 'dealCount' | 'dealRevision'>;
type PoolName = Pick<Line, 'tenantId' | 'serviceId'>;

/**
 * Brings every change of a deal's license line to the customer's seat pool (R71, R75), and the pool's deadlines to their
 * end: that of a license conflict, after which the shrink policy may take seats (R73), and that of grace (R74). The
 * timer of grace is not cleared when a new line ends it: EndGrace finds nothing to do, and the next grace replaces it.
 */
export const seatPools: ProcessManager<DomainEvent> = {
  name: 'seat-pools',
  startAt: 'beginning',
  on: {
    LicensesActivated: ({ data, revision }) => [adjust(data, data.count, revision)],
    LicenseCountChanged: ({ data, revision }) => [adjust(data, data.to, revision)],
    LicensesDeactivated: ({ data, revision }) => [adjust(data, 0, revision)],

    LicenseConflictDetected: ({ data }) => [
      setTimer(timerId('conflict', data), data.dueAt, ApplyShrinkPolicy, poolName(data)),
    ],
    LicenseConflictResolved: ({ data }) => [clearTimer(timerId('conflict', data))],
    ShrinkPolicySet: ({ data }) => [issue(ApplyShrinkPolicy, poolName(data))],
    // An append that is not the last one takes as many seats as it may, on consecutive revisions: exactly one of them is
    // a multiple of their number, and asks for the next append.
    SeatUnassigned: ({ data, revision }) =>
      data.reason === 'policy' && revision % seatLimits.seatsPerShrink === 0
        ? [issue(ApplyShrinkPolicy, poolName(data))]
        : [],

    SeatPoolDeactivated: ({ data }) =>
      data.graceEndsAt === null ? [] : [setTimer(timerId('grace', data), data.graceEndsAt, EndGrace, poolName(data))],
  },
};

function adjust(line: Line, dealCount: number, dealRevision: number): Issue {
  const { publisherId, offer, tenantId, serviceId, planId, dealId } = line;
  return issue(AdjustSeatPool, { publisherId, offer, tenantId, serviceId, planId, dealId, dealCount, dealRevision });
}

function poolName({ tenantId, serviceId }: PoolName): PoolName {
  return { tenantId, serviceId };
}

function timerId(of: 'conflict' | 'grace', { tenantId, serviceId }: PoolName): string {
  return `${of}/${tenantId}.${serviceId}`;
}
