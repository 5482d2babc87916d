import { event } from '#lib/engine/model/message.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { PlanCreated } from '#lib/domain/offer/plans-messages.js';
import {
  LicensesByMonth,
  LicensesByPlan,
  licenseDashboard,
  type LicenseDashboard,
  type LicensesOfCountry,
  type PlanLicenses,
} from '#lib/views/license-dashboard.js';
import { licenseDashboardProjection, mostMonths } from '#lib/views/license-months.js';
import { plans } from '#lib/views/plans.js';
import { contoso, northwind, terminated } from '../domain/deal/fixtures.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { at, consented, pool } from '../support/pools.js';

const publisherId = 'fabrikam';

const gold = pool(contoso, 'gold');
const silver = pool(contoso, 'silver');
const abroad = pool(northwind, 'gold');
const elsewhere = pool(contoso, 'basic', 'fabrikam.crm');
const named = (offer: string, planId: string, name: string) =>
  event(PlanCreated, { publisherId, offer, planId, serviceId: `${offer}.${planId}`, name });
const before = at(
  '2025-06-01T00:00:00.000Z',
  named('fabrikam.f365', 'gold', 'Gold'),
  named('fabrikam.f365', 'silver', 'Silver'),
  named('fabrikam.crm', 'basic', 'Basic'),
  consented(contoso, 'US'),
  consented(northwind, 'SE'),
);

/** Answers in March 2026, after these events. */
const ask = (...events: readonly Recorded[]) => asking([licenseDashboard, plans], [...before, ...events]);

/** What the dashboard shows of so many months, shortened to month → country → [provisioned, assigned]; sums are checked. */
function shown(events: readonly Recorded[], months: number, serviceId: string | null = null): unknown {
  const dashboard = ask(...events).one(LicensesByMonth, { publisherId, serviceId, months }) as LicenseDashboard;
  const sum = (countries: readonly LicensesOfCountry[], what: 'provisioned' | 'assigned') =>
    countries.reduce((all, country) => all + country[what], 0);
  return Object.fromEntries(
    dashboard.months.map(({ month, provisioned, assigned, countries }) => {
      expect([provisioned, assigned]).toEqual([sum(countries, 'provisioned'), sum(countries, 'assigned')]);
      return [month, Object.fromEntries(countries.map((c) => [c.country, [c.provisioned, c.assigned]]))];
    }),
  );
}

const inUs = (month: string, provisioned: number, assigned: number) => {
  const counts = { provisioned, assigned };
  return { month, ...counts, countries: [{ country: 'US', ...counts }] };
};

