import { event } from '#lib/engine/model/message.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import {
  AdjustSeatPool,
  ApplyShrinkPolicy,
  AssignSeats,
  EndGrace,
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatPoolGraceEnded,
  SeatUnassigned,
  SetShrinkPolicy,
  UnassignSeats,
  type SeatPoolEvent,
} from '#lib/domain/seat-pool/messages.js';
import { given } from '../../support/given.js';
import {
  assigned,
  detected,
  ids,
  in90Days,
  line,
  overdue,
  people,
  policySet,
  resized,
  serviceId,
  taken,
  tenantId,
} from './fixtures.js';

const pool = { tenantId, serviceId };
const shift = (instant: string, ms: number) => new Date(Date.parse(instant) + ms).toISOString();
const [before, after] = [shift(in90Days, -1), shift(in90Days, 1)];
const resolved = (reason: LicenseConflictResolved['reason']) => event(LicenseConflictResolved, { ...ids, reason });
const freed = (personId: string) => event(SeatUnassigned, { ...ids, personId, reason: 'request' });
const five = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((personId) => assigned(personId));
/** Five seats, three licenses, due in 90 days. */
const conflict = [resized(0, 5, 3), ...five, resized(5, 3, 4), detected(5, 3)];
const at = (now: string, ...history: readonly SeatPoolEvent[]) => given(seatPool, history, { now });

describe('the deadline of a license conflict', () => {
  it('R73 writes under every policy that it passed, at the deadline and 1 ms after, not 1 ms before', () => {
    at(before, ...conflict)
      .when(ApplyShrinkPolicy, pool)
      .then();
    for (const now of [in90Days, after]) {
      at(now, ...conflict)
        .when(ApplyShrinkPolicy, pool)
        .then(overdue(5, 3));
      at(now, ...conflict, policySet('newestFirst'))
        .when(ApplyShrinkPolicy, pool)
        .then(overdue(5, 3), taken('eve'), taken('dan'), resolved('policyApplied'));
      at(now, ...conflict, policySet('oldestFirst'))
        .when(ApplyShrinkPolicy, pool)
        .then(overdue(5, 3), taken('ann'), taken('bob'), resolved('policyApplied'));
    }
    at(before, ...conflict, policySet('newestFirst'))
      .when(ApplyShrinkPolicy, pool)
      .then();
  });

  it('R73 passes once: under keep the pool stays overdue, and again nothing happens', () => {
    at(after, ...conflict, overdue(5, 3))
      .when(ApplyShrinkPolicy, pool)
      .then();
  });

  it('R73 takes seats in log order of assignment: who gave one back and got it again is the newest', () => {
    const again = [resized(0, 6, 3), ...five, freed('ann'), assigned('ann'), resized(6, 4, 4), detected(5, 4)];
    at(in90Days, ...again, policySet('newestFirst'))
      .when(ApplyShrinkPolicy, pool)
      .then(overdue(5, 4), taken('ann'), resolved('policyApplied'));
    at(in90Days, ...again, policySet('oldestFirst'))
      .when(ApplyShrinkPolicy, pool)
      .then(overdue(5, 4), taken('bob'), resolved('policyApplied'));
  });

  it('R73 counts what is in excess then, not what was when the conflict opened', () => {
    at(in90Days, ...conflict, resized(3, 2, 5), freed('bob'), policySet('oldestFirst'))
      .when(ApplyShrinkPolicy, pool)
      .then(overdue(4, 2), taken('ann'), taken('cyd'), resolved('policyApplied'));
  });

  it('R73 finds nothing to do when the conflict is resolved or another one is open that is not due', () => {
    const solved = [...conflict, policySet('newestFirst'), resized(3, 5, 5), resolved('licensesAdded')];
    at(in90Days, ...solved)
      .when(ApplyShrinkPolicy, pool)
      .then();
    at(in90Days, ...solved, resized(5, 4, 6), detected(5, 4, after))
      .when(ApplyShrinkPolicy, pool)
      .then();
  });

  it('R73 leaves what comes late no gap: who puts a conflict right after its deadline, was overdue before', () => {
    at(before, ...conflict)
      .when(UnassignSeats, people('ann', 'bob'))
      .then(freed('ann'), freed('bob'), resolved('seatsFreed'));
    at(in90Days, ...conflict)
      .when(UnassignSeats, people('ann', 'bob'))
      .then(overdue(5, 3), freed('ann'), freed('bob'), resolved('seatsFreed'));
    at(after, ...conflict)
      .when(AdjustSeatPool, line('deal-1', 5, 5))
      .then(overdue(5, 3), resized(3, 5, 5), resolved('licensesAdded'));
    at(after, ...conflict)
      .when(UnassignSeats, people('nobody'))
      .then();
  });

  it('R73 is not written again when an overdue pool changes, and no seat is given in it', () => {
    const late = [...conflict, overdue(5, 3)];
    at(after, ...late)
      .when(AdjustSeatPool, line('deal-1', 2, 5))
      .then(resized(3, 2, 5));
    at(after, ...late)
      .when(UnassignSeats, people('ann'))
      .then(freed('ann'));
    at(after, ...late)
      .when(AssignSeats, people('fay'))
      .refused({ code: 'NO_AVAILABLE_LICENSES', pointer: '/personIds/0' });
  });
});

