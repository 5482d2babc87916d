import { leasesContract, type LeasesFixture } from '../../contract/leases-contract.js';
import { onEveryServer, type TestDatabase } from './databases.js';

const open = async (database: TestDatabase): Promise<LeasesFixture> => {
  const stores = [await database.open(), await database.open()] as const;
  const close = async () => {
    for (const one of stores) await one.close();
  };
  const [{ leases }, { leases: others }] = stores;
  return {
    leases,
    others,
    // The server's clock is nobody's to turn: what ends is ended by a term earlier instead.
    passTerm: async () => {
      const earlier = [{ $set: { until: { $subtract: ['$until', leases.termMs] } } }];
      await database.at((db) => db.collection('leases').updateMany({}, earlier));
    },
    close: async () => {
      await close();
      await database.drop();
    },
    reopen: async () => {
      await close();
      return open(database);
    },
  };
};

onEveryServer((name, database) => leasesContract(name, () => open(database())));
