import { jest } from '@jest/globals';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { added } from '../faults/views.js';
import { contentOf } from '../transfer/copies.js';
import { seatledger } from './terminal.js';

jest.setTimeout(30_000);

const at = (folder: string) => ({ environment: { SEATLEDGER_DATA: folder } });
const told = (code: number, stderr: unknown) => ({ code, stdout: '', stderr });

async function contentAt(path: string) {
  const folder = await openTestFolder(path);
  try {
    return await contentOf(folder);
  } finally {
    await folder.close();
  }
}

let data: string;
let taken: string;
let content: Awaited<ReturnType<typeof contentOf>>;
beforeAll(async () => {
  data = newFolder();
  const folder = await openTestFolder(data);
  for (let n = 0; n < 3; n += 1) await folder.events.append(`tally-${n}`, 'none', added(`${n}`, 0, 1, 2, 3));
  await folder.records.transact([{ table: 'secrets', key: 'server', expect: 'none', value: { secret: 'x' } }]);
  content = await contentOf(folder);
  await folder.close();
  taken = join(newFolder(), "a folder's");
  expect(await seatledger(['backup', taken], at(data))).toEqual({
    code: 0,
    stdout: `Backed up 9 events and the records.\nFolder: ${taken}\n`,
    stderr: '',
  });
});

