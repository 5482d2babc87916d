import { jest } from '@jest/globals';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { randomUUID } from 'node:crypto';
import type { CommandOutcome } from '#lib/engine/commands/call.js';
import type { ProcessManager } from '#lib/engine/model/process.js';
import type { EventStore, Position } from '#lib/engine/ports/event-store.js';
import { impatient } from '../adapters/kurrentdb/opened.js';
import { KurrentDouble } from '../doubles/kurrentdb/kurrent-double.js';
import { MongoDouble } from '../doubles/mongodb/mongo-double.js';
import { startTallies, type Tallies } from '../engine/tallies.js';
import { Add, Added, tallyProjection, totals, type TallyEvent } from '../engine/tally.js';
import { fold } from '../support/fold.js';
import { newPair, type Installation } from '../support/installations.js';
import { replaced } from './readers.js';
import { storedView, wholeLog } from './views.js';

jest.setTimeout(60_000);

const waits = { primary: 500, connect: 500, answer: 500, acknowledgement: 500, transaction: 1_500 };
const idle: ProcessManager<TallyEvent> = { name: totals.name, startAt: 'beginning', on: {} };

let kurrent: KurrentDouble;
let mongo: MongoDouble;
let installation: Installation;
let tallies: Tallies | null = null;
beforeEach(async () => {
  [kurrent, mongo] = await Promise.all([KurrentDouble.start(), MongoDouble.start()]);
  installation = newPair(kurrent, mongo, { limits: impatient, waits });
});
afterEach(async () => {
  await tallies?.stop();
  tallies = null;
  await Promise.all([kurrent.stop(), mongo.stop()]);
});

const start = async (options: Parameters<typeof startTallies>[1] = {}): Promise<Tallies> =>
  (tallies = await startTallies(installation, options));
const restart = async (...options: Parameters<typeof start>): Promise<Tallies> => {
  await tallies?.stop();
  return start(...options);
};

