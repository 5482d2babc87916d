import { eventStoreContract, type EventStoreFixture } from '../../contract/event-store-contract.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

const open = async (folder: string): Promise<EventStoreFixture> => {
  const stores = await openTestFolder(folder);
  return {
    store: stores.events,
    close: () => stores.close(),
    reopen: async () => {
      await stores.close();
      return open(folder);
    },
  };
};

eventStoreContract('SQLite', () => open(newFolder()));
