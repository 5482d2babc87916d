import { jest } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { SqliteFolder } from '#lib/adapters/sqlite/open.js';
import { added } from '../faults/views.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { contentOf } from '../transfer/copies.js';
import { seatledger } from './terminal.js';

async function onFolder<T>(path: string, act: (folder: SqliteFolder) => Promise<T>): Promise<T> {
  const folder = await openTestFolder(path);
  try {
    return await act(folder);
  } finally {
    await folder.close();
  }
}

// Each command opens a folder, which compiles the source of a thread.
jest.setTimeout(30_000);

const count = 2_500;
let data: string;
let expected: unknown;
beforeAll(async () => {
  data = newFolder();
  expected = await onFolder(data, async (folder) => {
    const amounts = Array.from({ length: 500 }, () => 1);
    for (let n = 0; n < count / 500; n += 1)
      await folder.events.append(`tally-${n}`, 'none', added(`${n}`, 0, ...amounts));
    await folder.records.transact([{ table: 'secrets', key: 'server', expect: 'none', value: { secret: '<hidden>' } }]);
    return contentOf(folder);
  });
});
const at = (folder: string) => ({ environment: { SEATLEDGER_DATA: folder } });
const newFile = () => join(newFolder(), 'export');
const whole = `${count.toLocaleString('en-US')} events and 1 record`;

