import { event } from '#lib/engine/model/message.js';
import { clearTimer, issue, setTimer } from '#lib/engine/model/process.js';
import { LicenseCountChanged, LicensesActivated, LicensesDeactivated } from '#lib/domain/deal/messages.js';
import {
  AdjustSeatPool,
  ApplyShrinkPolicy,
  AssignSeats,
  EndGrace,
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatUnassigned,
  SetShrinkPolicy,
  type ShrinkPolicy,
} from '#lib/domain/seat-pool/messages.js';
import { seatPools } from '#lib/processes/seat-pools.js';
import { detected, ids, in90Days, line, people, policySet, taken } from '../domain/seat-pool/fixtures.js';
import { History } from '../faults/history.js';
import { recorded } from '../support/given.js';

const { tenantId, serviceId } = ids;
const pool = { tenantId, serviceId };
const of = { ...ids, dealId: 'deal-1' };

/** What the process does for each of these events, the first of which is at revision 3 of its deal. */
function reactions(...events: Parameters<typeof recorded>[1]): unknown[] {
  return recorded('deal-deal-1', events, 3).map((happened) => {
    const react = Object.entries(seatPools.on).find(([type]) => type === happened.type)?.[1];
    return Reflect.apply(react ?? (() => []), null, [happened]);
  });
}

describe('the process seat-pools', () => {
  it('R71, R75: brings each change of a line to the pool as an absolute count with its revision', () => {
    const made = reactions(
      event(LicensesActivated, { ...of, count: 30 }),
      event(LicenseCountChanged, { ...of, from: 30, to: 40 }),
      event(LicensesDeactivated, { ...of, from: 40 }),
    );
    expect(made).toEqual([
      [issue(AdjustSeatPool, line('deal-1', 30, 3))],
      [issue(AdjustSeatPool, line('deal-1', 40, 4))],
      [issue(AdjustSeatPool, line('deal-1', 0, 5))],
    ]);
  });

  it('R73: lets the policy act at the deadline of a conflict, and not when it is resolved before', () => {
    const resolved = event(LicenseConflictResolved, { ...ids, reason: 'licensesAdded' });
    const id = `conflict/${tenantId}.${serviceId}`;
    expect(reactions(detected(5, 3), resolved)).toEqual([
      [setTimer(id, in90Days, ApplyShrinkPolicy, pool)],
      [clearTimer(id)],
    ]);
  });

  it('R73: lets the policy act when it is set, and again after a full append of 500 seats', () => {
    expect(reactions(policySet('newestFirst'))).toEqual([[issue(ApplyShrinkPolicy, pool)]]);
    const full = Array.from({ length: 500 }, (_, index) => taken(`p${index}`));
    expect(reactions(...full).flat()).toEqual([issue(ApplyShrinkPolicy, pool)]);
    const asked = full.map((_, index) => event(SeatUnassigned, { ...ids, personId: `p${index}`, reason: 'request' }));
    expect(reactions(...asked).flat()).toEqual([]);
  });

  it('R74: ends grace when it is due, if there is any', () => {
    const deactivated = (graceEndsAt: string | null) => event(SeatPoolDeactivated, { ...ids, graceEndsAt });
    expect(reactions(deactivated(null), deactivated(in90Days))).toEqual([
      [],
      [setTimer(`grace/${tenantId}.${serviceId}`, in90Days, EndGrace, pool)],
    ]);
  });
});

describe('a pool with its deadlines', () => {
  const dayMs = 86_400_000;

  /** So many seats in a pool that then has so many licenses; and what is written after that. */
  function crowded(seats: number, licenses: number, policy: ShrinkPolicy) {
    const history = new History(false);
    history.send(AdjustSeatPool, line('deal-1', seats, 1));
    const persons = Array.from({ length: seats }, (_, index) => `p${index}`);
    for (let from = 0; from < seats; from += 500) {
      history.send(AssignSeats, people(...persons.slice(from, from + 500)));
    }
    if (policy !== 'keep') history.send(SetShrinkPolicy, { ...pool, policy });
    history.send(AdjustSeatPool, line('deal-1', licenses, 2));
    const known = history.log.length;
    return { history, since: () => history.log.slice(known) };
  }

  it('R73: is overdue at its deadline, not 1 ms before; 1 ms after nothing more happens', () => {
    const { history, since } = crowded(5, 3, 'newestFirst');
    const types = () => since().map(({ type }) => type);
    history.pass(90 * dayMs - 1);
    expect(types()).toEqual([]);
    history.pass(1);
    const due = ['LicenseConflictOverdue', 'SeatUnassigned', 'SeatUnassigned', 'LicenseConflictResolved'];
    expect(types()).toEqual(due);
    history.pass(1);
    expect(types()).toEqual(due);
  });

  it('R73: a timer that comes 1 ms late does the same', () => {
    const { history, since } = crowded(5, 3, 'oldestFirst');
    history.pass(90 * dayMs + 1);
    expect(since().map(({ data }) => (data as { personId?: string }).personId ?? null)).toEqual([
      null,
      'p0',
      'p1',
      null,
    ]);
  });

  it.each<ShrinkPolicy>(['newestFirst', 'oldestFirst'])(
    'R73: 1,200 seats in excess go in three appends, from the deadline on (%s)',
    (policy) => {
      const { history, since } = crowded(1_203, 3, policy);
      history.pass(90 * dayMs);
      expect(appendsOf(since())).toEqual([
        { LicenseConflictOverdue: 1, SeatUnassigned: 500 },
        { SeatUnassigned: 500 },
        { SeatUnassigned: 200, LicenseConflictResolved: 1 },
      ]);
    },
  );

  it('R73: 1,200 seats in excess go in three appends, from setting a policy on an overdue pool', () => {
    const { history, since } = crowded(1_203, 3, 'keep');
    history.pass(91 * dayMs);
    history.send(SetShrinkPolicy, { ...pool, policy: 'newestFirst' });
    expect(appendsOf(since())).toEqual([
      { LicenseConflictOverdue: 1 },
      { ShrinkPolicySet: 1 },
      { SeatUnassigned: 500 },
      { SeatUnassigned: 500 },
      { SeatUnassigned: 200, LicenseConflictResolved: 1 },
    ]);
  });

  it('R74: is in grace until its end, not 1 ms longer', () => {
    const { history, since } = crowded(1, 0, 'keep');
    history.pass(30 * dayMs - 1);
    expect(since()).toEqual([]);
    history.pass(1);
    expect(since().map(({ type }) => type)).toEqual(['SeatPoolGraceEnded']);
    history.pass(1);
    expect(since()).toHaveLength(1);
  });

  /** How many events of each type every append holds. */
  function appendsOf(log: History['log']): Record<string, number>[] {
    const appends = new Map<string, Record<string, number>>();
    for (const { type, meta } of log) {
      const append = appends.get(meta.commandId) ?? {};
      append[type] = (append[type] ?? 0) + 1;
      appends.set(meta.commandId, append);
    }
    return [...appends.values()];
  }
});