describe('seatledger backup and restore', () => {
  it('give a data folder with the same log and records; the backup is for its owner, and stays as it was', async () => {
    expect(readdirSync(taken).sort()).toEqual(['backup.json', 'events.db', 'records.db']);
    expect(statSync(taken).mode & 0o077).toBe(0);
    const bytes = () => readdirSync(taken).map((name) => readFileSync(join(taken, name)));
    const before = bytes();
    const target = join(newFolder(), 'new');
    const { code, stdout, stderr } = await seatledger(['restore', taken, '--to', target]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Restored 9 events and the records of 20.+Z[.] Start the server there.+\nData folder: .+\n$/,
    );
    expect(await contentAt(target)).toEqual(content);
    expect(bytes()).toEqual(before);
    expect(await contentAt(data)).toEqual(content);
  });

  it('tell it as JSON, also of an empty log', async () => {
    const [empty, folder, target] = [newFolder(), newFolder(), newFolder()];
    await contentAt(empty);
    const backup = JSON.parse((await seatledger(['backup', folder, '--json'], at(empty))).stdout);
    expect(backup).toMatchObject({ folder, format: 'seatledger-backup', version: 1, events: 0 });
    const restored = JSON.parse((await seatledger(['restore', folder, '--to', target, '--json'])).stdout);
    expect(restored).toEqual({ ...backup, folder: undefined, data: target });
    expect((await contentAt(target)).events).toEqual([]);
  });

  it('tell on a terminal how far the log is read, which takes longest', async () => {
    const terminal = { isTTY: true, stepMs: 200 };
    const bar = `[${'#'.repeat(30)}] 100 %, 9 events\u001B[K\r\u001B[K`;
    const [copy, target] = [newFolder(), newFolder()];
    const backup = await seatledger(['backup', copy], { ...at(data), ...terminal });
    expect(backup).toMatchObject({ code: 0, stderr: `\rReading the copy: ${bar}` });
    const restored = await seatledger(['restore', copy, '--to', target], terminal);
    expect(restored).toMatchObject({ code: 0, stderr: `\rReading: ${bar}` });
    const examined = await seatledger(['doctor'], { ...at(data), ...terminal });
    expect(examined).toMatchObject({ code: 0, stderr: `\rReading the log: ${bar}` });
  });

  it('leave nothing when they are stopped in the middle', async () => {
    const [long, copy, target] = [newFolder(), newFolder(), newFolder()];
    const folder = await openTestFolder(long);
    const most = Array.from({ length: 600 }, (_, n) => n);
    for (const name of ['a', 'b']) await folder.events.append(`tally-${name}`, 'none', added(name, 0, ...most));
    await folder.close();
    // Told after the first thousand events.
    const stopped = () => {
      const stop = new AbortController();
      return { isTTY: true, stepMs: 200, signal: stop.signal, told: () => stop.abort() };
    };
    const answer = { code: 1, stdout: '', stderr: expect.stringMatching(/83 %, 1,000 events.*Stopped[.]/s) };
    expect(await seatledger(['backup', copy], { ...at(long), ...stopped() })).toEqual(answer);
    expect(readdirSync(copy)).toEqual([]);
    expect(await seatledger(['backup', copy], at(long))).toMatchObject({ code: 0 });
    expect(await seatledger(['restore', copy, '--to', target], stopped())).toEqual(answer);
    expect(readdirSync(target)).toEqual([]);
    expect(await seatledger(['doctor'], { ...at(long), ...stopped() })).toEqual(answer);
  });

  it('refuse folders that are not empty, and leave them as they were', async () => {
    const used = newFolder();
    writeFileSync(join(used, 'mine'), 'x');
    const reason = `${used} is not empty. Name a folder that is, or one that is not there yet.\n`;
    expect(await seatledger(['backup', used], at(data))).toEqual(told(1, reason));
    expect(await seatledger(['restore', taken, '--to', used])).toEqual(told(1, reason));
    expect(readdirSync(used)).toEqual(['mine']);
  });

  it('refuse a folder without a log, and stores that lie elsewhere', async () => {
    const none = join(newFolder(), 'none');
    const missing = `There is no records.db in ${none}. Name the data folder with SEATLEDGER_DATA.\n`;
    expect(await seatledger(['backup', newFolder()], at(none))).toEqual(told(1, missing));
    const environment = { SEATLEDGER_DATA: data, SEATLEDGER_VIEWS: 'mongodb://127.0.0.1:1/x?replicaSet=r' };
    const elsewhere = await seatledger(['backup', newFolder()], { environment });
    expect(elsewhere).toEqual(told(1, expect.stringContaining('use `seatledger export`')));
  });

  it('refuse a backup that was cut off or changed, and leave nothing', async () => {
    const [cut, changed, target] = [newFolder(), newFolder(), join(newFolder(), 'new')];
    for (const copy of [cut, changed]) cpSync(taken, copy, { recursive: true });
    rmSync(join(cut, 'backup.json'));
    const notWhole = `${cut} holds no backup, or one that was cut off. Name the folder of a whole one.\n`;
    expect(await seatledger(['restore', cut, '--to', target])).toEqual(told(1, notWhole));
    expect(existsSync(target)).toBe(false);
    const file = join(changed, 'events.db');
    const bytes = readFileSync(file);
    // Everywhere: a page that was split keeps copies of rows that have moved on, which nobody reads.
    for (let at = bytes.indexOf('"amount":2'); at >= 0; at = bytes.indexOf('"amount":2')) bytes.write('"amount":7', at);
    writeFileSync(file, bytes);
    const { code, stderr } = await seatledger(['restore', changed, '--to', target]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is not what was written')]);
    expect(readdirSync(target)).toEqual([]);
  });

  it('refuse a moment that is none, lies behind the end, or before anything had happened, and leave nothing', async () => {
    const parent = newFolder();
    const target = join(parent, 'then');
    const { logId } = JSON.parse((await seatledger(['restore', taken, '--to', newFolder(), '--json'])).stdout);
    const refused = (at: string) => seatledger(['restore', taken, '--to', target, '--at', at]);
    const moment = 'an instant like 2026-03-01T12:00:00Z, or a position that the server answered';
    expect(await refused('yesterday')).toEqual(told(1, `yesterday is no moment of this log: name ${moment}.\n`));
    const behind = `${logId}.${'9'.repeat(20)}`;
    expect(await refused(behind)).toEqual(told(1, `${behind} lies beyond the end of this backup.\n`));
    const before = '1999-12-31T23:59:59Z';
    expect(await refused(before)).toEqual(told(1, `Nothing had happened by ${before}.\n`));
    expect(readdirSync(parent)).toEqual(['then']);
    expect(readdirSync(target)).toEqual([]);
  });

  it('make a folder as it was at an instant', async () => {
    const target = join(newFolder(), 'new', 'then');
    const { at: then, events, records } = { at: content.events[0]?.meta.recordedAt ?? '', ...content };
    const { code, stdout, stderr } = await seatledger(['restore', taken, '--to', target, '--at', then]);
    expect([code, stderr]).toEqual([0, '']);
    const start = 'Start the server there: it builds the views from the log.';
    const kept = events.filter(({ meta }) => meta.recordedAt <= then);
    expect(stdout).toMatch(new RegExp(`^Restored ${kept.length} events?, up to ${then}, and the records of 20.+Z; `));
    expect(stdout).toContain(
      `left out ${events.length - kept.length} later events. ${start}\nData folder: ${target}\n`,
    );
    expect(await contentAt(target)).toEqual({ events: kept, records });
  });
});
