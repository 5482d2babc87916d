import { join } from 'node:path';
import { Database, DiskFailedError } from '#lib/adapters/sqlite/database.js';
import { open } from '#lib/adapters/sqlite/data-file.js';
import { LogWriter } from '#lib/adapters/sqlite/log-writer.js';
import {
  addFields,
  encodeOutcomes,
  toLines,
  type Append,
  type FromWriter,
  type ToWriter,
} from '#lib/adapters/sqlite/protocol.js';
import { eventsFile, recordsFile } from '#lib/adapters/sqlite/schema.js';
import { StoreUnavailableError, type StoredEvent } from '#lib/engine/ports/event-store.js';
import { newEvent, newEvents } from '../../contract/events.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

/** The writer on this thread, with its answers. */
async function writerOf(change: (files: { events: Database; records: Database }) => void = () => undefined) {
  const folder = newFolder();
  await (await openTestFolder(folder)).close();
  const files = { events: open(folder, eventsFile, 'write'), records: open(folder, recordsFile, 'write') };
  change(files);
  const answers: FromWriter[] = [];
  const writer = new LogWriter(
    files,
    (message) => answers.push(message),
    () => undefined,
  );
  return { writer, answers: () => answers.splice(0), ...files };
}

const row = (id: string, bytes = 10) => {
  return { id, type: 'T', v: 1, recordedAt: '2026', data: JSON.stringify('x'.repeat(bytes)), meta: '{}' };
};
function appending(...appends: readonly Append[]): ToWriter {
  const fields: (string | number)[] = [];
  for (const append of appends) addFields(append, fields);
  return { kind: 'append', lines: toLines(fields) };
}
const create = (stream: string, bytes?: number): Append => ({ stream, expected: -1, rows: [row(stream, bytes)] });
const transact = (key: string, length = 10): ToWriter => {
  const value = JSON.stringify('x'.repeat(length));
  return { kind: 'transact', changes: [{ table: 't', key, expect: 'none', value, sort: null }] };
};
const count = (db: Database, table: string) => db.sql(`SELECT count(*) FROM ${table}`).get()?.[0];

