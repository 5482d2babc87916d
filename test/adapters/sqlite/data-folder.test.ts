import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DataFolderError } from '#lib/adapters/sqlite/data-file.js';
import { Database } from '#lib/adapters/sqlite/database.js';
import { openProjector, type SqliteFolder } from '#lib/adapters/sqlite/open.js';
import { StoreCorruptError, type StoredEvent } from '#lib/engine/ports/event-store.js';
import { newEvents } from '../../contract/events.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

const view = { view: 'things', version: 1 };

let template: string;
beforeAll(async () => void (template = await fill(newFolder())));

/** A folder with 30 events in two streams, one record and one view. */
function filledFolder(): string {
  return copyOf(template);
}

/** Files that this process never had open: what is damaged or removed under a connection would say nothing of a start. */
function copyOf(original: string): string {
  const folder = newFolder();
  cpSync(original, folder, { recursive: true });
  return folder;
}

async function fill(folder: string): Promise<string> {
  const stores = await openTestFolder(folder);
  for (const stream of ['thing-a', 'thing-b']) await stores.events.append(stream, 'none', newEvents(`${stream}-`, 15));
  await stores.records.transact([{ table: 't', key: 'k', expect: 'none', value: { secret: 'x' } }]);
  await buildView(stores, folder);
  await stores.close();
  return folder;
}

async function buildView(stores: SqliteFolder, folder: string): Promise<void> {
  const fail = (error: Error) => {
    throw error;
  };
  const projector = await openProjector({ folder, log: stores.projectorPort(), onFatal: fail });
  await projector.views.prepare(view, { thing: {} });
  const to = {
    position: await stores.events.head(),
    seen: 1,
    applied: 1,
    count: 1,
    digest: '',
    epoch: 1,
    updatedAt: '',
  };
  const writes = [{ change: 'insert', kind: 'thing', key: 'a', json: '{"n":1}', hash: 'h', fields: {} }] as const;
  await projector.views.commit([{ ...view, from: null, to, writes, parked: null }]);
  await projector.close();
}

