import { event } from '#lib/engine/model/message.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { AdjustSeatPool, LicenseConflictResolved, SeatPoolDeactivated } from '#lib/domain/seat-pool/messages.js';
import { resizing } from '#lib/domain/seat-pool/resize.js';
import { given, noon, recorded } from '../../support/given.js';
import { settings } from '../../support/settings.js';
import { assigned, detected, ids, in90Days, line, resized } from './fixtures.js';

const resolved = (reason: LicenseConflictResolved['reason']) => event(LicenseConflictResolved, { ...ids, reason });
const deactivated = (graceEndsAt: string | null = null) => event(SeatPoolDeactivated, { ...ids, graceEndsAt });
const fiveSeats = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((personId) => assigned(personId));

describe('AdjustSeatPool', () => {
  it('R75, E16: two deals of 10 and 5 make a pool of 15; the first removed leaves 5', () => {
    const first = resized(0, 10, 3, 'deal-1', 10);
    const second = resized(10, 15, 7, 'deal-2', 5);
    given(seatPool, [])
      .when(AdjustSeatPool, line('deal-1', 10, 3))
      .then(first);
    given(seatPool, [first])
      .when(AdjustSeatPool, line('deal-2', 5, 7))
      .then(second);
    given(seatPool, [first, second])
      .when(AdjustSeatPool, line('deal-1', 0, 4))
      .then(resized(15, 5, 4, 'deal-1', 0));
  });

  it('R75 takes a count as absolute: 40 after 30 is 40', () => {
    given(seatPool, [resized(0, 30, 3)])
      .when(AdjustSeatPool, line('deal-1', 40, 4))
      .then(resized(30, 40, 4));
  });

  it('R75 does nothing for news that is not newer than what is known of that deal', () => {
    const history = [resized(0, 30, 3), resized(30, 40, 5)];
    given(seatPool, history)
      .when(AdjustSeatPool, line('deal-1', 40, 5))
      .then();
    given(seatPool, history)
      .when(AdjustSeatPool, line('deal-1', 30, 4))
      .then();
    given(seatPool, history)
      .when(AdjustSeatPool, line('deal-1', 50, 6))
      .then(resized(40, 50, 6));
  });

  it("R75 remembers a newer revision of the same count, so that older news can't undo it", () => {
    const seen = resized(30, 30, 7);
    given(seatPool, [resized(0, 30, 3)])
      .when(AdjustSeatPool, line('deal-1', 30, 7))
      .then(seen);
    given(seatPool, [resized(0, 30, 3), seen])
      .when(AdjustSeatPool, line('deal-1', 20, 5))
      .then();
  });

  it('R73, E17: accepts 3 licenses under 5 seats, which opens a conflict of 2, due in 90 days', () => {
    given(seatPool, [resized(0, 5, 3), ...fiveSeats])
      .when(AdjustSeatPool, line('deal-1', 3, 4))
      .then(resized(5, 3, 4), detected(5, 3));
  });

  it('R73 opens no conflict while the seats in use equal the licenses', () => {
    given(seatPool, [resized(0, 6, 3), ...fiveSeats])
      .when(AdjustSeatPool, line('deal-1', 5, 4))
      .then(resized(6, 5, 4));
  });

  it('R73 neither moves the deadline nor detects again when the count changes within a conflict', () => {
    const inConflict = [resized(0, 5, 3), ...fiveSeats, resized(5, 3, 4), detected(5, 3)];
    given(seatPool, inConflict)
      .when(AdjustSeatPool, line('deal-1', 2, 5))
      .then(resized(3, 2, 5));
    given(seatPool, inConflict)
      .when(AdjustSeatPool, line('deal-1', 4, 5))
      .then(resized(3, 4, 5));
  });

  it('R73 resolves the conflict as soon as the licenses cover the seats', () => {
    given(seatPool, [resized(0, 5, 3), ...fiveSeats, resized(5, 3, 4), detected(5, 3)])
      .when(AdjustSeatPool, line('deal-1', 5, 5))
      .then(resized(3, 5, 5), resolved('licensesAdded'));
  });

  it('R74, E19: a total of 0 closes an open conflict and deactivates the pool', () => {
    given(seatPool, [resized(0, 5, 3), ...fiveSeats, resized(5, 3, 4), detected(5, 3)])
      .when(AdjustSeatPool, line('deal-1', 0, 5))
      .then(resized(3, 0, 5), resolved('deactivated'), deactivated());
  });

  it('R74 writes down when grace ends, if the installation grants any', () => {
    given(seatPool, [resized(0, 5, 3)], { settings: { graceDays: 30 } })
      .when(AdjustSeatPool, line('deal-1', 0, 4))
      .then(resized(5, 0, 4), deactivated('2026-03-31T12:00:00.000Z'));
  });

  it.each([null, '2026-03-31T12:00:00.000Z'])(
    'R74 counts kept seats again when a new line reactivates (grace: %s)',
    (end) => {
      const ended = [resized(0, 5, 3), ...fiveSeats, resized(5, 0, 4), deactivated(end)];
      given(seatPool, ended)
        .when(AdjustSeatPool, line('deal-2', 5, 1))
        .then(resized(0, 5, 1, 'deal-2'));
      given(seatPool, ended)
        .when(AdjustSeatPool, line('deal-2', 4, 1))
        .then(resized(0, 4, 1, 'deal-2'), detected(5, 4));
    },
  );

  it('R74 deactivates once: a second deal that ends changes nothing more', () => {
    given(seatPool, [resized(0, 5, 3), resized(5, 0, 4), deactivated()])
      .when(AdjustSeatPool, line('deal-2', 0, 9))
      .then(resized(0, 0, 9, 'deal-2', 0));
  });
});

describe('what a change of a line would come to', () => {
  const fold = (...events: Parameters<typeof recorded>[1]) =>
    recorded('seatPool-x', events).reduce((state, past) => seatPool.evolve(state, past), seatPool.initial());

  it('R73 tells totals over all deals, seats, excess and deadline beforehand', () => {
    const state = fold(resized(0, 5, 3), ...fiveSeats, resized(5, 7, 1, 'deal-2', 2));
    expect(resizing(state, { dealId: 'deal-1', dealCount: 1 }, noon, settings)).toEqual({
      from: 7,
      to: 3,
      seats: 5,
      excess: 2,
      dueAt: in90Days,
    });
  });

  it('R74 counts no kept seats when nothing is left, and for a pool that is not there yet', () => {
    const nothingLeft = { seats: 0, excess: 0, dueAt: null };
    const state = fold(resized(0, 5, 3), ...fiveSeats);
    const change = (dealCount: number) => ({ dealId: 'deal-1', dealCount });
    expect(resizing(state, change(0), noon, settings)).toEqual({ from: 5, to: 0, ...nothingLeft });
    expect(resizing(fold(), change(4), noon, settings)).toEqual({ from: 0, to: 4, ...nothingLeft });
  });

  it('R73 keeps the deadline of a conflict that is open', () => {
    const state = fold(resized(0, 5, 3), ...fiveSeats, resized(5, 3, 4), detected(5, 3, '2026-04-01T00:00:00.000Z'));
    const { dueAt } = resizing(state, { dealId: 'deal-1', dealCount: 2 }, noon, settings);
    expect(dueAt).toBe('2026-04-01T00:00:00.000Z');
  });
});