describe('The SQLite writer', () => {
  it('answers everything that waits after one transaction, appends and transactions each in order', async () => {
    const { writer, answers } = await writerOf();
    answers();
    writer.write([appending(create('a'), create('b')), transact('k'), appending(create('a')), transact('k')]);
    const place = (n: number) => String(n).padStart(20, '0');
    expect(answers()).toEqual([
      {
        kind: 'appended',
        lines: encodeOutcomes([
          { as: 'appended', revision: 0, place: place(1) },
          { as: 'appended', revision: 0, place: place(2) },
          { as: 'repeated', revision: 0, place: place(1) },
        ]),
      },
      { kind: 'transacted', outcomes: [-1, 0] },
    ]);
    writer.close();
  });

  it('refuses all that waits when the disk is full, and goes on writing when there is space', async () => {
    const { writer, answers, events, records } = await writerOf();
    const limit = (pages: number) => [events, records].forEach((db) => db.exec(`PRAGMA max_page_count = ${pages}`));
    writer.write([appending(create('before'))]);
    limit(20);
    answers();
    writer.write([appending(create('small'), create('large', 500_000)), transact('large', 500_000)]);
    expect(answers()).toEqual([
      { kind: 'full', of: 'appends', count: 2, reason: `There is no space left for ${events.file}.` },
      { kind: 'full', of: 'transactions', count: 1, reason: `There is no space left for ${records.file}.` },
    ]);
    expect([count(events, 'events'), count(records, 'records')]).toEqual([1, 0]);
    limit(10_000);
    writer.write([appending(create('small'), create('large', 500_000)), transact('large', 500_000)]);
    expect(answers()).toMatchObject([
      {
        kind: 'appended',
        lines: encodeOutcomes([2, 3].map((n) => ({ as: 'appended', revision: 0, place: String(n).padStart(20, '0') }))),
      },
      { kind: 'transacted', outcomes: [-1] },
    ]);
    writer.close();
  });

  it.each(['events', 'records'] as const)(
    'says once that it is dead when a commit of the %s fails on the disk, and answers nothing more',
    async (which) => {
      const { writer, answers } = await writerOf((files) => {
        const db = files[which];
        const exec = db.exec.bind(db);
        db.exec = (sql) => {
          if (sql === 'COMMIT') throw new DiskFailedError('Writing failed: SQLITE_IOERR_FSYNC.');
          exec(sql);
        };
      });
      answers();
      const work: ToWriter[] = which === 'events' ? [appending(create('a')), transact('k')] : [transact('k')];
      writer.write(work);
      writer.write([appending(create('b')), transact('l')]);
      expect(answers()).toEqual([{ kind: 'fatal', reason: 'Writing failed: SQLITE_IOERR_FSYNC.', corrupt: false }]);
      writer.close();
      expect(answers()).toEqual([]);
    },
  );

  it('keeps positions above 2^53 exact, on every way out', async () => {
    const folder = newFolder();
    await (await openTestFolder(folder)).close();
    const db = new Database(join(folder, 'events.db'), 'write');
    // The log's first event takes the place after this one.
    db.exec(`INSERT INTO streams VALUES (1, 'thing-a')`);
    db.close();
    const at = (n: bigint) => String(n).padStart(20, '0');
    const base = 2n ** 53n;
    const first = await openTestFolder(folder);
    await first.events.append('thing-a', 'none', newEvents('e', 1));
    await first.close();
    const shifted = new Database(join(folder, 'events.db'), 'write');
    shifted.exec(`UPDATE events SET position = ${base}; UPDATE sqlite_sequence SET seq = ${base};`);
    shifted.close();
    for (let round = 0; round < 2; round += 1) {
      const { events, close } = await openTestFolder(folder);
      const offset = BigInt(round * 5);
      for (let n = 1n; n <= 5n; n += 1n) {
        const result = await events.append('thing-a', Number(offset + n) - 1, [newEvent(`r${round}-${n}`)]);
        expect(result).toMatchObject({ position: `${events.logId}.${at(base + offset + n)}` });
      }
      expect(await events.head()).toBe(`${events.logId}.${at(base + offset + 5n)}`);
      const positions = async (after: string | null) => {
        const found: StoredEvent[] = [];
        const stop = new AbortController();
        for await (const page of events.follow(after, stop.signal)) {
          found.push(...page.events);
          if (page.atHead) stop.abort();
        }
        return found.map(({ position }) => position);
      };
      const all = Array.from({ length: Number(offset) + 6 }, (_, n) => `${events.logId}.${at(base + BigInt(n))}`);
      expect(await positions(null)).toEqual(all);
      expect(await positions(all[1] ?? '')).toEqual(all.slice(2));
      await close();
    }
  });

  it('takes a bounded number of appends and bytes, refuses more at once, and takes more when it has caught up', async () => {
    const folder = newFolder();
    const { events, close } = await openTestFolder(folder, { queue: { count: 100, bytes: 1_000_000 } });
    const burst = (prefix: string, size: number, bytes = 10) =>
      Promise.allSettled(
        Array.from({ length: size }, (_, n) =>
          events.append(`thing-${prefix}${n}`, 'none', [newEvent(`${prefix}${n}`, { text: 'x'.repeat(bytes) })]),
        ),
      );
    const refused = (results: PromiseSettledResult<unknown>[]) => {
      const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(reasons.every((reason) => reason instanceof StoreUnavailableError)).toBe(true);
      return reasons.length;
    };
    expect(refused(await burst('a', 5_000))).toBe(4_900);
    expect(refused(await burst('b', 100))).toBe(0);
    expect(refused(await burst('c', 10, 200_000))).toBe(6);
    expect(refused(await burst('d', 1, 5_000_000))).toBe(0);
    expect(refused(await burst('e', 100))).toBe(0);
    await close();
  });
});
