import { licenseDashboardProjection } from '#lib/views/license-months.js';
import { contoso } from '../domain/deal/fixtures.js';
import { fold } from '../support/fold.js';
import { at, consented, pool } from '../support/pools.js';

const gold = pool(contoso, 'gold');

describe('the past of the license dashboard', () => {
  it('R74 has an entry for each month that a later one followed; taking a kept seat begins none', () => {
    const events = [
      ...at('2025-06-01T00:00:00.000Z', consented(contoso, 'US')),
      ...at('2026-01-10T00:00:00.000Z', gold.resized(0, 3), ...gold.assigned('ann')),
      ...at('2026-01-20T00:00:00.000Z', gold.resized(3, 2)),
      ...at('2026-02-10T00:00:00.000Z', gold.resized(2, 0), gold.deactivated),
      ...at('2026-03-01T00:00:00.000Z', gold.unassigned('ann')),
    ];
    const documents = fold(licenseDashboardProjection, events);
    const past = { months: [{ month: '2026-01', countries: { US: { provisioned: 2, assigned: 1 } } }] };
    const present = { month: '2026-02', countries: {} };
    expect([documents['past/fabrikam'], documents['past/fabrikam.f365.gold']]).toEqual([past, past]);
    expect(documents['publisher/fabrikam']).toEqual(present);
    expect(documents['plan/fabrikam.f365.gold']).toMatchObject(present);
  });
});
