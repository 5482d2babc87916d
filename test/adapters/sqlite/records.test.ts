import { recordsContract, type RecordsFixture } from '../../contract/records-contract.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

const open = async (folder: string): Promise<RecordsFixture> => {
  const stores = await openTestFolder(folder);
  return {
    records: stores.records,
    close: () => stores.close(),
    reopen: async () => {
      await stores.close();
      return open(folder);
    },
  };
};

recordsContract('SQLite', () => open(newFolder()));
