import { LogTimes, logTimesTable } from '#lib/engine/history/log-times.js';
import { FencedError } from '#lib/engine/ports/leases.js';
import type { Records } from '#lib/engine/ports/records.js';
import { Chance } from '#lib/histories/chance.js';
import { noon, recorded } from '../support/given.js';
import { recordsInMemory } from '../support/records.js';
import { positionOf, ReplayedLog } from './replayed-log.js';

/** Seconds after noon. */
const at = (second: number): string => new Date(Date.parse(noon) + second * 1_000).toISOString();
const never = new AbortController().signal;

/** A log whose events were recorded at these seconds after noon. */
function logAt(seconds: readonly number[]): ReplayedLog {
  const events = recorded(
    'x-1',
    seconds.map(() => ({ type: 'Happened', data: {} })),
  );
  return new ReplayedLog(
    events.map((event, index) => ({ ...event, meta: { ...event.meta, recordedAt: at(seconds[index] ?? 0) } })),
  );
}

const rowsOf = async (records: Records) =>
  (await records.list({ table: logTimesTable, limit: 1_000 })).map(({ value }) => value);

describe("R90 the log's times", () => {
  const clockWentBack = [1, 1, 5, 3, 2, 5, 6, 6, 4, 9];

  it.each([
    [0, 0],
    [1, 2],
    [2, 2],
    [4, 2],
    [5, 6],
    [6, 9],
    [8, 9],
    [9, 10],
    [99, 10],
  ])(
    '%i s: the last position at which nothing was recorded later, with equal times and a clock that went back',
    async (second, count) => {
      for (const every of [1, 2, 3, 100]) {
        const times = new LogTimes(logAt(clockWentBack), recordsInMemory(), every);
        const isKnown = [
          await times.positionAt(at(second)),
          (await times.extend(never), await times.positionAt(at(second))),
        ];
        expect(isKnown).toEqual([positionOf(count), positionOf(count)]);
      }
    },
  );

  it('a position has the latest time of all events up to it; before every event there is none', async () => {
    for (const every of [1, 4, 100]) {
      const times = new LogTimes(logAt(clockWentBack), recordsInMemory(), every);
      await times.extend(never);
      const latest = [];
      for (let count = 0; count <= 10; count += 1) latest.push(await times.timeAt(positionOf(count)));
      expect(latest).toEqual([null, ...[1, 1, 5, 5, 5, 5, 6, 6, 6, 9].map(at)]);
    }
  });

  it('of an empty log every instant is its beginning', async () => {
    const times = new LogTimes(logAt([]), recordsInMemory(), 1);
    await times.extend(never);
    expect([await times.positionAt(at(5)), await times.timeAt(positionOf(0))]).toEqual([positionOf(0), null]);
  });

  it('are a row for every so many events, go on where they were, and come back when they are lost', async () => {
    const [log, records] = [logAt([3, 1, 4, 1, 5]), recordsInMemory()];
    await new LogTimes(log, records, 2).extend(never);
    const first = [
      { position: positionOf(2), recordedAt: at(3) },
      { position: positionOf(4), recordedAt: at(4) },
    ];
    expect(await rowsOf(records)).toEqual(first);
    log.add(logAt([9, 2]).events);
    const again = new LogTimes(log, records, 2);
    await again.extend(never);
    const all = [...first, { position: positionOf(6), recordedAt: at(9) }];
    expect(await rowsOf(records)).toEqual(all);
    for (const { table, key } of await records.list({ table: logTimesTable, limit: 9 }))
      await records.erase(table, key);
    expect(await new LogTimes(log, records, 2).positionAt(at(4))).toEqual(positionOf(4));
    await new LogTimes(log, records, 2).extend(never);
    expect(await rowsOf(records)).toEqual(all);
  });

  it('of two who add a row, one is told that somebody else does; rows of another log are dropped', async () => {
    const [log, records] = [logAt([1, 2, 3, 4]), recordsInMemory()];
    const late = new LogTimes(log, records, 2);
    const row = { table: logTimesTable, expect: 'none' } as const;
    const foreign = { position: 'other.00000001', recordedAt: at(7) };
    const beyond = { position: positionOf(99), recordedAt: at(8) };
    await records.transact([
      { ...row, key: '000000000001', sort: '000000000001', value: foreign },
      { ...row, key: '000000000002', sort: '000000000002', value: beyond },
    ]);
    await late.extend(never);
    expect(await rowsOf(records)).toEqual([
      { position: positionOf(2), recordedAt: at(2) },
      { position: positionOf(4), recordedAt: at(4) },
    ]);
    const slow: Records = { ...recordsInMemory(), transact: async () => ({ ok: false, ...row, key: '000000000001' }) };
    await expect(new LogTimes(log, slow, 2).extend(never)).rejects.toBeInstanceOf(FencedError);
  });

  it('agree with the definition on random logs, however many rows there are', async () => {
    const seed = Date.now() % 2 ** 31;
    const chance = new Chance(seed);
    const wrong: string[] = [];
    for (let run = 0; run < 100; run += 1) {
      const seconds = Array.from({ length: chance.number(60) }, () => chance.number(30));
      const times = new LogTimes(logAt(seconds), recordsInMemory(), 1 + chance.number(9));
      if (chance.is(50)) await times.extend(never);
      const asked = chance.number(32);
      const later = seconds.findIndex((second) => second > asked);
      const expected = positionOf(later < 0 ? seconds.length : later);
      if ((await times.positionAt(at(asked))) !== expected) wrong.push(`run ${run} of seed ${seed}`);
    }
    expect(wrong).toEqual([]);
  });
});