/** The way of a caller who sends a command again, with the same key, until it is answered for good. */
async function addAnyhow(running: Tallies, name: string, idempotencyKey: string): Promise<CommandOutcome> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const outcome = await running.execute(Add, { name, amount: 1 }, { idempotencyKey });
    if (outcome.kind !== 'unknown' && outcome.kind !== 'unavailable') return outcome;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} stays without an answer.`);
}

/** O1, O4: so many additions, each once, the view as a fold of the log has it, and the sum that the process has told. */
async function expectAll(running: Tallies, names: readonly string[]): Promise<void> {
  for (let head = ''; head !== (await running.stores.events.head());) {
    head = await running.stores.events.head();
    await running.checkpoint();
  }
  const log = await wholeLog(running.stores.events);
  const added = log.filter(({ type }) => type === Added.type).map(({ data }) => (data as { name: string }).name);
  expect(added.sort()).toEqual([...names].sort());
  const { documents } = await storedView(running.stores.views, tallyProjection);
  expect(documents).toEqual(fold(tallyProjection, log));
  expect(documents['group/red']).toMatchObject({ sum: names.length });
}

describe('on KurrentDB (double) + MongoDB (double)', () => {
  describe('§8.3 the answer of an append is lost on its way', () => {
    it.each(['silence', 'disconnect', 'timeout'] as const)(
      'by %s: one set of events, and the answer is the first one’s, also of a process that was started since',
      async (loss) => {
        const first = await start({ process: idle });
        kurrent.faults.loseNextAppendAnswer(loss);
        const once = { idempotencyKey: 'once' };
        const done = await first.execute(Add, { name: 'a', amount: 3 }, once);
        expect(done).toMatchObject({ kind: 'done', revision: 0, answer: { amounts: [3] } });
        expect(await first.execute(Add, { name: 'a', amount: 3 }, once)).toEqual(done);
        for (let sent = 0; sent < 5; sent += 1) kurrent.faults.loseNextAppendAnswer(loss);
        const twice = { idempotencyKey: 'twice' };
        expect(await first.execute(Add, { name: 'a', amount: 4 }, twice)).toEqual({ kind: 'unknown' });
        await kurrent.faults.heal();

        const second = await restart({ process: idle });
        expect(await second.execute(Add, { name: 'a', amount: 3 }, once)).toEqual(done);
        expect(await second.execute(Add, { name: 'a', amount: 4 }, twice)).toMatchObject({ kind: 'done', revision: 1 });
        const log = await wholeLog(second.stores.events);
        expect(log.map(({ data }) => data)).toMatchObject([{ total: 3 }, { total: 7 }]);
      },
    );
  });

  describe('§8.5 the server says that it has caught up, and a checkpoint, before the events that these include', () => {
    it('then a restart: views and processes have lost nothing', async () => {
      // Nobody misses the events that are held, and reads them.
      installation = newPair(kurrent, mongo, { limits: { ...impatient, silenceMs: 60_000 }, waits });
      const first = await start();
      await addAnyhow(first, 'red_a', 'first');
      await expectAll(first, ['red_a']);
      kurrent.faults.holdEvents();
      const added = ['red_b', 'red_c'].map((name) => addAnyhow(first, name, name));
      const end = kurrent.log.events.length;
      await kurrent.log.untilWritten(`${kurrent.log.events.at(-1)?.stream.split('_')[0]}_tally-red_c`, 1);
      expect(kurrent.log.events.length).toBeGreaterThan(end);
      const commit = kurrent.log.events.at(-1)?.position ?? 0n;
      await kurrent.faults.sendCheckpoint({ commit, prepare: commit });
      await kurrent.faults.sendCaughtUp();
      const outcomes = await Promise.all(added);
      expect(outcomes).toMatchObject([
        { kind: 'done', settled: false },
        { kind: 'done', settled: false },
      ]);
      const { position } = outcomes[0] as { readonly position: Position };
      const reached = [first.visible.of(tallyProjection.name), first.progress.passed(totals.name)];
      expect(reached.map((mark) => mark.hasReached(position))).toEqual([false, false]);
      await first.stop();
      tallies = null;

      kurrent.faults.delivery.held = false;
      await expectAll(await start(), ['red_a', 'red_b', 'red_c']);
    });
  });

  describe('§8.8 views and processes go on by themselves from where they are, and so do commands', () => {
    const away = async (fail: () => void, mend: () => void): Promise<void> => {
      fail();
      setTimeout(mend, 200);
    };
    const logFaults: readonly (readonly [string, () => Promise<void>])[] = [
      ['subscriptions end without a word', async () => kurrent.faults.endSubscriptions()],
      ['subscriptions fail', async () => kurrent.faults.failSubscriptions()],
      ['KurrentDB restarts', () => kurrent.restart()],
      [
        'KurrentDB is frozen for a while',
        () =>
          away(
            () => kurrent.faults.freeze(),
            () => kurrent.faults.thaw(),
          ),
      ],
    ];
    const viewFaults: typeof logFaults = [
      ['MongoDB restarts', () => mongo.restart()],
      [
        'MongoDB is frozen for a while',
        () =>
          away(
            () => mongo.faults.freeze(),
            () => mongo.faults.thaw(),
          ),
      ],
      [
        'MongoDB has no primary for a while',
        () =>
          away(
            () => mongo.faults.stepDown(),
            () => mongo.faults.stepUp(),
          ),
      ],
      ['both restart', async () => void (await Promise.all([kurrent.restart(), mongo.restart()]))],
    ];

    /** Adds to two tallies while something happens, three times; the positions of the events that the process was given. */
    async function addMeanwhile(happen: () => Promise<void>): Promise<readonly Position[]> {
      const given: Position[] = [];
      const through = (store: EventStore): EventStore =>
        replaced(store, {
          async *follow(after, signal, types) {
            for await (const page of store.follow(after, signal, types)) {
              if (types) given.push(...page.events.map(({ position }) => position));
              yield page;
            }
          },
        });
      const running = await start({ through });
      const names: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        const adding = ['red_a', 'red_b'].map(async (name, index) => {
          names.push(name);
          expect(await addAnyhow(running, name, `${round} ${index}`)).toMatchObject({ kind: 'done' });
        });
        await happen();
        await Promise.all(adding);
        await expectAll(running, names);
      }
      return given;
    }
    const additions = async (): Promise<readonly Position[]> => {
      const log = tallies ? await wholeLog(tallies.stores.events) : [];
      return log.filter(({ type }) => type === Added.type).map(({ position }) => position);
    };

    it.each(logFaults)('%s: each event is given once, in order', async (_what, happen) => {
      const given = await addMeanwhile(happen);
      expect(given).toEqual(await additions());
    });

    it.each(viewFaults)(
      '%s: no event is left out, and none has another effect when it is given again',
      async (_what, happen) => {
        const given = await addMeanwhile(happen);
        expect([...new Set(given)].sort()).toEqual(await additions());
      },
    );

    it('an append that fails leaves those who follow the log where they are', async () => {
      // Nobody takes silence for a fault, and follows anew.
      installation = newPair(kurrent, mongo, { limits: { ...impatient, silenceMs: 60_000 }, waits });
      const running = await start();
      await addAnyhow(running, 'red_a', 'first');
      await expectAll(running, ['red_a']);
      const followers = [...kurrent.faults.subscriptions];
      for (const refusal of ['not-leader', 'not-ready', 'too-busy', 'no-leader-known'] as const) {
        kurrent.faults.refuseNextAppend(refusal);
        await addAnyhow(running, 'red_a', refusal);
      }
      await expectAll(
        running,
        Array.from({ length: 5 }, () => 'red_a'),
      );
      expect([...kurrent.faults.subscriptions]).toEqual(expect.arrayContaining(followers));
    });
  });

  describe('§8.9 a store with thousands of events of others and none of ours', () => {
    /** Somebody else's events in the same store. */
    async function foreignEvents(count: number): Promise<Position> {
      const client = KurrentDBClient.connectionString(kurrent.url);
      const events = Array.from({ length: count }, () => ({
        id: randomUUID(),
        type: 'Foreign',
        contentType: 'application/json' as const,
        data: {},
        metadata: {},
      }));
      const { position } = await client.appendToStream(`other-${randomUUID()}`, events, { streamState: 'no_stream' });
      await client.dispose();
      return [position?.commit, position?.prepare].map((part) => String(part).padStart(20, '0')).join('');
    }

    it('is ready at once; checkpoints move on when nothing happens, and what they passed is not read again', async () => {
      await foreignEvents(5_000);
      const first = await start();
      expect(await first.checkpoint()).toMatchObject({ seen: 0, applied: 0, count: 0, digest: '0'.repeat(64) });
      const end = `${first.stores.events.logId}.${await foreignEvents(5_000)}`;
      expect(await first.visible.of(tallyProjection.name).reach(end, 5_000)).toBe(true);
      expect(await first.progress.passed(totals.name).reach(end, 5_000)).toBe(true);

      const begun: (Position | null)[] = [];
      const through = (store: EventStore): EventStore =>
        replaced(store, {
          follow(after, signal, types) {
            begun.push(after);
            return store.follow(after, signal, types);
          },
        });
      const before = kurrent.read;
      const second = await restart({ through });
      expect(await second.checkpoint()).toMatchObject({ position: end, seen: 0, applied: 0 });
      expect(begun).toEqual([end]);
      expect(kurrent.read - before).toBeLessThan(3_000);
      await addAnyhow(second, 'red_a', 'first');
      await expectAll(second, ['red_a']);
    });
  });
});