describe('1,200 seats in excess', () => {
  const persons = Array.from({ length: 1_201 }, (_, index) => `p${index}`);
  const crowded = [resized(0, 1_201, 3), ...persons.map((personId) => assigned(personId)), policySet('oldestFirst')];

  it('R73 go in three appends of 500, 500 and 200, the last of which resolves the conflict', () => {
    let history: readonly SeatPoolEvent[] = [...crowded, resized(1_201, 1, 4), detected(1_201, 1)];
    const appends: SeatPoolEvent[][] = [];
    for (let count = 0; count < 4; count += 1) {
      const events = at(in90Days, ...history).when(ApplyShrinkPolicy, pool).decided as SeatPoolEvent[];
      appends.push(events);
      history = [...history, ...events];
    }
    const gone = (from: number, to: number) => persons.slice(from, to).map((personId) => taken(personId));
    expect(appends).toEqual([
      [overdue(1_201, 1), ...gone(0, 500)],
      gone(500, 1_000),
      [...gone(1_000, 1_200), resolved('policyApplied')],
      [],
    ]);
  });

  it.each([
    [500, true],
    [501, false],
  ])('R73: of %d in excess the first append resolves the conflict: %s', (excess, isResolved) => {
    const licenses = persons.length - excess;
    const history = [...crowded, resized(1_201, licenses, 4), detected(1_201, licenses)];
    const events = at(in90Days, ...history).when(ApplyShrinkPolicy, pool).decided as SeatPoolEvent[];
    expect(events.filter(({ type }) => type === 'SeatUnassigned')).toHaveLength(500);
    expect(events.some(({ type }) => type === 'LicenseConflictResolved')).toBe(isResolved);
  });
});

describe('SetShrinkPolicy', () => {
  it('R73 is keep until it is set; what it is already, is nothing to do', () => {
    const set = (policy: SetShrinkPolicy['policy']) => ({ ...pool, policy });
    at(before, ...conflict)
      .when(SetShrinkPolicy, set('keep'))
      .then();
    at(before, ...conflict)
      .when(SetShrinkPolicy, set('newestFirst'))
      .then(policySet('newestFirst'));
    at(before, ...conflict, policySet('newestFirst'))
      .when(SetShrinkPolicy, set('newestFirst'))
      .then();
    at(before, ...conflict, policySet('newestFirst'))
      .when(SetShrinkPolicy, set('keep'))
      .then(policySet('keep'));
  });

  it('R73 on an overdue pool lets the policy act', () => {
    const late = [...conflict, overdue(5, 3), policySet('newestFirst')];
    at(after, ...late)
      .when(ApplyShrinkPolicy, pool)
      .then(taken('eve'), taken('dan'), resolved('policyApplied'));
    at(in90Days, ...conflict)
      .when(SetShrinkPolicy, { ...pool, policy: 'newestFirst' })
      .then(overdue(5, 3), policySet('newestFirst'));
  });

  it('R73 outlives the end of licenses', () => {
    const back = [
      ...conflict,
      policySet('oldestFirst'),
      resized(3, 0, 5),
      resolved('deactivated'),
      event(SeatPoolDeactivated, { ...ids, graceEndsAt: null }),
      resized(0, 4, 6),
      detected(5, 4),
    ];
    at(in90Days, ...back)
      .when(ApplyShrinkPolicy, pool)
      .then(overdue(5, 4), taken('ann'), resolved('policyApplied'));
  });

  it('R73 is for the customer’s global and license administrators', () => {
    expect(SetShrinkPolicy.http.by).toEqual(['customer.globalAdmin', 'customer.licenseAdmin']);
  });
});

describe('grace', () => {
  const inGrace = [
    resized(0, 5, 3),
    ...five,
    resized(5, 0, 4),
    event(SeatPoolDeactivated, { ...ids, graceEndsAt: in90Days }),
  ];
  const ended = event(SeatPoolGraceEnded, { ...ids });

  it('R74 ends at its instant and 1 ms after, not 1 ms before, and once', () => {
    at(before, ...inGrace)
      .when(EndGrace, pool)
      .then();
    for (const now of [in90Days, after])
      at(now, ...inGrace)
        .when(EndGrace, pool)
        .then(ended);
    at(after, ...inGrace, ended)
      .when(EndGrace, pool)
      .then();
  });

  it('R74 is all that its timer ends: a license conflict that is due meanwhile waits for its own', () => {
    at(after, ...conflict)
      .when(EndGrace, pool)
      .then();
  });

  it('R74 is ended by a new line, which opens a new conflict where the kept seats exceed it', () => {
    at(before, ...inGrace)
      .when(AdjustSeatPool, line('deal-2', 4, 1))
      .then(resized(0, 4, 1, 'deal-2'), detected(5, 4, shift(before, 90 * 86_400_000)));
    at(in90Days, ...inGrace, resized(0, 5, 1, 'deal-2'))
      .when(EndGrace, pool)
      .then();
  });

  it('R74 that was over before a new line came is written down first', () => {
    at(in90Days, ...inGrace)
      .when(AdjustSeatPool, line('deal-2', 5, 1))
      .then(ended, resized(0, 5, 1, 'deal-2'));
  });

  it('R74 refuses a seat, before grace ends and after', () => {
    const refusal = { code: 'NO_AVAILABLE_LICENSES', pointer: '/personIds/0' };
    at(before, ...inGrace)
      .when(AssignSeats, people('fay'))
      .refused(refusal);
    at(after, ...inGrace, ended)
      .when(AssignSeats, people('fay'))
      .refused(refusal);
  });

  it('R74 of a later end of licenses is not ended by the timer of an earlier one', () => {
    const again = [
      ...inGrace,
      resized(0, 5, 5),
      resized(5, 0, 6),
      event(SeatPoolDeactivated, { ...ids, graceEndsAt: after }),
    ];
    at(in90Days, ...again)
      .when(EndGrace, pool)
      .then();
    at(after, ...again)
      .when(EndGrace, pool)
      .then(ended);
  });
});
