import { silent } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import { RebuildRecords, type RebuiltView } from '#lib/engine/rebuilding/rebuild.js';
import { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { allVerified } from '#lib/engine/rebuilding/verified.js';
import { VerifyTurns } from '#lib/engine/rebuilding/verify-turns.js';
import { ManualClock } from '../support/clock.js';
import { recordsInMemory } from '../support/records.js';
import { ManualTime, settled } from '../support/time.js';

const hour = 3_600_000;
const versions = ['a', 'b', 'c'].map((view) => ({ view, version: 1 }));
/** A store with one build of each view. */
const views = {
  builds: async () => versions.map((version) => ({ ...version, build: 1, isLive: true, isPaused: false })),
} as unknown as ViewReader;

let records: Records;
let clock: ManualClock;
let time: ManualTime;
let rebuilds: Rebuilds;
let stop: () => Promise<void>;
beforeEach(() => {
  [records, clock, time] = [recordsInMemory(), new ManualClock(), new ManualTime()];
  rebuilds = new Rebuilds({ records, views, clock, wake: () => undefined });
  start();
});
afterEach(() => stop());

function start(): void {
  const stopping = new AbortController();
  const running = new VerifyTurns({
    records,
    rebuilds,
    versions,
    everyMs: hour,
    clock,
    log: silent,
    time: time.ofProcess(),
  }).run(stopping.signal);
  stop = () => {
    stopping.abort();
    return running;
  };
}

async function pass(ms: number): Promise<void> {
  await settled();
  clock.advance(ms);
  await settled();
}

/** Views that are verified now. */
const underWay = async () => [...(await rebuilds.byView())].map(([view, { switching }]) => `${view} ${switching}`);

/** As the runner of rebuilds does when it has compared. */
async function end(step: RebuiltView['step'], status: 'done' | 'canceled' = 'done'): Promise<void> {
  const stored = new RebuildRecords(records);
  for (const { rebuild, version } of await stored.active()) {
    const compared = rebuild.views.map((view) => ({ ...view, step }));
    await stored.save({ ...rebuild, views: compared, status, endedAt: clock.now() }, version);
  }
  await time.pass(1_000);
  await settled();
}

describe('R89 views are verified by turns', () => {
  it('one an hour, the first when an hour has passed; each says what came of it', async () => {
    await pass(hour - 1);
    expect(await underWay()).toEqual([]);
    await pass(1);
    expect(await underWay()).toEqual(['a never']);
    await end('equal');
    await pass(hour);
    expect(await underWay()).toEqual(['b never']);
    await end('different');
    const of = { operation: expect.any(String) as string, differences: 0 };
    expect(await allVerified(records)).toEqual(
      new Map([
        ['a', { ...of, isEqual: true, at: '2026-03-01T13:00:00.000Z' }],
        ['b', { ...of, isEqual: false, at: '2026-03-01T14:00:00.000Z' }],
      ]),
    );
    await pass(hour);
    await end('equal');
    await pass(hour);
    expect(await underWay()).toEqual(['a never']);
  });

  it('a turn that takes longer is waited for, and the next one begins then', async () => {
    await pass(hour);
    await pass(2 * hour);
    expect(await underWay()).toEqual(['a never']);
    await end('equal');
    expect(await underWay()).toEqual(['b never']);
  });

  it('another process goes on where this one was', async () => {
    await pass(hour);
    await stop();
    start();
    await pass(hour);
    expect(await underWay()).toEqual(['a never']);
    await end('equal', 'canceled');
    expect([await underWay(), await allVerified(records)]).toEqual([['b never'], new Map()]);
  });

  it('a view that is built anew misses its turn; what was found wrong with it is forgotten then', async () => {
    await pass(hour);
    await end('different');
    const by = { kind: 'key', id: 'k', role: 'operator', personId: null } as const;
    const [a, b] = versions;
    await rebuilds.begin({ versions: [a, b].flatMap((one) => one ?? []), switching: 'whenEqual', startedBy: by });
    await pass(hour);
    expect(await underWay()).toEqual(['a whenEqual', 'b whenEqual']);
    await end('live');
    expect(await allVerified(records)).toEqual(new Map());
    await pass(hour);
    expect(await underWay()).toEqual(['c never']);
  });
});
