import { newDatabaseUrl, mongoServers, type MongoServer } from './mongodb.js';
import { kurrentServers, newNamespace, type KurrentServer } from './kurrentdb.js';

declare global {
  /** Set by the test run (test/jest/pair.mjs). */
  var testStores: 'pair' | undefined;
}

/** Whether this run is on KurrentDB and MongoDB; else it is on a data folder. */
export const isOnPair = globalThis.testStores === 'pair';

/** For what only a data folder has: files. */
export const itWithFiles = isOnPair ? it.skip : it;

/** Servers of this test file: real ones where there are any, else doubles. */
let servers: Promise<readonly [KurrentServer, MongoServer]> | null = null;

const stops = new Set<() => Promise<void>>();

afterAll(async () => {
  // Hooks of this file come before those of the tests: whoever still runs on the servers ends before they do.
  await Promise.all([...stops].map((stop) => stop()));
  for (const server of (await servers) ?? []) await server.stop();
});

async function start(): Promise<readonly [KurrentServer, MongoServer]> {
  const [kurrent, mongo] = [kurrentServers.at(-1), mongoServers.at(-1)];
  if (!kurrent || !mongo) throw new Error('There are no servers.');
  return Promise.all([kurrent[1](), mongo[1]()]);
}

/** Where the stores of a new installation are, for its configuration. `stop` ends it. */
export async function newPair(stop: () => Promise<void>): Promise<Readonly<Record<string, string>>> {
  const [kurrent, mongo] = await (servers ??= start());
  stops.add(stop);
  return {
    SEATLEDGER_EVENTS: kurrent.url,
    SEATLEDGER_NAMESPACE: newNamespace(),
    SEATLEDGER_VIEWS: newDatabaseUrl(mongo),
  };
}
