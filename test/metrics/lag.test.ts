import type { LogPage, StoredEvent } from '#lib/engine/ports/event-store.js';
import { behindOf } from '#lib/product/metrics/behind.js';
import { lagOf, type LagOptions } from '#lib/product/metrics/lag.js';
import { Metrics } from '#lib/product/metrics/metrics.js';
import { ManualClock } from '../support/clock.js';
import { recordsInMemory } from '../support/records.js';

const now = '2026-03-01T12:00:00.000Z';
const positionOf = (ordinal: number): string => `log.${String(ordinal).padStart(8, '0')}`;
/** Event n was recorded so many seconds before now as events follow it. */
const recordedAt = (ordinal: number, count: number): string =>
  new Date(Date.parse(now) - (count - ordinal) * 1_000).toISOString();

/** A log of so many events, in pages, of which is noted how many were read. */
function logOf(count: number) {
  const pages = { read: 0 };
  async function* follow(after: string | null): AsyncGenerator<LogPage> {
    const from = after === null ? 0 : Number(after.slice(4));
    for (let first = from + 1; ; first += 1_000) {
      const last = Math.min(count, first + 999);
      const events = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
        const meta = { recordedAt: recordedAt(first + index, count) };
        return { position: positionOf(first + index), meta } as unknown as StoredEvent;
      });
      pages.read += 1;
      yield { events, upTo: positionOf(last), atHead: last === count };
      if (last === count) return;
    }
  }
  return { pages, follow };
}

async function lagWith(count: number, places: Readonly<Record<string, number>>, options: Partial<LagOptions> = {}) {
  const { pages, follow } = logOf(count);
  const lag = await lagOf({
    events: { follow },
    records: recordsInMemory(),
    views: {
      checkpoint: async ({ view }) => ({ position: positionOf(places[view] ?? 0) }) as never,
      parked: async () => [],
    },
    projections: Object.keys(places).map((name) => ({ name, version: 1 })),
    processes: [],
    clock: new ManualClock(now),
    ...options,
  });
  return { lag, pages };
}

const inShort = ({ name, events, seconds }: { name: string; events: number; seconds: number }) => [
  name,
  events,
  seconds,
];

describe('how far views and processes are behind', () => {
  it('is counted to the event, and told by the age of the first that is missing', async () => {
    const { lag } = await lagWith(5_000, { seats: 5_000, plans: 4_998, ledger: 3_000 });
    expect(lag.projections.map(inShort)).toEqual([
      ['seats', 0, 0],
      ['plans', 2, 1],
      ['ledger', 2_000, 1_999],
    ]);
  });

  it('stops at 10,000 for one that is far behind, and is exact for those at the end, with what lies between unread', async () => {
    const { lag, pages } = await lagWith(1_000_000, { rebuilt: 0, seats: 999_990, plans: 1_000_000 });
    expect(lag.projections.map(inShort)).toEqual([
      ['rebuilt', 10_000, 999_999],
      ['seats', 10, 9],
      ['plans', 0, 0],
    ]);
    expect(pages.read).toBeLessThanOrEqual(12);
  });

  it('is exact up to 10,000 wherever others are: nobody is counted from where another one stopped', async () => {
    const places = [null, 0, 1, 9_000, 10_001, 10_500, 20_000, 20_001, 30_001];
    const { pages, follow } = logOf(30_001);
    const positions = places.map((place) => (place === null ? null : positionOf(place)));
    const found = await behindOf({ follow }, positions, now);
    const expected = places.map((place) => Math.min(30_001 - (place ?? 0), 10_000));
    expect(found.map(({ events }) => events)).toEqual(expected);
    expect(found.map(({ isAtLeast }) => isAtLeast)).toEqual(places.map((place) => 30_001 - (place ?? 0) > 10_000));
    expect(found.map(({ seconds }) => seconds)).toEqual(places.map((place) => Math.max(0, 30_000 - (place ?? 0))));
    expect(pages.read).toBeLessThanOrEqual(33);
    const exactly = await behindOf(logOf(10_000), [null], now);
    expect(exactly).toEqual([{ events: 10_000, isAtLeast: false, seconds: 9_999 }]);
  });

  it('of an empty log is nothing', async () => {
    const { lag } = await lagWith(0, { seats: 0 });
    expect(lag.projections.map(inShort)).toEqual([['seats', 0, 0]]);
    expect([lag.overdue, lag.overdueSeconds]).toEqual([0, 0]);
  });

  it('knows processes by their records, what they parked, and timers that should have fired', async () => {
    const records = recordsInMemory();
    const row = (table: string, key: string, sort: string, value: object = {}) =>
      ({ table, key, sort, value, expect: 'none' }) as const;
    await records.transact([
      row('processes', 'consent', 'consent', { position: positionOf(7), appended: null }),
      row('processParked', 'consent/deal-1', now),
      row('timers', 'a', '2026-03-01T11:59:00.000Z'),
      row('timers', 'b', now),
      row('timers', 'c', '2026-03-01T12:00:00.001Z'),
    ]);
    const processes = [{ name: 'consent' }, { name: 'never-begun' }];
    const { lag } = await lagWith(10, {}, { records, processes });
    expect(lag.processes.map((one) => [...inShort(one), one.parked])).toEqual([
      ['consent', 3, 2, 1],
      ['never-begun', 10, 9, 0],
    ]);
    expect([lag.overdue, lag.overdueSeconds]).toEqual([2, 60]);
  });
});

it('stores that cannot be read are told as such, and nothing is told of what is in them', async () => {
  let isAway = false;
  const verified = { at: '1970-01-01T01:00:00.000Z', isEqual: false };
  const seats = { name: 'seats', events: 3, seconds: 2, parked: 0, verified };
  const builds = [{ name: 'seats', build: 2, done: 7, head: 9 }];
  const lag = { projections: [seats], processes: [], overdue: 0, overdueSeconds: 0, builds };
  const metrics = new Metrics(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(lag)));
  const there = await metrics.text();
  expect(there).toContain('\nseatledger_stores_readable 1\n');
  expect(there).toContain('\nseatledger_projection_lag_events{projection="seats"} 3\n');
  expect(there).toContain('\nseatledger_projection_differs{projection="seats"} 1\n');
  expect(there).toContain('\nseatledger_projection_verified_timestamp_seconds{projection="seats"} 3600\n');
  expect(there).toContain('\nseatledger_rebuild_done_events{projection="seats",build="2"} 7\n');
  expect(there).toContain('\nseatledger_rebuild_head_events{projection="seats",build="2"} 9\n');
  isAway = true;
  const away = await metrics.text();
  expect(away).toContain('\nseatledger_stores_readable 0\n');
  expect(away).not.toMatch(/^seatledger_(projection|process|timers|rebuild)_[^\n]+ \d/m);
});
