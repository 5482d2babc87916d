import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../support/sqlite.js';
import { openMarket } from './load.js';
import { runServerProcess, startServerProcess, untilReady, type Exit, type ServerProcess } from './server-process.js';

/** What a data folder holds, by file: a hash of every byte. The lock and SQLite's own shared memory are no content. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder)
    .filter((name) => !/^lock[.]db|-shm$/.test(name))
    .sort();
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** Each start of the server takes a second or two. */
const withinMs = 30_000;

let original = '';
let server: ServerProcess | null = null;
/** A folder in which something was done, left behind by a server that was stopped in the ordinary way. */
beforeAll(async () => {
  original = newFolder();
  server = await startServerProcess({ data: original });
  await openMarket(server.address, server.adminKey ?? '', 1);
  await untilReady(server.address);
  await server.end('SIGTERM');
}, withinMs);
afterEach(() => server?.end('SIGKILL'));

function copied(): string {
  const folder = join(newFolder(), 'data');
  cpSync(original, folder, { recursive: true });
  return folder;
}

function expectRefusal({ code, output }: Exit, ...words: readonly string[]): void {
  for (const word of words) expect(output).toContain(word);
  // A message, not a trace of the program.
  expect(output).not.toMatch(/^\s+at /m);
  expect(output).not.toContain('listens on');
  expect(code).toBe(1);
}

/** One bit of every place where the text is: some of them may be what a page no longer uses. */
function flip(file: string, find: string): void {
  const bytes = readFileSync(file);
  const places = [];
  for (let at = bytes.indexOf(find); at >= 0; at = bytes.indexOf(find, at + 1)) places.push(at);
  if (places.length === 0) throw new Error(`${find} is not in ${file}.`);
  for (const at of places) bytes.writeUInt8(bytes.readUInt8(at + 1) ^ 1, at + 1);
  writeFileSync(file, bytes);
}

describe('a data folder that cannot be used: a message that says what to do, exit code 1, the files untouched', () => {
  it(
    'in use by another process, which goes on',
    async () => {
      const data = copied();
      server = await startServerProcess({ data });
      const exit = await runServerProcess({ data });
      expectRefusal(exit, `The data folder ${data} is in use by another process.`, 'choose another data folder');
      expect((await fetch(`${server.address}/health/live`)).status).toBe(200);
    },
    withinMs,
  );

  it(
    'not a folder',
    async () => {
      const data = join(newFolder(), 'data');
      writeFileSync(data, 'x');
      expectRefusal(await runServerProcess({ data }), data, 'cannot be used', 'choose another data folder');
      expect(readFileSync(data, 'utf8')).toBe('x');
    },
    withinMs,
  );

  const root = process.getuid?.() === 0;
  const nobody = 65_534;
  it.each([
    ['the folder', (data: string) => chmodSync(data, 0o500)],
    ['the log', (data: string) => chmodSync(join(data, 'events.db'), 0)],
    ['the records, read-only', (data: string) => chmodSync(join(data, 'records.db'), 0o400)],
  ])(
    'not for this user: %s',
    async (_what, forbid) => {
      const data = copied();
      const before = contentOf(data);
      // To root everything is allowed, so as root another user tries.
      if (root)
        for (const path of [join(data, '..'), data, ...readdirSync(data).map((name) => join(data, name))])
          chownSync(path, nobody, nobody);
      forbid(data);
      const exit = await runServerProcess({ data, ...(root && { uid: nobody }) });
      chmodSync(data, 0o700);
      for (const name of readdirSync(data)) chmodSync(join(data, name), 0o600);
      expectRefusal(exit, 'Give this user the right to read and write it');
      expect(contentOf(data)).toEqual(before);
    },
    withinMs,
  );

  it.each([
    ['the log is cut off', 'events.db', (file: string) => truncateSync(file, 8_192), 'cut off'],
    ['the records are cut off', 'records.db', (file: string) => truncateSync(file, 4_096), 'cut off'],
    [
      'the log is no database',
      'events.db',
      (file: string) => writeFileSync(file, 'x'.repeat(20_000)),
      'not a database',
    ],
    ['the log is empty', 'events.db', (file: string) => truncateSync(file, 0), 'not a database'],
    ['the log is missing', 'events.db', (file: string) => rmSync(file), 'is missing'],
    ['the records are missing', 'records.db', (file: string) => rmSync(file), 'is missing'],
  ])(
    'corrupt: %s',
    async (_what, name, damage, word) => {
      const data = copied();
      damage(join(data, name));
      const before = contentOf(data);
      expectRefusal(await runServerProcess({ data }), word, name, 'from a backup');
      expect(contentOf(data)).toEqual(before);
    },
    withinMs,
  );

  it(
    'corrupt: one bit of one event; found when it is read, with its address',
    async () => {
      const data = copied();
      const find = '"alias":"bench"';
      flip(join(data, 'events.db'), find);
      // The views are to be built again, so that every event is read.
      rmSync(join(data, 'views.db'));
      const { 'events.db': log, 'records.db': records } = contentOf(data);
      const exit = await runServerProcess({ data }, true);
      expect(exit.output).toContain('offer-fabrikam.f365@0');
      expect(exit.output).toContain('Restore the data folder from a backup.');
      expect(exit.code).not.toBe(0);
      expect(contentOf(data)).toMatchObject({ 'events.db': log, 'records.db': records });
    },
    withinMs,
  );
});

