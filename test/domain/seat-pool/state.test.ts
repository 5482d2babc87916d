import { event } from '#lib/engine/model/message.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import {
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatPoolGraceEnded,
  SeatUnassigned,
  type SeatPoolEvent,
} from '#lib/domain/seat-pool/messages.js';
import { recorded } from '../../support/given.js';
import { assigned, detected, ids, in90Days, overdue, policySet, resized } from './fixtures.js';

const after = (...history: readonly SeatPoolEvent[]) =>
  recorded('seatPool-x', history).reduce((state, past) => seatPool.evolve(state, past), seatPool.initial());
const resolved = event(LicenseConflictResolved, { ...ids, reason: 'seatsFreed' });
const deactivated = (graceEndsAt: string | null) => event(SeatPoolDeactivated, { ...ids, graceEndsAt });
const graceEnded = event(SeatPoolGraceEnded, { ...ids });

const seated = [resized(0, 2, 3), assigned('ann'), assigned('bob')];
const content = { ids, policy: 'keep', seats: new Set(['ann', 'bob']) };
/** What is known of deal-1: its count, and the revision that set it. */
const line = (count: number, revision: number) => new Map([['deal-1', { count, revision }]]);
const small = { ...content, status: 'active', total: 1, deals: line(1, 4) };
const inConflict = [...seated, resized(2, 1, 4), detected(2, 1)];
const ended = [...seated, resized(2, 0, 4)];
const empty = { ...content, total: 0, deals: line(0, 4) };

describe('a pool', () => {
  it.each<[string, readonly SeatPoolEvent[], object]>([
    [
      'R75 is active with a line',
      seated,
      { ...content, status: 'active', total: 2, deals: line(2, 3), conflict: null },
    ],
    [
      'R75 holds the lines of all deals',
      [...seated, resized(2, 7, 9, 'deal-2', 5)],
      {
        ...content,
        status: 'active',
        total: 7,
        deals: new Map([...line(2, 3), ['deal-2', { count: 5, revision: 9 }]]),
        conflict: null,
      },
    ],
    [
      'R81 no longer holds a seat that was taken back',
      [...seated, event(SeatUnassigned, { ...ids, personId: 'ann', reason: 'request' })],
      { ...content, seats: new Set(['bob']), status: 'active', total: 2, deals: line(2, 3), conflict: null },
    ],
    [
      'R73 has a conflict from its detection on',
      inConflict,
      { ...small, conflict: { dueAt: in90Days, overdue: false } },
    ],
    [
      'R73 is overdue when that is written down',
      [...inConflict, overdue(2, 1)],
      { ...small, conflict: { dueAt: in90Days, overdue: true } },
    ],
    ['R73 has no conflict when it is resolved', [...inConflict, resolved], { ...small, conflict: null }],
    [
      'R73 keeps its conflict when a deal changes',
      [...inConflict, resized(1, 1, 5)],
      { ...small, deals: line(1, 5), conflict: { dueAt: in90Days, overdue: false } },
    ],
    [
      'R73 has the policy that was set',
      [...inConflict, resolved, policySet('oldestFirst')],
      { ...small, policy: 'oldestFirst', conflict: null },
    ],
    ['R74 without licenses is deactivated', ended, { ...empty, status: 'deactivated' }],
    ['R74 stays so without grace', [...ended, deactivated(null)], { ...empty, status: 'deactivated' }],
    [
      'R74 without licenses has no conflict that could be resolved',
      [...inConflict, resized(1, 0, 5), resolved],
      { ...empty, status: 'deactivated', deals: line(0, 5) },
    ],
    [
      'R74 is in grace until then',
      [...ended, deactivated(in90Days)],
      { ...empty, status: 'grace', graceEndsAt: in90Days },
    ],
    [
      'R74 stays in grace when another deal has nothing, either',
      [...ended, deactivated(in90Days), resized(0, 0, 9, 'deal-2')],
      {
        ...empty,
        status: 'grace',
        graceEndsAt: in90Days,
        deals: new Map([...line(0, 4), ['deal-2', { count: 0, revision: 9 }]]),
      },
    ],
    [
      'R74 is deactivated when grace ends',
      [...ended, deactivated(in90Days), graceEnded],
      { ...empty, status: 'deactivated' },
    ],
    [
      'R74 is active again with a new line, its seats kept',
      [...ended, deactivated(in90Days), resized(0, 2, 5)],
      { ...content, status: 'active', total: 2, deals: line(2, 5), conflict: null },
    ],
  ])('%s', (_what, history, state) => {
    expect(after(...history)).toStrictEqual(state);
  });

  it('R74 has no license conflict without licenses, nor one that is overdue without having been detected', () => {
    expect(after(...ended, detected(2, 0), overdue(2, 0))).toStrictEqual(after(...ended));
    expect(after(...seated, overdue(2, 2))).toStrictEqual(after(...seated));
  });

  it('R75 comes about by nothing but a deal’s line', () => {
    expect(after(...ended.slice(1, 3), detected(2, 1), overdue(2, 1), resolved, policySet('keep'), graceEnded)).toEqual(
      {
        status: 'none',
      },
    );
    expect(after(deactivated(in90Days))).toEqual({ status: 'none' });
  });
});
