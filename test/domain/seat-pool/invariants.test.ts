import fc from 'fast-check';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import {
  AdjustSeatPool,
  ApplyShrinkPolicy,
  AssignSeats,
  EndGrace,
  SetShrinkPolicy,
  UnassignSeats,
  shrinkPolicies,
  type SeatPoolEvent,
} from '#lib/domain/seat-pool/messages.js';
import { rowsAssigned, rowsToAssign, rowsToUnassign, rowsUnassigned } from '#lib/domain/seat-pool/rows.js';
import { seatsOf, type SeatPoolState } from '#lib/domain/seat-pool/state.js';
import { given, noon, recorded } from '../../support/given.js';
import { line, people, serviceId, tenantId } from './fixtures.js';

const personIds = fc.array(fc.constantFrom('ann', 'bob', 'cyd', 'dan', 'eve', 'fay', 'Not one'), {
  minLength: 1,
  maxLength: 6,
});
const act = fc.oneof(
  fc.record({ adjust: fc.constantFrom('deal-1', 'deal-2'), count: fc.nat(5), revision: fc.nat(30) }),
  fc.record({ assign: personIds }),
  fc.record({ unassign: personIds }),
  fc.record({ policy: fc.constantFrom(...shrinkPolicies) }),
  fc.record({ timer: fc.constantFrom(ApplyShrinkPolicy, EndGrace) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const fold = (history: readonly SeatPoolEvent[]): SeatPoolState =>
  recorded('seatPool-x', history).reduce((state, past) => seatPool.evolve(state, past), seatPool.initial());

/** Events of an act; none for a refusal. Each event that there is took ten days, so that deadlines pass on the way. */
function decided(history: readonly SeatPoolEvent[], what: Act) {
  const now = new Date(Date.parse(noon) + history.length * 10 * 86_400_000).toISOString();
  const pool = given(seatPool, history, { now, settings: { graceDays: (history.length % 2) * 30 } });
  const when = () => {
    if ('adjust' in what) return pool.when(AdjustSeatPool, line(what.adjust, what.count, what.revision));
    if ('assign' in what) return pool.when(AssignSeats, people(...what.assign));
    if ('unassign' in what) return pool.when(UnassignSeats, people(...what.unassign));
    if ('policy' in what) return pool.when(SetShrinkPolicy, { tenantId, serviceId, policy: what.policy });
    return pool.when(what.timer, { tenantId, serviceId });
  };
  const outcome = when().decided;
  return Array.isArray(outcome) ? (outcome as SeatPoolEvent[]) : [];
}

describe('any sequence of commands', () => {
  it('R73, R77: leaves seats in use within the licenses, or a conflict open, and never both', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let history: readonly SeatPoolEvent[] = [];
        for (const what of acts) {
          history = [...history, ...decided(history, what)];
          const state = fold(history);
          if (state.status !== 'active') continue;
          expect(state.conflict !== null).toBe(state.seats.size > state.total);
        }
      }),
    );
  });

  it('R73: leaves none in excess after a policy other than keep has acted on a pool that is due', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), fc.constantFrom(...shrinkPolicies), (acts, policy) => {
        let history: readonly SeatPoolEvent[] = [];
        for (const what of acts) history = [...history, ...decided(history, what)];
        history = [...history, ...decided(history, { policy })];
        const before = fold(history);
        const events = decided(history, { timer: ApplyShrinkPolicy });
        const after = fold([...history, ...events]);
        const taken = events.filter(({ type }) => type === 'SeatUnassigned').length;
        const isOverdue = after.status === 'active' && after.conflict?.overdue === true;
        expect(isOverdue && policy !== 'keep').toBe(false);
        expect(seatsOf(before).size - seatsOf(after).size).toBe(taken);
        if (taken > 0) expect(after.status === 'none' ? 0 : after.total).toBe(seatsOf(after).size);
      }),
    );
  });

  it('R75: keeps the total at the sum of the newest counts of the deals, in whatever order news comes', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let history: readonly SeatPoolEvent[] = [];
        const newest = new Map<string, { count: number; revision: number }>();
        for (const what of acts) {
          history = [...history, ...decided(history, what)];
          if (!('adjust' in what) || (newest.get(what.adjust)?.revision ?? -1) >= what.revision) continue;
          newest.set(what.adjust, what);
        }
        const state = fold(history);
        const sum = [...newest.values()].reduce((total, { count }) => total + count, 0);
        expect(state.status === 'none' ? 0 : state.total).toBe(sum);
      }),
    );
  });

  it('R78: gives nobody a second seat and takes no seat that is not held', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let history: readonly SeatPoolEvent[] = [];
        for (const what of acts) history = [...history, ...decided(history, what)];
        const holders = new Set<string>();
        for (const { type, data } of history) {
          if (type === 'SeatAssigned') {
            expect(holders.has(data.personId)).toBe(false);
            holders.add(data.personId);
          }
          if (type === 'SeatUnassigned') expect(holders.delete(data.personId)).toBe(true);
        }
      }),
    );
  });

  it('R80: answers a repetition out of the events as it answered first', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), personIds, (acts, persons) => {
        let history: readonly SeatPoolEvent[] = [];
        for (const what of acts) history = [...history, ...decided(history, what)];
        const state = fold(history);
        const given = decided(history, { assign: persons });
        if (given.length > 0) expect(rowsAssigned(given, persons)).toEqual(rowsToAssign(state, persons, new Set()));
        const taken = decided(history, { unassign: persons });
        if (taken.length > 0 || persons.every((personId) => !seatsOf(state).has(personId))) {
          expect(rowsUnassigned(taken, persons)).toEqual(rowsToUnassign(state, persons));
        }
      }),
    );
  });
});
