import { issue, type AnyProcessManager, type ProcessManager } from '#lib/engine/model/process.js';
import type { Call } from '#lib/engine/commands/call.js';
import { FencedError } from '#lib/engine/ports/leases.js';
import { counter } from '../engine/tallies.js';
import { Add, NoteTotal, totals, type TallyEvent } from '../engine/tally.js';
import { onAllStores, type Installation, type OpenStores } from '../support/installations.js';
import { beginningOf } from '../support/positions.js';
import { FaultLine } from './fault-line.js';
import { startProcessing } from './processing.js';
import { replaced } from './readers.js';
import { added } from './views.js';

type Processing = Awaited<ReturnType<typeof startProcessing>>;

/** Two tallies of one group, two additions each, in turns. */
async function appendNews({ events }: OpenStores, group = 'red'): Promise<void> {
  for (let n = 0; n < 2; n += 1) {
    for (const name of [`${group}_a`, `${group}_b`]) {
      await events.append(`tally-${name}`, n === 0 ? 'none' : n - 1, added(name, n * 5, 5));
    }
  }
}
const note = (name: string, n: number) => ({
  group: name.split('_')[0],
  name,
  total: (n + 1) * 5,
  sourceRevision: n,
});
/** Each piece of news once, those of one tally in order. */
const notesOf = (group: string) => [0, 1].flatMap((n) => [note(`${group}_a`, n), note(`${group}_b`, n)]);
const noted = notesOf('red');
const inOrderOf = (name: string, events: readonly unknown[]) =>
  events.filter((data) => (data as { name: string }).name === name);

async function expectOneEffect({ events, rows }: Processing, group = 'red'): Promise<void> {
  const [found, expected] = [await events(`group-${group}`), notesOf(group)];
  expect(found).toHaveLength(expected.length);
  const names = [`${group}_a`, `${group}_b`];
  for (const name of names) expect(inOrderOf(name, found)).toEqual(inOrderOf(name, expected));
  const timers = (await rows('timers')).filter(({ key }) => names.includes(key.replace('totals/', '')));
  expect(timers.map(({ key, sort }) => [key, sort])).toEqual(
    names.map((name) => [`totals/${name}`, '2026-03-01T12:01:00.000Z']),
  );
}

/** As the records of an older backup have it. */
async function setBack({ events, records }: OpenStores): Promise<void> {
  const value = { position: beginningOf(await events.head()) };
  await records.transact([{ table: 'processes', key: totals.name, expect: 'any', value }]);
}

const asSystem: Call = {
  ...counter,
  actor: { kind: 'system', id: 'test', role: 'system', personId: null },
  caller: { installation: true },
};

