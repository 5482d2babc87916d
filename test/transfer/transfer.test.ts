import { jest } from '@jest/globals';
import { logTimesTable } from '#lib/engine/history/log-times.js';
import { decisionsChange, decisionsOf } from '#lib/engine/parking/decisions.js';
import { verifiedTable } from '#lib/engine/rebuilding/tables.js';
import { openExport } from '#lib/engine/transfer/export-file.js';
import { checkExport, importLog } from '#lib/engine/transfer/import-log.js';
import { requireWholeImport } from '#lib/engine/transfer/import-mark.js';
import type { SqliteFolder } from '#lib/adapters/sqlite/open.js';
import { replaced } from '../faults/readers.js';
import { added } from '../faults/views.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { contentOf, exported, filledFolder, imported, inPieces, never, schema } from './copies.js';

// Opening a folder compiles the source of its writer.
jest.setTimeout(30_000);

const opened: SqliteFolder[] = [];
const keep = (folder: SqliteFolder): SqliteFolder => {
  opened.push(folder);
  return folder;
};
const emptyFolder = async () => keep(await openTestFolder(newFolder()));
afterEach(async () => {
  for (const folder of opened.splice(0)) await folder.close();
});

describe('§8.18 export and import', () => {
  it('give a copy: the same order, streams, revisions, IDs, envelopes and records, places as those of the same events', async () => {
    const source = keep(await filledFolder());
    const target = await emptyFolder();
    const text = await exported(source);
    const expected = await contentOf(source);
    expect(await imported(text, target)).toEqual({
      outcome: 'imported',
      events: expected.events.length,
      records: expected.records.length,
    });
    expect(await contentOf(target)).toEqual(expected);
    expect(target.events.logId).not.toBe(source.events.logId);
    expect(JSON.stringify(await contentOf(target))).not.toContain(source.events.logId);
    expect(expected.records).toContainEqual({
      table: 'processes',
      key: 'totals',
      sort: 'totals',
      value: { position: { $ordinal: expected.events.length }, appended: { $ordinal: 7 } },
    });
    await requireWholeImport(target.records);
  });

  it('and back again, to a third: the file’s lines differ in nothing but the header and the checks', async () => {
    const source = keep(await filledFolder());
    const [second, third] = [await emptyFolder(), await emptyFolder()];
    const text = await exported(source);
    await imported(text, second);
    const back = await exported(second);
    await imported(back, third);
    const lines = (file: string) => file.split('\n').filter((line) => /^\{"kind":"(record|event)"/.test(line));
    expect(lines(back)).toEqual(lines(text));
    expect(await contentOf(third)).toEqual(await contentOf(source));
  });

  it('of stores that hold nothing are a file too, and a place before every event stays one', async () => {
    const [source, target] = [await emptyFolder(), await emptyFolder()];
    const position = await source.events.head();
    await source.records.transact([{ table: 'processes', key: 'p', expect: 'none', value: { position } }]);
    expect(await imported(await exported(source), target)).toEqual({ outcome: 'imported', events: 0, records: 1 });
    expect((await target.records.get('processes', 'p'))?.value).toEqual({ position: await target.events.head() });
  });

  it('R93 bring along which events views leave out', async () => {
    const [source, target] = [keep(await filledFolder()), await emptyFolder()];
    const by = { kind: 'key', id: 'key-1', role: 'operator', personId: null } as const;
    const skip = { event: 'tally-a@1', reason: 'A fault of March.', by, at: '2026-03-01T12:00:00.000Z' };
    const none = await decisionsOf(source.records, 'tallies');
    await source.records.transact([decisionsChange('tallies', none, { skips: [skip] })]);
    await imported(await exported(source), target);
    expect(await decisionsOf(target.records, 'tallies')).toMatchObject({ retries: 0, skips: [skip] });
  });

  it.each([
    ["the log's times: they follow from the log", logTimesTable],
    ['what was found when views were verified: these are other ones', verifiedTable],
  ])('leave out %s', async (_what, table) => {
    const [source, target] = [keep(await filledFolder()), await emptyFolder()];
    const { records } = await contentOf(source);
    const key = '000000000001';
    const value = { position: await source.events.head(), recordedAt: '2026-03-01T12:00:00.000Z' };
    expect(await source.records.transact([{ table, key, expect: 'none', value, sort: key }])).toEqual({ ok: true });
    expect(await imported(await exported(source), target)).toMatchObject({ records: records.length });
    expect((await contentOf(target)).records).toEqual(records);
  });

  it('beside a server at work: places lie in the log, though it grows, and rows belong to the places', async () => {
    const source = keep(await filledFolder());
    const { events, records } = source;
    const before = (await contentOf(source)).events.length;
    const write = async (n: number) => {
      const result = await events.append(`tally-late${n}`, 'none', added(`late${n}`, 0, 1, 2, 3));
      if (!result.ok) throw new Error('refused');
      const { position } = result;
      await records.transact([
        { table: 'processes', key: 'late', expect: 'any', value: { position } },
        { table: 'timers', key: `late${n}`, expect: 'none', value: { position } },
      ]);
    };
    await write(0);
    let written = 1;
    const atWork = replaced(records, {
      async *snapshot() {
        for await (const page of records.snapshot()) {
          await write(written);
          written += 1;
          yield page;
        }
      },
    });
    const target = await emptyFolder();
    await imported(await exported({ events, records: atWork }), target);
    expect(written).toBeGreaterThan(1);
    const copy = await contentOf(target);
    // The event that was written after the records' instant and before the head was read is there; its row is not.
    expect(copy.events).toHaveLength(before + 6);
    const late = copy.records.filter(({ key }) => key.startsWith('late'));
    expect(late.map(({ key, value }) => [key, value])).toEqual([
      ['late', { position: { $ordinal: before + 3 } }],
      ['late0', { position: { $ordinal: before + 3 } }],
    ]);
  });
});

describe('what is refused, and left as it was', () => {
  it.each([
    [
      'a log',
      (target: SqliteFolder) => target.events.append('tally-x', 'none', added('x', 0, 1)),
      /its log holds tally-x/,
    ],
    [
      'records',
      (target: SqliteFolder) => target.records.transact([{ table: 'keys', key: 'k', expect: 'none', value: {} }]),
      /its records hold rows \(keys, …\)/,
    ],
  ])('a target that holds %s', async (_, fill, reason) => {
    const target = await emptyFolder();
    await fill(target);
    const before = await contentOf(target);
    const text = await exported(keep(await filledFolder()));
    await expect(imported(text, target)).rejects.toThrow(reason);
    await expect(imported(text, target)).rejects.toThrow('Name stores that hold nothing.');
    expect(await contentOf(target)).toEqual(before);
    expect(await target.records.get('transfer', 'import')).toBeNull();
  });

  it('another export, though of the same log; the same file again is known, and nothing is done', async () => {
    const source = keep(await filledFolder());
    const [first, second] = [await exported(source), await exported(source)];
    const target = await emptyFolder();
    await imported(first, target);
    const before = await contentOf(target);
    await expect(imported(second, target)).rejects.toThrow('The target is in use');
    expect(await imported(first, target)).toEqual({ outcome: 'already', events: 0, records: 0 });
    await target.events.append('tally-new', 'none', added('new', 0, 1));
    expect(await imported(first, target)).toEqual({ outcome: 'already', events: 0, records: 0 });
    expect((await contentOf(target)).events).toHaveLength(before.events.length + 1);
  });

  it('an export of a newer build, naming what is not known here', async () => {
    const text = await exported(keep(await filledFolder(1)));
    const target = await emptyFolder();
    const options = { ...target, progress: () => undefined, signal: never };
    const bringInto = async (known: object) =>
      importLog(await openExport(inPieces(text)), { ...options, schema: { ...schema, ...known } });
    await expect(bringInto({ Added: 0, Reminded: 0 })).rejects.toThrow(
      'does not know Added of version 1, Reminded of version 1. Import it with that build or a later one.',
    );
    expect(await contentOf(target)).toEqual({ events: [], records: [] });
    await bringInto({ Added: 2, Later: 1 });
  });

  it('a file of a later format, and what is no export at all', async () => {
    const text = await exported(keep(await filledFolder(1)));
    const later = text.replace('"version":1', '"version":2');
    await expect(openExport(inPieces(later))).rejects.toThrow(/written in version 2 .* this build reads version 1/);
    for (const other of ['{}\n', 'hello\nworld\n', '{"kind":"record"}\n', text.replace('seatledger-export', 'other')]) {
      await expect(openExport(inPieces(other))).rejects.toThrow('This is no export of Seatledger');
    }
    await expect(openExport(inPieces(Buffer.alloc(17 * 1024 * 1024, 'x'), 65_536))).rejects.toThrow(
      'This is no export',
    );
    await expect(openExport(inPieces(''))).rejects.toThrow('it was cut off');
  });
});

describe('a file that is not as it was written', () => {
  let text: string;
  let lines: string[];
  beforeAll(async () => {
    const source = await filledFolder(600);
    text = await exported(source);
    lines = text.split(/(?<=\n)/);
    await source.close();
  });
  const check = async (file: string | Buffer) => checkExport(await openExport(inPieces(file)), () => undefined);
  const fault = (file: string | Buffer) =>
    check(file).then(
      () => 'whole',
      (error: unknown) => String(error),
    );

  it('is whole if it is', async () => {
    const records = lines.filter((line) => line.startsWith('{"kind":"record"')).length;
    const events = lines.filter((line) => line.startsWith('{"kind":"event"')).length;
    expect(await check(text)).toEqual({ records, events });
    expect(lines.filter((line) => line.startsWith('{"kind":"check"')).length).toBeGreaterThan(4);
  });

  it('is refused when it was cut, after whatever line or within it', async () => {
    const step = Math.ceil(lines.length / 50);
    for (let count = 0; count < lines.length; count += count < 3 ? 1 : step) {
      expect(await fault(lines.slice(0, count).join(''))).toMatch(/cut off/);
    }
    expect(await fault(lines.slice(0, -1).join(''))).toMatch(/cut off/);
    expect(await fault(text.slice(0, -1))).toMatch(/cut off/);
    expect(await fault(text.slice(0, -200))).toMatch(/cut off/);
  });

  it('is refused when any byte was changed', async () => {
    const bytes = Buffer.from(text);
    const seed = Date.now() % 2 ** 31;
    console.log(`seed ${seed}`);
    for (let n = 0; n < 100; n += 1) {
      const at = (seed * (n + 1) * 7_919) % bytes.length;
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (n % 7));
      expect([at, await fault(changed)]).toEqual([at, expect.stringMatching(/changed or damaged|no export|version/)]);
    }
  });

  it('is refused when lines were swapped, doubled, taken out, or put behind the end', async () => {
    const [a, b] = [lines.length - 100, lines.length - 99];
    const swapped = [...lines];
    [swapped[a], swapped[b]] = [lines[b] ?? '', lines[a] ?? ''];
    expect(await fault(swapped.join(''))).toMatch(/changed or damaged/);
    expect(await fault(lines.toSpliced(a, 0, lines[a] ?? '').join(''))).toMatch(/changed or damaged/);
    expect(await fault(lines.toSpliced(a, 1).join(''))).toMatch(/changed or damaged/);
    expect(await fault(`${text}${lines[a]}`)).toMatch(/stands behind the end/);
    expect(await fault(`${text}{`)).toMatch(/stands behind the end/);
    const withoutChecks = lines.filter((line) => !line.startsWith('{"kind":"check"')).join('');
    expect(await fault(withoutChecks)).toMatch(/changed or damaged/);
  });

  it('brings nothing out of a block that is damaged, and goes on with a good copy', async () => {
    const at = lines.findLastIndex((line) => line.startsWith('{"kind":"event"'));
    const damaged = lines.with(at, (lines[at] ?? '').replace('"amount":', '"amounT":')).join('');
    const target = await emptyFolder();
    await expect(imported(damaged, target)).rejects.toThrow('Copy the file again');
    const before = (await contentOf(target)).events.length;
    const total = lines.filter((line) => line.startsWith('{"kind":"event"')).length;
    expect(before).toBe(Math.floor((total - 1) / 1_000) * 1_000);
    await expect(requireWholeImport(target.records)).rejects.toThrow('was begun here and has not ended');
    await expect(exported(target)).rejects.toThrow('was begun here and has not ended');
    await imported(text, target);
    expect((await contentOf(target)).events).toHaveLength(total);
    await requireWholeImport(target.records);
  });
});
