import { cpSync } from 'node:fs';
import { issue, type AnyProcessManager, type ProcessManager } from '#lib/engine/model/process.js';
import type { Call } from '#lib/engine/commands/call.js';
import { counter } from '../engine/tallies.js';
import { Add, NoteTotal, totals, type TallyEvent } from '../engine/tally.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { FaultLine } from './fault-line.js';
import { startProcessing } from './processing.js';
import { added } from './views.js';

type Processing = Awaited<ReturnType<typeof startProcessing>>;
let running: Processing | null = null;
const start = async (...args: Parameters<typeof startProcessing>) => (running = await startProcessing(...args));
const stop = async (): Promise<void> => {
  await running?.stop();
  running = null;
};
afterEach(stop);

/** Two tallies of one group, two additions each, in turns. */
async function folderWithNews(): Promise<string> {
  const path = newFolder();
  const folder = await openTestFolder(path);
  for (let n = 0; n < 2; n += 1) {
    for (const name of ['red_a', 'red_b']) {
      await folder.events.append(`tally-${name}`, n === 0 ? 'none' : n - 1, added(name, n * 5, 5));
    }
  }
  await folder.close();
  return path;
}
const note = (name: string, n: number) => ({ group: 'red', name, total: (n + 1) * 5, sourceRevision: n });
/** Each piece of news once, those of one tally in order. */
const noted = [0, 1].flatMap((n) => [note('red_a', n), note('red_b', n)]);
const inOrderOf = (name: string, events: readonly unknown[]) =>
  events.filter((data) => (data as { name: string }).name === name);

async function expectOneEffect({ events, rows }: Processing): Promise<void> {
  const found = await events('group-red');
  expect(found).toHaveLength(noted.length);
  for (const name of ['red_a', 'red_b']) expect(inOrderOf(name, found)).toEqual(inOrderOf(name, noted));
  const timers = (await rows('timers')).map(({ key, sort }) => [key, sort]);
  expect(timers).toEqual([
    ['totals/red_a', '2026-03-01T12:01:00.000Z'],
    ['totals/red_b', '2026-03-01T12:01:00.000Z'],
  ]);
}

const asSystem: Call = {
  ...counter,
  actor: { kind: 'system', id: 'test', role: 'system', personId: null },
  caller: { installation: true },
};

describe('§8.12 a process sees events again', () => {
  it('its checkpoint set back to the beginning: one effect, the same timers', async () => {
    const path = await folderWithNews();
    const first = await start(path, { process: totals });
    await first.settled();
    await expectOneEffect(first);
    const value = { position: `${first.folder.events.logId}.${'0'.repeat(20)}` };
    await stop();
    for (let again = 0; again < 2; again += 1) {
      const folder = await openTestFolder(path);
      await folder.records.transact([{ table: 'processes', key: totals.name, expect: 'any', value }]);
      await folder.close();
      const processing = await start(path, { process: totals });
      await processing.settled();
      await expectOneEffect(processing);
      await stop();
    }
  });

  it('under another command ID, late and out of order: the newest news holds (idempotent by state)', async () => {
    const processing = await start(await folderWithNews(), { process: totals });
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
      const template = await folderWithNews();
      for (let at = 1, isReached = true; isReached; at += 1) {
        const path = newFolder();
        cpSync(template, path, { recursive: true });
        const line = new FaultLine({ at, when, fatal: true });
        const failing = await start(path, {
          process: totals,
          store: (store) => line.through(store),
          records: (records) => line.through(records),
        });
        await Promise.race([failing.settled(), line.reached]);
        isReached = line.calls >= at;
        await failing.stop(line.reached);
        const processing = await start(path, { process: totals });
        await processing.settled();
        await expectOneEffect(processing);
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
    const path = await folderWithNews();
    for (let times = 0; times < 2; times += 1) {
      const processing = await start(path, { process: refused });
      await processing.settled();
      const rows = await processing.rows('processRefusals');
      expect(rows).toHaveLength(noted.length);
      expect(rows.map(({ value }) => value)).toContainEqual({
        process: 'totals',
        event: 'tally-red_a@1',
        command: 'Add',
        outcome: { kind: 'rejected', refusals: [{ code: 'NEGATIVE', detail: 'Only up.', pointer: '/amount' }] },
      });
      const value = { position: `${processing.folder.events.logId}.${'0'.repeat(20)}` };
      await stop();
      const folder = await openTestFolder(path);
      await folder.records.transact([{ table: 'processes', key: totals.name, expect: 'any', value }]);
      await folder.close();
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
    const path = await folderWithNews();
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
      const processing = await start(path, { process: broken });
      await processing.settled();
      const found = await processing.events('group-red');
      expect(inOrderOf('red_a', found)).toEqual([]);
      expect(inOrderOf('red_b', found)).toEqual(inOrderOf('red_b', noted));
      expect((await processing.rows('processParked')).map(({ value }) => value)).toEqual([parked]);
      await stop();
    }
    const mended = await start(path, { process: totals });
    await mended.settled();
    await expectOneEffect(mended);
    expect(await mended.rows('processParked')).toEqual([]);
  });
});