describe('license dashboard', () => {
  it('shows what each month ended with, at its last instant in UTC', () => {
    const events = [
      ...at('2026-01-15T12:00:00.000Z', gold.resized(0, 10), ...gold.assigned('ann')),
      ...at('2026-01-31T23:59:59.999Z', gold.resized(10, 11), ...gold.assigned('bob', 'cyd')),
      ...at('2026-02-01T00:00:00.000Z', gold.resized(11, 20), gold.unassigned('ann')),
    ];
    const months = [
      { month: '2025-12', provisioned: 0, assigned: 0, countries: [] },
      inUs('2026-01', 11, 3),
      inUs('2026-02', 20, 2),
      inUs('2026-03', 20, 2),
    ];
    const { one } = ask(...events);
    expect(one(LicensesByMonth, { publisherId, serviceId: null, months: 4 })).toEqual({
      publisherId,
      serviceId: null,
      planName: null,
      months,
    });
    const serviceId = 'fabrikam.f365.gold';
    expect(one(LicensesByMonth, { publisherId, serviceId, months: 4 })).toEqual({
      publisherId,
      serviceId,
      planName: 'Gold',
      months,
    });
  });

  it('names countries in the order of their codes', () => {
    const everywhere = ['US', 'DE', 'SE'].map((country) => ({ country, tenantId: `${country} tenant` }));
    const events = everywhere.flatMap(({ country, tenantId }) =>
      at('2026-03-01T00:00:00.000Z', consented(tenantId, country), pool(tenantId, 'gold').resized(0, 1)),
    );
    const answer = ask(...events).one(LicensesByMonth, { publisherId, serviceId: null, months: 1 }) as LicenseDashboard;
    expect(answer.months.flatMap(({ countries }) => countries.map(({ country }) => country))).toEqual([
      'DE',
      'SE',
      'US',
    ]);
  });

  it('carries a month forward over months in which nothing happened, a new year among them', () => {
    const events = [
      ...at('2025-10-20T00:00:00.000Z', gold.resized(0, 5)),
      ...at('2026-02-03T00:00:00.000Z', gold.resized(5, 7)),
    ];
    expect(shown(events, 7)).toEqual({
      '2025-09': {},
      '2025-10': { US: [5, 0] },
      '2025-11': { US: [5, 0] },
      '2025-12': { US: [5, 0] },
      '2026-01': { US: [5, 0] },
      '2026-02': { US: [7, 0] },
      '2026-03': { US: [7, 0] },
    });
  });

  it('adds up over plans and countries, and shows each by itself', () => {
    const events = [
      ...at('2026-02-10T00:00:00.000Z', gold.resized(0, 10), abroad.resized(0, 4), ...abroad.assigned('olle')),
      ...at('2026-03-01T00:00:00.000Z', silver.resized(0, 3), ...silver.assigned('ann'), elsewhere.resized(0, 1)),
    ];
    expect(shown(events, 2)).toEqual({
      '2026-02': { SE: [4, 1], US: [10, 0] },
      '2026-03': { SE: [4, 1], US: [14, 1] },
    });
    expect(shown(events, 2, 'fabrikam.f365.gold')).toEqual({
      '2026-02': { SE: [4, 1], US: [10, 0] },
      '2026-03': { SE: [4, 1], US: [10, 0] },
    });
    const byPlan = (country: string | null, filter = {}) => {
      const rows = ask(...events).list(LicensesByPlan, { publisherId, country, months: 2 }, filter) as PlanLicenses[];
      return rows.map(({ offer, planName, months }) => [
        `${offer} ${planName}`,
        ...months.map(({ provisioned, assigned }) => [provisioned, assigned]),
      ]);
    };
    const ofGold = ['fabrikam.f365 Gold', [14, 1], [14, 1]];
    const ofSilver = ['fabrikam.f365 Silver', [0, 0], [3, 1]];
    expect(byPlan(null)).toEqual([['fabrikam.crm Basic', [0, 0], [1, 0]], ofGold, ofSilver]);
    expect(byPlan(null, { offer: 'fabrikam.f365' })).toEqual([ofGold, ofSilver]);
    expect(byPlan(null, { serviceId: 'fabrikam.f365.silver' })).toEqual([ofSilver]);
    expect(byPlan('SE', { offer: 'fabrikam.f365' })).toEqual([
      ['fabrikam.f365 Gold', [4, 1], [4, 1]],
      ['fabrikam.f365 Silver', [0, 0], [0, 0]],
    ]);
  });

  it('R73 shows more seats than licenses while a conflict is open', () => {
    const events = [
      ...at('2026-02-10T00:00:00.000Z', gold.resized(0, 3), ...gold.assigned('ann', 'bob', 'cyd')),
      ...at('2026-02-11T00:00:00.000Z', gold.resized(3, 1), gold.detected(3, 1)),
      ...at('2026-03-01T00:00:00.000Z', gold.unassigned('ann')),
    ];
    expect(shown(events, 2)).toEqual({ '2026-02': { US: [1, 3] }, '2026-03': { US: [1, 2] } });
  });

  it('R74 counts no seats while they are only kept, and counts them again when a line comes', () => {
    const ended = [
      ...at('2025-12-10T00:00:00.000Z', gold.resized(0, 3), ...gold.assigned('ann', 'bob', 'cyd')),
      ...at('2026-01-10T00:00:00.000Z', gold.resized(3, 0), gold.deactivated),
      ...at('2026-02-10T00:00:00.000Z', gold.unassigned('ann')),
    ];
    const months = { '2025-12': { US: [3, 3] }, '2026-01': {}, '2026-02': {} };
    expect(shown(ended, 4)).toEqual({ ...months, '2026-03': {} });
    const reactivated = at('2026-03-01T00:00:00.000Z', gold.resized(0, 5), ...gold.assigned('dan'));
    expect(shown([...ended, ...reactivated], 4)).toEqual({ ...months, '2026-03': { US: [5, 3] } });
  });

  it('R94 lets a customer that consents anew start in the country that it states now', () => {
    const ended = [
      ...at('2026-01-10T00:00:00.000Z', gold.resized(0, 3), ...gold.assigned('ann')),
      ...at('2026-02-10T00:00:00.000Z', gold.resized(3, 0), gold.deactivated, terminated()),
    ];
    const again = at('2026-03-01T00:00:00.000Z', consented(contoso, 'DE'), gold.resized(0, 2));
    expect(shown([...ended, ...again], 3)).toEqual({
      '2026-01': { US: [3, 1] },
      '2026-02': {},
      '2026-03': { DE: [2, 1] },
    });
  });

  it('R96 moves licenses that a termination overlooked, whole and with the next change of their number', () => {
    const overlooked = [
      ...at('2026-01-10T00:00:00.000Z', gold.resized(0, 3), ...gold.assigned('ann'), terminated()),
      ...at('2026-02-10T00:00:00.000Z', consented(contoso, 'DE'), ...gold.assigned('bob')),
    ];
    for (const to of [2, 3]) {
      const resized = at('2026-03-01T00:00:00.000Z', gold.resized(3, to));
      expect(shown([...overlooked, ...resized], 3)).toEqual({
        '2026-01': { US: [3, 1] },
        '2026-02': { US: [3, 2] },
        '2026-03': { DE: [to, 2] },
      });
    }
  });

  it('R90 counts what is recorded by a clock behind to the month that had begun', () => {
    const events = [
      ...at('2026-02-01T00:00:00.100Z', gold.resized(0, 3)),
      ...at('2026-01-31T23:59:59.900Z', silver.resized(0, 2)),
      ...at('2026-01-31T23:59:59.950Z', gold.resized(3, 4)),
    ];
    expect(shown(events, 3, 'fabrikam.f365.gold')).toEqual({
      '2026-01': {},
      '2026-02': { US: [4, 0] },
      '2026-03': { US: [4, 0] },
    });
    expect(shown(events, 3, 'fabrikam.f365.silver')).toEqual({
      '2026-01': {},
      '2026-02': { US: [2, 0] },
      '2026-03': { US: [2, 0] },
    });
    expect(shown(events, 3)).toEqual({ '2026-01': {}, '2026-02': { US: [6, 0] }, '2026-03': { US: [6, 0] } });
  });

  it('looks back on 36 months, and keeps no more of them', () => {
    const first = Date.UTC(2022, 0, 10);
    const monthly = Array.from({ length: 51 }, (_, index) => {
      const day = new Date(first);
      day.setUTCMonth(index);
      return at(day.toISOString(), gold.resized(index, index + 1));
    });
    const events = monthly.flat();
    const expected = Array.from({ length: mostMonths }, (_, index) => [
      new Date(Date.UTC(2023, 3 + index)).toISOString().slice(0, 7),
      { US: [index + 16, 0] },
    ]);
    expect(shown(events, mostMonths)).toEqual(Object.fromEntries(expected));
    const { months } = fold(licenseDashboardProjection, [...before, ...events])['past/fabrikam'] as {
      months: unknown[];
    };
    expect(months).toHaveLength(mostMonths);
  });

  it('shows nothing of a plan that is not there or is another publisher’s', () => {
    const theirs = pool(contoso, 'gold', 'adatum.crm');
    const plan = {
      publisherId: 'adatum',
      offer: 'adatum.crm',
      planId: 'gold',
      serviceId: 'adatum.crm.gold',
      name: 'A',
    };
    const events = [
      ...at('2026-01-10T00:00:00.000Z', event(PlanCreated, plan), consented(contoso, 'US')),
      ...at('2026-02-10T00:00:00.000Z', theirs.resized(0, 3)),
    ];
    const { one, list } = ask(...events);
    for (const serviceId of ['fabrikam.f365.none', 'adatum.crm.gold']) {
      expect(one(LicensesByMonth, { publisherId, serviceId, months: 2 })).toBeNull();
    }
    expect(shown(events, 2)).toEqual({ '2026-02': {}, '2026-03': {} });
    expect(list(LicensesByPlan, { publisherId, country: null, months: 2 })).toEqual([]);
    expect(list(LicensesByPlan, { publisherId: 'adatum', country: null, months: 1 })).toEqual([
      {
        offer: 'adatum.crm',
        planId: 'gold',
        serviceId: 'adatum.crm.gold',
        planName: 'A',
        months: [{ month: '2026-03', provisioned: 3, assigned: 0 }],
      },
    ]);
  });

  it('shows a plan that nobody has licenses of as empty', () => {
    expect(ask().one(LicensesByMonth, { publisherId, serviceId: 'fabrikam.f365.silver', months: 1 })).toEqual({
      publisherId,
      serviceId: 'fabrikam.f365.silver',
      planName: 'Silver',
      months: [{ month: '2026-03', provisioned: 0, assigned: 0, countries: [] }],
    });
  });
});
