import { jest } from '@jest/globals';
import type { KurrentLimits } from '#lib/adapters/kurrentdb/limits.js';
import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import type { Waits } from '#lib/adapters/mongodb/client.js';
import { openMongo } from '#lib/adapters/mongodb/open.js';
import { openProjector } from '#lib/adapters/sqlite/open.js';
import type { EventStore, LogReader } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewReader, ViewStore } from '#lib/engine/ports/view-store.js';
import { kurrentServers, newNamespace, type KurrentServer } from './kurrentdb.js';
import { mongoServers, newDatabaseUrl, type MongoServer } from './mongodb.js';
import { newFolder, openTestFolder } from './sqlite.js';

// A client of KurrentDB takes half a second for its first read.
jest.setTimeout(30_000);

/** What whoever folds has: its own connections, or its own thread's. */
export interface FoldingStores {
  readonly events: LogReader;
  readonly views: ViewStore;
  close(): Promise<void>;
}

/** The stores of an installation, as one process has them open. */
export interface OpenStores {
  readonly events: EventStore;
  readonly records: Records;
  readonly views: ViewReader;
  /** No other process can append to the log. */
  readonly solelyOurs: boolean;
  openFolding(): Promise<FoldingStores>;
  close(): Promise<void>;
}

/** Stores that hold what they hold, while processes open and close them. */
export interface Installation {
  /** Closed after the file's last test, if the tests have not. */
  open(): Promise<OpenStores>;
}

const opened = new Set<OpenStores>();

/** Those of a test that failed. */
async function closeLeft(): Promise<void> {
  for (const stores of opened) await stores.close();
}
afterAll(closeLeft);

function installation(open: () => Promise<OpenStores>): Installation {
  return {
    async open() {
      const stores = await open();
      const closing: OpenStores = {
        ...stores,
        close: async () => {
          opened.delete(closing);
          await stores.close();
        },
      };
      opened.add(closing);
      return closing;
    },
  };
}

/** A new one in a data folder. */
export function newEmbedded(): Installation {
  const path = newFolder();
  return installation(async () => {
    const folder = await openTestFolder(path);
    const onFatal = (error: Error): void => {
      throw error;
    };
    return {
      events: folder.events,
      records: folder.records,
      views: folder.views,
      solelyOurs: true,
      openFolding: () => openProjector({ folder: path, log: folder.projectorPort(), onFatal }),
      close: () => folder.close(),
    };
  });
}

/** How patient both stores are, where it is not as always. */
export interface Patience {
  readonly limits?: Partial<KurrentLimits>;
  readonly waits?: Partial<Waits>;
}

/** A new one with its events in KurrentDB, and views and records in MongoDB. */
export function newPair(
  kurrent: Pick<KurrentServer, 'url'>,
  mongo: Pick<MongoServer, 'url'>,
  { limits = {}, waits = {} }: Patience = {},
): Installation {
  const log = { url: kurrent.url, namespace: newNamespace(), log: silent, limits };
  const database = { url: newDatabaseUrl(mongo), log: silent, waits };
  return installation(async () => {
    const logs = [openKurrentLog(log), openKurrentLog(log)] as const;
    const databases = [openMongo(database), openMongo(database)] as const;
    const [events, read, stores, folding] = await Promise.all([...logs, ...databases]);
    return {
      events,
      records: stores.records,
      views: stores.views,
      solelyOurs: false,
      // One connection for all who fold one after the other: making one takes as long as a hundred commits.
      openFolding: async () => ({ events: read, views: folding.views, close: async () => undefined }),
      close: async () => {
        await Promise.all([events, read, stores, folding].map((part) => part.close()));
      },
    };
  });
}

/** The tests of a suite on every kind of stores: those in a data folder, and the servers, real ones where there are any. */
export function onAllStores(tests: (newInstallation: () => Installation) => void): void {
  describe('on the embedded store', () => tests(newEmbedded));
  const [kurrentName = '', startKurrent] = kurrentServers.at(-1) ?? [];
  const [mongoName = '', startMongo] = mongoServers.at(-1) ?? [];
  describe(`on ${kurrentName} + ${mongoName}`, () => {
    let servers: readonly [KurrentServer, MongoServer] | null = null;
    beforeAll(async () => {
      if (!startKurrent || !startMongo) throw new Error('There are no servers.');
      servers = await Promise.all([startKurrent(), startMongo()]);
    });
    afterAll(async () => {
      await closeLeft();
      for (const server of servers ?? []) await server.stop();
    });
    tests(() => {
      if (!servers) throw new Error('The servers do not run.');
      return newPair(...servers);
    });
  });
}
