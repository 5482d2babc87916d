import { jest } from '@jest/globals';
import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import { eventStoreContract, type EventStoreFixture } from '../../contract/event-store-contract.js';
import { kurrentServers, newNamespace, type KurrentServer } from '../../support/kurrentdb.js';

// A client's first read takes half a second, and every test opens clients of its own.
jest.setTimeout(30_000);
describe.each(kurrentServers)('%s', (name, start) => {
  let server: KurrentServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  const open = async (namespace: string): Promise<EventStoreFixture> => {
    const store = await openKurrentLog({ url: server.url, namespace });
    return {
      store,
      close: () => store.close(),
      reopen: async () => {
        await store.close();
        return open(namespace);
      },
    };
  };

  eventStoreContract(name, () => open(newNamespace()));
});
