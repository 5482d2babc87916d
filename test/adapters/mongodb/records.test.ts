import { recordsContract, type RecordsFixture } from '../../contract/records-contract.js';
import { onEveryServer, type TestDatabase } from './databases.js';

const open = async (database: TestDatabase): Promise<RecordsFixture> => {
  const stores = await database.open();
  return {
    records: stores.records,
    close: async () => {
      await stores.close();
      await database.drop();
    },
    reopen: async () => {
      await stores.close();
      return open(database);
    },
  };
};

onEveryServer((name, database) => {
  recordsContract(name, () => open(database()));

  it('lets changes of two processes that stand in each other’s way all be made, each on what the other left', async () => {
    const shared = database();
    const processes = [await shared.open(), await shared.open()];
    const count = async (records: RecordsFixture['records'], key: string): Promise<void> => {
      for (;;) {
        const found = await records.get('counts', key);
        const value = { n: ((found?.value as { n: number } | undefined)?.n ?? 0) + 1 };
        const other = { table: 'counts', key: 'all', expect: 'any', value: {} } as const;
        const changes = [{ table: 'counts', key, expect: found?.version ?? 'none', value } as const, other];
        if ((await records.transact(changes)).ok) return;
      }
    };
    await Promise.all(
      Array.from({ length: 9 }, (_, n) => processes.map(({ records }) => count(records, `k${n % 3}`))).flat(),
    );
    for (const { records } of processes) {
      for (const key of ['k0', 'k1', 'k2']) {
        expect(await records.get('counts', key)).toMatchObject({ version: 6, value: { n: 6 } });
      }
      expect(await records.get('counts', 'all')).toMatchObject({ version: 18 });
    }
    for (const process of processes) await process.close();
    await shared.drop();
  });
});
