import type { Leases } from '../../engine/ports/leases.js';
import type { Records } from '../../engine/ports/records.js';
import type { ViewProgress, ViewStore, ViewVersion } from '../../engine/ports/view-store.js';
import { Calls } from './calls.js';
import type { ConnectionOptions } from './client.js';
import { MongoConnection } from './connection.js';
import { isThere } from './errors.js';
import { MongoLeases } from './leases.js';
import { MongoRecords } from './records.js';
import { viewProgress } from './view-progress.js';
import { MongoViewStore } from './view-store.js';
import { ViewVersions } from './view-versions.js';

export interface MongoOptions extends ConnectionOptions {
  /** How long a lease lasts that is not renewed: for so long nobody does the work of a process that died. */
  readonly leaseTermMs?: number;
}

export interface MongoStores {
  readonly views: ViewStore;
  readonly records: Records;
  readonly leases: Leases;
  /** How far these versions are, of whichever process folds them. Cheap enough to be asked all the time. */
  progress(versions: readonly ViewVersion[]): Promise<ViewProgress>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Opens a database of a replica set, and makes there what is missing. Throws MongoSetupError, with the way to mend it, if
 * the server is not one that this works with, and StoreUnavailableError if none can be reached.
 */
export async function openMongo(options: MongoOptions): Promise<MongoStores> {
  const connection = await MongoConnection.open(options);
  const preparing = new Calls();
  try {
    await preparing.read(() => prepare(connection));
  } catch (error) {
    await connection.close();
    throw error;
  }
  const places = new ViewVersions(connection);
  const views = new MongoViewStore(connection, places);
  const records = new MongoRecords(connection);
  const leases = new MongoLeases(connection, options.leaseTermMs ?? 15_000);
  const watching = new Calls();
  return {
    views,
    records,
    leases,
    progress: (versions) => watching.read(() => viewProgress(connection, places, versions)),
    close: async () => {
      await Promise.all([views, records, leases, watching].map((part) => part.close()));
      await connection.close();
    },
  };
}

/** A transaction would make a collection by itself, but fails if two do so at once. */
const collections: Readonly<Record<string, readonly Record<string, 1>[]>> = {
  checkpoints: [],
  parked: [{ place: 1, kind: 1, key: 1 }],
  records: [{ '_id.table': 1, sort: 1, '_id.key': 1 }],
  leases: [],
};

async function prepare({ db }: MongoConnection): Promise<void> {
  for (const [name, indexes] of Object.entries(collections)) {
    try {
      await db.createCollection(name);
    } catch (error) {
      if (!isThere(error)) throw error;
    }
    if (indexes.length > 0) await db.collection(name).createIndexes(indexes.map((key) => ({ key })));
  }
}
