import { event } from '#lib/engine/model/message.js';
import { issue } from '#lib/engine/model/process.js';
import { LicenseCountChanged, LicensesActivated, LicensesDeactivated } from '#lib/domain/deal/messages.js';
import { AdjustSeatPool } from '#lib/domain/seat-pool/messages.js';
import { seatPools } from '#lib/processes/seat-pools.js';
import { ids, line } from '../domain/seat-pool/fixtures.js';
import { recorded } from '../support/given.js';

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
});
