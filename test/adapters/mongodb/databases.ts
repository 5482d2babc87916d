import { MongoClient, type Db } from 'mongodb';
import { openMongo, type MongoOptions, type MongoStores } from '#lib/adapters/mongodb/open.js';
import { silent } from '#lib/engine/ports/logger.js';
import { mongoServers, newDatabaseUrl, type MongoServer } from '../../support/mongodb.js';

/** A database that no other test has. */
export interface TestDatabase {
  readonly url: string;
  /** As a process of its own would. */
  open(options?: Partial<MongoOptions>): Promise<MongoStores>;
  /** Looks past the stores, or writes past them. */
  at<T>(act: (db: Db) => Promise<T>): Promise<T>;
  drop(): Promise<void>;
}

export function newDatabase(server: Pick<MongoServer, 'url'>): TestDatabase {
  const url = newDatabaseUrl(server);
  const at = async <T>(act: (db: Db) => Promise<T>): Promise<T> => {
    const client = new MongoClient(url);
    try {
      return await act(client.db());
    } finally {
      await client.close();
    }
  };
  return {
    url,
    open: (options = {}) => openMongo({ url, log: silent, ...options }),
    at,
    drop: async () => void (await at((db) => db.dropDatabase())),
  };
}

/** Runs tests on every server there is to run on. */
export function onEveryServer(tests: (name: string, database: () => TestDatabase) => void): void {
  describe.each(mongoServers)('on %s', (name, start) => {
    let server: MongoServer;
    beforeAll(async () => void (server = await start()));
    afterAll(() => server.stop());
    tests(name, () => newDatabase(server));
  });
}