onAllStores((newInstallation) => {
  let running: Processing | null = null;
  let stores: OpenStores;
  let installation: Installation;
  const start = async (options: Parameters<typeof startProcessing>[1]): Promise<Processing> =>
    (running = await startProcessing(stores, options));
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = null;
  };
  beforeEach(async () => {
    installation = newInstallation();
    stores = await installation.open();
  });
  afterEach(async () => {
    await stop();
    await stores.close();
  });
  /** Ends what runs; what is started next is another process. */
  const restart = async (): Promise<void> => {
    await stop();
    await stores.close();
    stores = await installation.open();
  };

  describe('§8.12 a process sees events again', () => {
    it('its checkpoint set back to the beginning: one effect, the same timers', async () => {
      await appendNews(stores);
      for (let times = 0; times < 3; times += 1) {
        const processing = await start({ process: totals });
        await processing.settled();
        await expectOneEffect(processing);
        await restart();
        await setBack(stores);
      }
    });

    it('under another command ID, late and out of order: the newest news holds (idempotent by state)', async () => {
      await appendNews(stores);
      const processing = await start({ process: totals });
      await processing.settled();
      const late = [note('red_a', 1), note('red_a', 0), note('red_b', 0)];
      for (const input of late) {
        const outcome = await processing.execute(Object.assign(new NoteTotal(), input), asSystem);
        expect(outcome).toMatchObject({ kind: 'done', revision: noted.length - 1 });
      }
      await expectOneEffect(processing);
    });

    it.each(['before', 'after'] as const)(
      'a crash %s each call of the log or the records, then a restart: one effect',
      async (when) => {
        for (let at = 1, isReached = true; isReached; at += 1) {
          const group = `g${at}`;
          await appendNews(stores, group);
          const line = new FaultLine({ at, when, fatal: true });
          const failing = await start({
            process: totals,
            store: (store) => line.through(store),
            records: (records) => line.through(records),
          });
          await Promise.race([failing.settled(), line.reached]);
          isReached = line.calls >= at;
          await failing.stop(line.reached);
          const processing = await start({ process: totals });
          await processing.settled();
          await expectOneEffect(processing, group);
          await stop();
          if (!isReached) expect(at).toBeGreaterThan(8);
        }
      },
      60_000,
    );
  });

  describe('§8.12 what a process asks for is refused', () => {
    it('the refusal is recorded once, and the process goes on', async () => {
      const refused: ProcessManager<TallyEvent> = {
        ...totals,
        on: {
          Added: ({ data: { name, amount } }) => (amount === 5 ? [issue(Add, { name: `${name}2`, amount: -1 })] : []),
        },
      };
      await appendNews(stores);
      for (let times = 0; times < 2; times += 1) {
        const processing = await start({ process: refused });
        await processing.settled();
        const rows = await processing.rows('processRefusals');
        expect(rows).toHaveLength(noted.length);
        expect(rows.map(({ value }) => value)).toContainEqual({
          process: 'totals',
          event: 'tally-red_a@1',
          command: 'Add',
          outcome: { kind: 'rejected', refusals: [{ code: 'NEGATIVE', detail: 'Only up.', pointer: '/amount' }] },
        });
        await restart();
        await setBack(stores);
      }
    });
  });

  describe('§8.12 a process throws', () => {
    it('the stream of the event waits in order, others go on; at the next start, mended, it is done', async () => {
      const broken: AnyProcessManager = {
        ...totals,
        on: {
          Added(event: Parameters<NonNullable<typeof totals.on.Added>>[0]) {
            if (event.stream === 'tally-red_a' && event.revision === 0) throw new TypeError('not mended yet');
            return totals.on.Added?.(event) ?? [];
          },
        },
      };
      await appendNews(stores);
      const parked = {
        process: 'totals',
        stream: 'tally-red_a',
        first: 0,
        last: 1,
        error: 'TypeError: not mended yet',
        since: '2026-03-01T12:00:00.000Z',
      };
      // The second time it is tried at the start, and fails again.
      for (let times = 0; times < 2; times += 1) {
        const processing = await start({ process: broken });
        await processing.settled();
        const found = await processing.events('group-red');
        expect(inOrderOf('red_a', found)).toEqual([]);
        expect(inOrderOf('red_b', found)).toEqual(inOrderOf('red_b', noted));
        expect((await processing.rows('processParked')).map(({ value }) => value)).toEqual([parked]);
        await restart();
      }
      const mended = await start({ process: totals });
      await mended.settled();
      await expectOneEffect(mended);
      expect(await mended.rows('processParked')).toEqual([]);
    });
  });

  describe('§8.12 two run the same process', () => {
    it('one effect, and the one that has not noticed stops when it saves', async () => {
      await appendNews(stores);
      let goOn: () => void = () => undefined;
      const woken = new Promise<void>((resolve) => (goOn = resolve));
      let saves = 0;
      const sleeper = await start({
        process: totals,
        records: (records) =>
          replaced(records, {
            transact: async (changes) => {
              if ((saves += 1) === 1) await woken;
              return records.transact(changes);
            },
          }),
      });
      const other = await startProcessing(stores, { process: totals });
      await other.settled();
      const before = await other.rows('processes');
      goOn();
      await expect(sleeper.ended).rejects.toBeInstanceOf(FencedError);
      expect(await other.rows('processes')).toEqual(before);
      await expectOneEffect(other);
      await other.stop();
    });
  });
});
