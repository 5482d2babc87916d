import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { MongoDouble } from '../doubles/mongodb/mongo-double.js';

/** A server to run on. */
export interface MongoServer {
  /** A connection string that names no database. */
  readonly url: string;
  stop(): Promise<void>;
}

const { TEST_MONGODB_URL: realUrl } = process.env;

/** The servers that a test for every server runs on: the double, and a real one if there is one. */
export const mongoServers: readonly (readonly [name: string, start: () => Promise<MongoServer>])[] = [
  ['MongoDB (double)', () => MongoDouble.start()],
  ...(realUrl ? ([['MongoDB', () => realServer(realUrl)]] as const) : []),
];

const prefix = `seatledger_test_${randomBytes(4).toString('hex')}_`;
let databases = 0;

/** The connection string of a database of its own for each test: one server is shared. */
export function newDatabaseUrl({ url }: Pick<MongoServer, 'url'>): string {
  databases += 1;
  return url.replace(/^(mongodb(?:[+]srv)?:[/]{2}[^/?]*)[/]?([^?]*)/, `$1/${prefix}${databases}`);
}

/** It is there before the tests and after them: stopping drops the databases that they made. */
async function realServer(url: string): Promise<MongoServer> {
  return {
    url,
    stop: async () => {
      const client = new MongoClient(url);
      const { databases: all } = await client.db('admin').admin().listDatabases({ nameOnly: true });
      for (const { name } of all) if (name.startsWith(prefix)) await client.db(name).dropDatabase();
      await client.close();
    },
  };
}
