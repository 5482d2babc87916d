import { join } from 'node:path';
import { Database } from '#lib/adapters/sqlite/database.js';
import { recordsFile } from '#lib/adapters/sqlite/schema.js';
import { StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { erasureContract, type RecordFilesFixture } from '../../contract/erasure-contract.js';
import { recordsContract } from '../../contract/records-contract.js';
import { bytesOf, newFolder, openTestFolder } from '../../support/sqlite.js';

const open = async (folder: string): Promise<RecordFilesFixture> => {
  const stores = await openTestFolder(folder);
  return {
    records: stores.records,
    bytes: async () => bytesOf(folder, 'records.db'),
    close: () => stores.close(),
    reopen: async () => {
      await stores.close();
      return open(folder);
    },
  };
};

recordsContract('SQLite', () => open(newFolder()));
erasureContract('SQLite', () => open(newFolder()));

it('erases no sooner than somebody else has ended reading the records', async () => {
  const folder = newFolder();
  const { records, close } = await openTestFolder(folder);
  await records.transact([{ table: 'people', key: 'a', expect: 'none', value: { text: '<secret>' } }]);
  const reader = new Database(join(folder, recordsFile.name), 'read');
  reader.exec('BEGIN');
  expect(reader.sql('SELECT count(*) FROM records').get()).toEqual([1]);
  await expect(records.erase('people', 'a')).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(await records.get('people', 'a')).toBeNull();
  expect(bytesOf(folder, recordsFile.name).includes('<secret>')).toBe(true);
  reader.exec('COMMIT');
  await records.erase('people', 'a');
  expect(bytesOf(folder, recordsFile.name).includes('<secret>')).toBe(false);
  reader.close();
  await close();
});