/** Names and contents of what is in a folder. SQLite's shared memory is no content. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !name.endsWith('-shm') && name !== 'lock.db');
  const kept = names.filter((name) => !(name.endsWith('-wal') && readFileSync(join(folder, name)).length === 0));
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(kept.sort().map((name) => [name, hash(name)]));
}

/** Changes a closed folder's file by SQL, behind the adapter's back. */
function tamper(folder: string, file: string, sql: string): void {
  const db = new Database(join(folder, file), 'write');
  db.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE);`);
  db.close();
}

async function follow(stores: SqliteFolder): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  const stop = new AbortController();
  for await (const page of stores.events.follow(null, stop.signal)) {
    events.push(...page.events);
    if (page.atHead) stop.abort();
  }
  return events;
}

async function read(stores: SqliteFolder, stream: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of stores.events.read(stream, 0)) events.push(...page);
  return events;
}

describe('A SQLite data folder', () => {
  it('is made with all that leads to it', async () => {
    const folder = join(newFolder(), 'new', 'ünd #? % tief');
    const stores = await openTestFolder(folder);
    await stores.close();
    const files = readdirSync(folder).filter((name) => !/-(shm|wal)$/.test(name));
    expect(files.sort()).toEqual(['events.db', 'lock.db', 'records.db', 'views.db']);
  });

  const refusals: readonly [string, (folder: string) => void, string][] = [
    ['whose log is no database', (f) => writeFileSync(join(f, 'events.db'), 'x'.repeat(9_000)), 'events.db is not a database'],
    ['whose log is empty', (f) => truncateSync(join(f, 'events.db')), 'events.db is not a database'],
    ['whose log is cut', (f) => truncateSync(join(f, 'events.db'), 8_192), 'events.db is cut off'],
    ['whose log is cut within a page', (f) => truncateSync(join(f, 'events.db'), 20_001), 'events.db is cut off'],
    ['whose records are cut', (f) => truncateSync(join(f, 'records.db'), 4_096), 'records.db is cut off'],
    ['whose log is gone', (f) => rmSync(join(f, 'events.db')), 'events.db is missing'],
    ['whose records are gone', (f) => rmSync(join(f, 'records.db')), 'records.db is missing'],
    ['with records in the log’s place', (f) => copyFileSync(join(f, 'records.db'), join(f, 'events.db')), 'of another program'],
    ['of a newer version', (f) => tamper(f, 'records.db', 'PRAGMA user_version = 9'), 'newer version of this program (schema 9'],
    ['whose last event is gone', (f) => tamper(f, 'events.db', 'DELETE FROM events WHERE position = 30'), 'lacks its last events'],
  ]; // prettier-ignore
  it.each(refusals)('%s is refused with what to do, its files untouched', async (_, damage, message) => {
    const folder = filledFolder();
    damage(folder);
    const before = contents(folder);
    const refusal = await openTestFolder(folder).catch((error: unknown) => error);
    expect([DataFolderError, StoreCorruptError].some((kind) => refusal instanceof kind)).toBe(true);
    expect(String(refusal)).toContain(message);
    expect(String(refusal)).toMatch(/Restore|restore|choose another|Choose another/);
    expect(contents(folder)).toEqual(before);
    await expect(openTestFolder(folder)).rejects.toThrow(message);
  });

  it('that is a file, or may not be read, is refused with what to do', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(openTestFolder(file)).rejects.toThrow('cannot be used (EEXIST). Give this user the right');
    const locked = join(newFolder(), 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o000);
    // For the superuser nothing is locked: the attempt is made as nobody.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const refusal = await openTestFolder(locked).catch((error: unknown) => error);
    if (isRoot) process.seteuid?.(0);
    expect(String(refusal)).toContain(`The data folder ${locked} cannot be used (EACCES). Give this user the right`);
    chmodSync(locked, 0o700);
  });

  it('goes on after a first start that was cut off between its files', async () => {
    const folder = newFolder();
    await (await openTestFolder(folder)).close();
    const cut = copyOf(folder);
    for (const name of ['records.db', 'views.db']) rmSync(join(cut, name));
    writeFileSync(join(cut, 'records.db.new'), 'half');
    const stores = await openTestFolder(cut);
    await stores.records.transact([{ table: 't', key: 'k', expect: 'none', value: {} }]);
    await stores.close();
    expect(existsSync(join(cut, 'records.db.new'))).toBe(false);
  });

  const changes: readonly [string, string, string][] = [
    ['an event’s data', `UPDATE events SET data = replace(data, '7', '8') WHERE position = 8`, 'thing-a@7'],
    ['an event’s metadata', `UPDATE events SET meta = replace(meta, 'fabrikam', 'fabrikan') WHERE position = 8`, 'thing-a@7'],
    ['an event’s type', `UPDATE events SET type = 'Other' WHERE position = 8`, 'thing-a@7'],
    ['an event’s version', `UPDATE events SET v = 4 WHERE position = 8`, 'thing-a@7'],
    ['an event’s ID', `UPDATE events SET event_id = 'x' WHERE position = 8`, 'thing-a@7'],
    ['an event’s time', `UPDATE events SET recorded_at = '2027' WHERE position = 8`, 'thing-a@7'],
    ['a stream’s name', `UPDATE streams SET name = 'thing-c' WHERE name = 'thing-a'`, 'thing-c@0'],
    ['a hash', `UPDATE events SET hash = 'x' || substr(hash, 2) WHERE position = 8`, 'thing-a@7'],
    ['a missing event', `DELETE FROM events WHERE position = 8`, 'thing-a@'],
    ['the missing beginning', `DELETE FROM events WHERE position <= 3`, 'thing-a@'],
  ]; // prettier-ignore
  it.each(changes)('R92 notices an edit of the log when it or the stream is read: %s', async (_, sql, address) => {
    const folder = filledFolder();
    tamper(folder, 'events.db', sql);
    const stores = await openTestFolder(folder);
    const stream = address.split('@')[0] ?? '';
    for (const reading of [follow(stores), read(stores, stream)]) {
      const error = await reading.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreCorruptError);
      expect(String(error)).toContain(address);
      expect(String(error)).toContain('Restore the data folder from a backup.');
    }
    if (stream === 'thing-a') expect(await read(stores, 'thing-b')).toHaveLength(15);
    await stores.close();
  });

  it('notices one flipped bit in the file', async () => {
    const folder = filledFolder();
    const file = join(folder, 'events.db');
    const bytes = readFileSync(file);
    const at = bytes.indexOf('thing-b-9"');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const stores = await openTestFolder(folder);
    await expect(follow(stores)).rejects.toBeInstanceOf(StoreCorruptError);
    await expect(read(stores, 'thing-b')).rejects.toBeInstanceOf(StoreCorruptError);
    expect(await read(stores, 'thing-a')).toHaveLength(15);
    await stores.close();
  });

  it('keeps views that are sound', async () => {
    const stores = await openTestFolder(filledFolder());
    expect(await stores.views.checkpoint(view)).toMatchObject({ position: await stores.events.head() });
    await stores.close();
  });

  const lost: readonly [string, (folder: string) => void, readonly string[]][] = [
    ['removed', (f) => rmSync(join(f, 'views.db')), []],
    ['no database', (f) => writeFileSync(join(f, 'views.db'), 'x'.repeat(9_000)), ['views.db cannot be used.']],
    ['cut', (f) => truncateSync(join(f, 'views.db'), 4_096), ['views.db cannot be used.']],
    ['newer', (f) => tamper(f, 'views.db', 'PRAGMA user_version = 9'), ['views.db cannot be used.']],
    ['older', (f) => tamper(f, 'views.db', 'PRAGMA user_version = 1'), ['views.db is of an older version.']],
    ['of another log', (f) => tamper(f, 'views.db', `UPDATE log SET id = 'x'`), ['views.db belongs to another log.']],
    ['ahead of the log', (f) => tamper(f, 'views.db', `UPDATE checkpoints SET position = substr(position, 1, length(position) - 2) || '31'`),
      ['views.db has seen more of the log than there is.']],
  ]; // prettier-ignore
  it.each(lost)('makes views anew that are %s, with a warning', async (_, damage, warnings) => {
    const folder = filledFolder();
    damage(folder);
    const warned: string[] = [];
    const stores = await openTestFolder(folder, { warn: (message) => warned.push(message) });
    const rest = ' It is removed, and all views are built again from the log.';
    expect(warned).toEqual(warnings.map((warning) => warning + rest));
    expect(await stores.views.builds()).toEqual([]);
    await buildView(stores, folder);
    expect(await stores.views.snapshot((reader) => reader.get([{ ...view, kind: 'thing', key: 'a' }]))).toEqual([
      { n: 1 },
    ]);
    expect(await follow(stores)).toHaveLength(30);
    await stores.close();
  });

  it('removes views that prove damaged while they are used, says so, and has them anew after a restart', async () => {
    const folder = filledFolder();
    const file = join(folder, 'views.db');
    const bytes = readFileSync(file);
    const at = bytes.indexOf('{"n":1}');
    bytes.fill(0xff, at - (at % 4_096), at - (at % 4_096) + 4_096);
    writeFileSync(file, bytes);
    const fatal: string[] = [];
    const stores = await openTestFolder(folder, { onFatal: (error) => fatal.push(error.message) });
    const reading = stores.views.snapshot((reader) => reader.get([{ ...view, kind: 'thing', key: 'a' }]));
    await expect(reading).rejects.toBeInstanceOf(StoreCorruptError);
    expect(fatal.join()).toContain('It was removed: start again, and all views are built again from the log.');
    await stores.close();
    const again = await openTestFolder(copyOf(folder));
    expect(await again.views.builds()).toEqual([]);
    expect(await follow(again)).toHaveLength(30);
    await again.close();
  });
});