/** A small device of its own; null where this user cannot make one. */
function smallDevice(bytes: number): { readonly folder: string; readonly unmount: () => void } | null {
  const folder = newFolder();
  const options = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder];
  if (process.platform !== 'linux' || spawnSync('mount', options).status !== 0) return null;
  return { folder, unmount: () => spawnSync('umount', [folder]) };
}

describe('a data folder on a full device', () => {
  const devices: { unmount(): void }[] = [];
  afterAll(() => devices.forEach(({ unmount }) => unmount()));
  const device = (bytes: number) => {
    const made = smallDevice(bytes);
    if (made) devices.push(made);
    else console.warn('SKIPPED: no small device can be mounted here, so nothing is shown about a full one.');
    return made?.folder ?? null;
  };

  it(
    'a first start without space: a message that says what to do, exit code 1',
    async () => {
      const folder = device(256 * 1024);
      if (!folder) return;
      writeFileSync(join(folder, 'ballast'), Buffer.alloc(240 * 1024));
      const data = join(folder, 'data');
      expectRefusal(await runServerProcess({ data }), 'no space left', 'Make room');
    },
    withinMs,
  );

  it(
    'a start on a folder that is there: the same, and the files untouched',
    async () => {
      const folder = device(8 * 1024 * 1024);
      if (!folder) return;
      const data = join(folder, 'data');
      cpSync(original, data, { recursive: true });
      const before = contentOf(data);
      fill(folder);
      expectRefusal(await runServerProcess({ data }), 'no space left', 'Make room');
      expect(contentOf(data)).toEqual(before);
    },
    withinMs,
  );

  it(
    'full while it runs: 503 within a second, reading goes on, and with space it writes again (F3)',
    async () => {
      const folder = device(8 * 1024 * 1024);
      if (!folder) return;
      const data = join(folder, 'data');
      server = await startServerProcess({ data });
      const { address, adminKey } = server;
      const market = await openMarket(address, adminKey ?? '', 1);
      await untilReady(address);
      const start = async () => {
        const response = await fetch(`${address}/v1/publishers/fabrikam/deals`, {
          method: 'POST',
          headers: { authorization: `Bearer ${market.publisherKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ company: 'x'.repeat(60) }),
        });
        return { status: response.status, body: (await response.json()) as { code?: string; dealId?: string } };
      };
      fill(folder);
      const dealIds: (string | undefined)[] = [];
      const from = Date.now();
      let refused = await start();
      for (; refused.status === 201 && Date.now() - from < 20_000; refused = await start())
        dealIds.push(refused.body.dealId);
      expect(refused).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
      const asked = Date.now();
      expect((await start()).status).toBe(503);
      expect(Date.now() - asked).toBeLessThan(1_000);
      const offer = await fetch(`${address}/v1/offers/fabrikam.f365`, {
        headers: { authorization: `Bearer ${market.publisherKey}` },
      });
      expect(offer.status).toBe(200);

      rmSync(join(folder, 'ballast'));
      const written = await start();
      expect(written.status).toBe(201);
      dealIds.push(written.body.dealId);
      await untilReady(address);
      for (const dealId of dealIds) {
        const deal = await fetch(`${address}/v1/deals/${dealId}`, {
          headers: { authorization: `Bearer ${market.publisherKey}` },
        });
        expect(deal.status).toBe(200);
      }
      expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    },
    withinMs,
  );
});

/** Leaves not a single block of the device free. */
function fill(folder: string): void {
  for (const bytes of [1024 * 1024, 4_096]) {
    try {
      for (;;) writeFileSync(join(folder, 'ballast'), Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
