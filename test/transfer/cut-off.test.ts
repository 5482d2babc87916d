import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SqliteFolder } from '#lib/adapters/sqlite/open.js';
import { OutcomeUnknownError, type EventStore } from '#lib/engine/ports/event-store.js';
import { requireWholeImport } from '#lib/engine/transfer/import-mark.js';
import { FaultLine } from '../faults/fault-line.js';
import { replaced } from '../faults/readers.js';
import { added } from '../faults/views.js';
import { runSource } from '../support/from-source.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { contentOf, exported, filledFolder, imported } from './copies.js';

let text: string;
let expected: Awaited<ReturnType<typeof contentOf>>;
beforeAll(async () => {
  const source = await filledFolder(4);
  text = await exported(source);
  expected = await contentOf(source);
  await source.close();
});

async function onFolder<T>(path: string, act: (folder: SqliteFolder) => Promise<T>): Promise<T> {
  const folder = await openTestFolder(path);
  try {
    return await act(folder);
  } finally {
    await folder.close();
  }
}

describe('an import that was cut off', () => {
  it.each(['before', 'after'] as const)(
    '%s any call of the log or the records, and run again: the same copy',
    async (when) => {
      for (let at = 1, isReached = true; isReached; at += 1) {
        const line = new FaultLine({ at, when, fatal: false });
        await onFolder(newFolder(), async (folder) => {
          const failing = { events: line.through(folder.events), records: line.through(folder.records) };
          const first = await imported(text, failing).then(
            () => 'done',
            (error: unknown) => String(error),
          );
          isReached = line.calls >= at;
          expect([at, first]).toEqual([at, isReached ? expect.stringMatching(`call ${at}`) : 'done']);
          await imported(text, folder);
          expect(await contentOf(folder)).toEqual(expected);
          await requireWholeImport(folder.records);
        });
        if (!isReached) expect(at).toBeGreaterThan(25);
      }
    },
    150_000,
  );

  it('by kill -9, again and again, goes on each time from where it was', async () => {
    const source = await filledFolder(700);
    const file = join(newFolder(), 'export');
    writeFileSync(file, await exported(source));
    const whole = await contentOf(source);
    await source.close();

    const target = newFolder();
    const reached: number[] = [];
    for (let code: number | null = null; code === null;) {
      const child = runSource('transfer/importing-process.ts', file, target);
      const exited = once(child, 'exit');
      const lines: string[] = [];
      if (!child.stdout) throw new Error('The process has no output.');
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line);
        if (lines.length > 800) child.kill('SIGKILL');
      }
      [code] = (await exited) as [number | null];
      reached.push(await onFolder(target, async (folder) => (await contentOf(folder)).events.length));
    }
    expect(reached.length).toBeGreaterThan(2);
    expect(reached).toEqual([...reached].sort((a, b) => a - b));
    expect(await onFolder(target, contentOf)).toEqual(whole);
  }, 120_000);

  it('does not know what became of an append, and sends the same again', async () => {
    await onFolder(newFolder(), async ({ events, records }) => {
      let sent = 0;
      const losing: EventStore = replaced(events, {
        async append(...append) {
          const result = await events.append(...append);
          sent += 1;
          if (sent % 3 === 0) throw new OutcomeUnknownError('lost');
          return result;
        },
      });
      await imported(text, { events: losing, records });
      // Twelve commands, each sent once or twice.
      expect(sent).toBe(17);
      expect(await contentOf({ events, records })).toEqual(expected);
    });
  });
});

describe('a target that somebody else changed after an import was cut off', () => {
  /** Cut off when so many events were appended. */
  async function partly(folder: SqliteFolder, appends: number): Promise<void> {
    let left = appends;
    const events = replaced(folder.events, {
      append(...append) {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('cut off')) : folder.events.append(...append);
      },
    });
    await expect(imported(text, { events, records: folder.records })).rejects.toThrow('cut off');
  }
  const refused = async (folder: SqliteFolder, reason: RegExp) => {
    const before = await contentOf(folder);
    await expect(imported(text, folder)).rejects.toThrow(reason);
    expect(await contentOf(folder)).toEqual(before);
  };

  it('by an event of another stream, is refused with the event', () =>
    onFolder(newFolder(), async (folder) => {
      await partly(folder, 7);
      await folder.events.append('tally-other', 'none', added('other', 0, 1));
      await refused(folder, /Where tally-.@\d+ of the export must be, the target's log holds tally-other@0/);
    }));

  it('by an event beyond the last one, is refused at the end', () =>
    onFolder(newFolder(), async (folder) => {
      await imported(text, folder);
      const mark = await folder.records.get('transfer', 'import');
      const value = { ...mark?.value, isDone: false };
      await folder.records.transact([{ table: 'transfer', key: 'import', expect: 'any', value }]);
      await folder.events.append('tally-other', 'none', added('other', 0, 1));
      await refused(folder, /log holds more than the export/);
    }));

  it('by an event where the next must come, is refused while it writes', () =>
    onFolder(newFolder(), async (folder) => {
      let appends = 0;
      const events = replaced(folder.events, {
        async append(...append) {
          appends += 1;
          if (appends === 10) await folder.events.append(append[0], append[1], added('other', 0, 1));
          return folder.events.append(...append);
        },
      });
      const reason = /tally-\d@\d+ cannot be written, since that stream is at revision \d+: somebody else writes/;
      await expect(imported(text, { events, records: folder.records })).rejects.toThrow(reason);
    }));

  it('by an event of another stream while it writes, is refused at the end', () =>
    onFolder(newFolder(), async (folder) => {
      let appends = 0;
      const events = replaced(folder.events, {
        async append(...append) {
          const result = await folder.events.append(...append);
          appends += 1;
          if (appends === 12) await folder.events.append('tally-other', 'none', added('other', 0, 1));
          return result;
        },
      });
      await expect(imported(text, { events, records: folder.records })).rejects.toThrow(/holds more than the export/);
      await expect(requireWholeImport(folder.records)).rejects.toThrow('has not ended');
    }));

  it('in a record, is refused with the record; by one that is gone though events are there, as well', () =>
    onFolder(newFolder(), async (folder) => {
      await partly(folder, 5);
      const other = { table: 'timers', key: 't3', expect: 'any', value: { n: 'other' } } as const;
      await folder.records.transact([other]);
      await refused(folder, /holds another record timers\/t3/);
      await folder.records.transact([{ ...other, value: null }]);
      await refused(folder, /log holds events of something else/);
    }));

  it('by the beginning of another import, names the one to go on with', () =>
    onFolder(newFolder(), async (folder) => {
      await partly(folder, 5);
      const other = text.replace(/"id":"[^"]+"/, '"id":"00000000-0000-4000-8000-000000000000"');
      expect(other).not.toBe(text);
      const source = await filledFolder(2);
      const another = await exported(source);
      await source.close();
      await expect(imported(another, folder)).rejects.toThrow(
        'Another import was begun here and has not ended, that of the export of 2026-03-01T12:00:00.000Z. Run `seatledger import`',
      );
    }));
});