describe('seatledger export and import', () => {
  it('moves a data folder to another one by a file that only its owner reads', async () => {
    const [file, target] = [newFile(), newFolder()];
    const out = await seatledger(['export', file], at(data));
    expect(out).toEqual({ code: 0, stdout: `Exported ${whole}.\nData folder: ${data}\n`, stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const checked = await seatledger(['import', '--check', file], { environment: { SEATLEDGER_NONSENSE: 'x' } });
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toMatch(
      new RegExp(`^The export of 20.+Z is whole and unchanged: ${whole} of the log \\w+[.]\\n$`),
    );

    const into = await seatledger(['import', file], at(target));
    const told = `Imported ${whole}. Start the server here: it builds the views from the log.\nData folder: ${target}\n`;
    expect(into).toEqual({ code: 0, stdout: told, stderr: '' });
    expect(await onFolder(target, contentOf)).toEqual(expected);

    const again = await seatledger(['import', file], at(target));
    const nothing = `This export was imported here before. Nothing was done.\nData folder: ${target}\n`;
    expect(again).toEqual({ code: 0, stdout: nothing, stderr: '' });
  });

  it('or by a pipe, with the result as JSON where no data is', async () => {
    const target = newFolder();
    const out = await seatledger(['export', '-', '--json'], at(data));
    expect(out.code).toBe(0);
    expect(JSON.parse(out.stderr)).toEqual({ file: '-', records: 1, events: count });
    const into = await seatledger(['import', '-', '--json'], { ...at(target), stdin: out.stdout });
    const result = { file: '-', outcome: 'imported', records: 1, events: count };
    expect(into).toEqual({ code: 0, stdout: `${JSON.stringify(result)}\n`, stderr: '' });
    expect(await onFolder(target, contentOf)).toEqual(expected);
    const checked = await seatledger(['import', '-', '--check', '--json'], { stdin: out.stdout });
    expect(JSON.parse(checked.stdout)).toMatchObject({ outcome: 'whole', records: 1, events: count });
  });

  it('tells on stderr how far it is: a line every ten seconds, on a terminal a bar that goes when it is done', async () => {
    const [file, target] = [newFile(), newFolder()];
    const lines = await seatledger(['export', file], { ...at(data), stepMs: 4_000 });
    expect(lines.stderr).toMatch(/^(Exporting: [\d,]+ events and 1 record\n)+$/);
    const imported = await seatledger(['import', file], { ...at(target), stepMs: 4_000 });
    expect(imported.stderr).toMatch(/^(Importing: \d+ %, [\d,]+ events and 1 record\n)+$/);
    const bar = await seatledger(['import', '--check', file], { isTTY: true, stepMs: 200 });
    expect(bar.stderr).toMatch(
      /^(\rChecking: \[#*-*\] \d+ %, [\d,]+ events and (0 records|1 record)\u001B\[K)+\r\u001B\[K$/,
    );
    expect(bar.stderr).toContain(`[${'#'.repeat(30)}]`.slice(0, 20));
    expect(bar.stdout).toMatch(/^The export of/);
  });
});

describe('seatledger export refuses, with code 1, what to do, and nothing left behind', () => {
  it('a folder without a log, which it does not make', async () => {
    const folder = join(newFolder(), 'none');
    const file = newFile();
    expect(await seatledger(['export', file], at(folder))).toEqual({
      code: 1,
      stdout: '',
      stderr: `There is no log in ${folder}. Name the data folder with SEATLEDGER_DATA.\n`,
    });
    expect([existsSync(folder), existsSync(file)]).toEqual([false, false]);
  });

  it('a folder that a server uses', async () => {
    const file = newFile();
    const { code, stderr } = await onFolder(data, () => seatledger(['export', file], at(data)));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `The data folder ${data} is in use by another process. Stop that process, or choose another data folder.\n`,
    );
    expect(existsSync(file)).toBe(false);
  });

  it('a file that is there, which stays as it is, and one in no folder', async () => {
    const file = newFile();
    writeFileSync(file, 'mine');
    const there = await seatledger(['export', file], at(data));
    expect(there).toMatchObject({ code: 1, stderr: `${file} is there already: name another file, or remove it.\n` });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const nowhere = await seatledger(['export', '/none/export'], at(data));
    expect(nowhere).toMatchObject({ code: 1, stderr: '/none/export cannot be used (ENOENT).\n' });
  });

  it('to go on when it is interrupted, or when nobody reads', async () => {
    const file = newFile();
    const interrupted = AbortSignal.abort();
    const stopped = await seatledger(['export', file], { ...at(data), signal: interrupted });
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toContain('Stopped.');
    expect(existsSync(file)).toBe(false);
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(gone) });
    expect(await seatledger(['export', '-'], { ...at(data), stdout })).toMatchObject({
      code: 1,
      stderr: 'Nobody reads the output any more.\n',
    });
  });
});

describe('seatledger import refuses, with code 1 and what to do', () => {
  let file: string;
  beforeAll(async () => {
    file = newFile();
    await seatledger(['export', file], at(data));
  });

  it('a file that is not there or no export, and makes no folder for it', async () => {
    const target = join(newFolder(), 'none');
    const missing = await seatledger(['import', '/none/export'], at(target));
    expect(missing).toEqual({ code: 1, stdout: '', stderr: '/none/export cannot be used (ENOENT).\n' });
    const other = newFile();
    writeFileSync(other, 'hello\n');
    const { code, stderr } = await seatledger(['import', other], at(target));
    expect([code, stderr]).toEqual([1, expect.stringContaining('This is no export of Seatledger')]);
    expect(existsSync(target)).toBe(false);
  });

  it('a file that was cut, also when it is only checked', async () => {
    const cut = newFile();
    writeFileSync(cut, readFileSync(file).subarray(0, -100));
    for (const args of [['--check', cut], [cut]]) {
      const { code, stdout, stderr } = await seatledger(['import', ...args], at(newFolder()));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/The file ends after line \d+, before its end: it was cut off[.] Copy the file again/);
    }
  });

  it('a folder that holds something, and leaves it as it was', async () => {
    const target = newFolder();
    const before = await onFolder(target, async (folder) => {
      await folder.events.append('tally-a', 'none', added('a', 0, 1));
      return contentOf(folder);
    });
    const { code, stderr } = await seatledger(['import', file], at(target));
    expect([code, stderr]).toEqual([1, expect.stringContaining('Name stores that hold nothing.')]);
    expect(await onFolder(target, contentOf)).toEqual(before);
  });

  it('a configuration that is not usable, before it touches a store', async () => {
    const target = newFolder();
    const environment = { SEATLEDGER_DATA: target, SEATLEDGER_DATO: 'x' };
    expect(await seatledger(['import', file], { environment })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The configuration is not usable:\nSEATLEDGER_DATO: there is no such option.\n',
    });
    expect(readdirSync(target)).toEqual([]);
  });
});
