import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { create, open } from '#lib/adapters/sqlite/data-file.js';
import { recordsFile } from '#lib/adapters/sqlite/schema.js';
import { WalKeeper } from '#lib/adapters/sqlite/wal-keeper.js';
import { newFolder } from '../../support/sqlite.js';

// Under ES modules jest has no global of its own.
const { jest } = import.meta;
const insert = `INSERT OR REPLACE INTO records VALUES ('t', ?, 1, NULL, ?)`;

function setUp() {
  const folder = newFolder();
  create(folder, recordsFile);
  const db = open(folder, recordsFile, 'write');
  const failures: unknown[] = [];
  const file = join(folder, 'records.db');
  return { db, keeper: new WalKeeper(db, (error) => failures.push(error)), failures, file, folder };
}

const walBytes = (file: string) => statSync(`${file}-wal`).size;

describe('The write-ahead log', () => {
  it('stays near 16 MB however much is written, and begins anew in the space it has', () => {
    const { db, keeper, file } = setUp();
    const row = 'x'.repeat(100_000);
    for (let n = 0; n < 1_000; n += 1) {
      db.sql(insert).run(`k${n % 50}`, row);
      keeper.wrote(1, row.length);
    }
    expect(walBytes(file)).toBeGreaterThan(4 * 1024 * 1024);
    expect(walBytes(file)).toBeLessThan(24 * 1024 * 1024);
    keeper.close();
    expect(walBytes(file)).toBe(0);
  });

  it('is emptied when nothing was written for a second, so that what was deleted is nowhere', () => {
    jest.useFakeTimers();
    const { db, keeper, file, failures } = setUp();
    db.sql(insert).run('k', 'a secret of somebody');
    keeper.wrote(1, 20);
    jest.advanceTimersByTime(5_000);
    expect(readFileSync(file).includes('a secret of somebody')).toBe(true);
    db.exec(`DELETE FROM records WHERE key = 'k'`);
    keeper.wrote(1, 0);
    jest.advanceTimersByTime(900);
    expect(walBytes(file)).toBeGreaterThan(0);
    jest.advanceTimersByTime(2_000);
    expect(walBytes(file)).toBe(0);
    expect(readFileSync(file).includes('secret')).toBe(false);
    expect(failures).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('waits for a reader that still needs it, without holding up the writer, and is emptied afterwards', () => {
    jest.useFakeTimers();
    const { db, keeper, file, folder } = setUp();
    db.sql(insert).run('k', 'old');
    const reader = open(folder, recordsFile, 'read');
    reader.exec('BEGIN');
    expect(reader.sql('SELECT value FROM records').get()).toEqual(['old']);
    db.sql(insert).run('k', 'new');
    keeper.wrote(2, 20);
    jest.advanceTimersByTime(3_000);
    expect(walBytes(file)).toBeGreaterThan(0);
    expect(reader.sql('SELECT value FROM records').get()).toEqual(['old']);
    reader.exec('COMMIT');
    jest.advanceTimersByTime(1_000);
    expect(walBytes(file)).toBe(0);
    expect(reader.sql('SELECT value FROM records').get()).toEqual(['new']);
    jest.useRealTimers();
  });

  it('tells that a checkpoint at idle failed', () => {
    jest.useFakeTimers();
    const { db, keeper, failures } = setUp();
    db.sql(insert).run('k', 'value');
    keeper.wrote(1, 20);
    const sql = db.sql.bind(db);
    const failure = new Error('disk I/O error');
    db.sql = (text) => {
      if (text.includes('wal_checkpoint')) throw failure;
      return sql(text);
    };
    jest.advanceTimersByTime(2_000);
    expect(failures).toEqual([failure]);
    jest.useRealTimers();
  });
});
