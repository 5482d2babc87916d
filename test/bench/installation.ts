import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { silent } from '#lib/engine/ports/logger.js';
import { readConfig, type Config } from '#lib/product/config/config.js';
import { openStores, type Stores } from '#lib/product/stores.js';

/** Where to measure; null: in a data folder. */
export interface Addresses {
  readonly events: string | null;
  readonly views: string | null;
}

/** Stores that nobody has written into, for one measurement. */
export interface Installation extends Addresses {
  /** Names the stores for the server and the worker. */
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Config;
  /** Opens them in this process. */
  open(): Promise<Stores>;
  /** Folder and database are gone then; what stands in KurrentDB stays, under a namespace that begins with `bench`. */
  remove(): Promise<void>;
}

export function newInstallation({ events, views }: Addresses): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'seatledger-bench-'));
  const name = `bench${randomBytes(6).toString('hex')}`;
  const database = views?.replace(/^([^:]+:[/]{2}[^/?]*)[/]?/, `$1/${name}`);
  const environment = {
    SEATLEDGER_DATA: folder,
    SEATLEDGER_NAMESPACE: `${name}_`,
    ...(events !== null && { SEATLEDGER_EVENTS: events }),
    ...(database !== undefined && { SEATLEDGER_VIEWS: database }),
  };
  const config = readConfig(environment);
  const fatal = (error: unknown): never => {
    throw error instanceof Error ? error : new Error(String(error));
  };
  return {
    events,
    views,
    environment,
    config,
    open: () => openStores(config, { fatal, log: silent }),
    async remove() {
      rmSync(folder, { recursive: true, force: true });
      if (database === undefined) return;
      const client = new MongoClient(database);
      await client.db().dropDatabase();
      await client.close();
    },
  };
}

/** Measures on an installation of its own. */
export async function onNewInstallation<T>(
  addresses: Addresses,
  measure: (installation: Installation) => Promise<T>,
): Promise<T> {
  const installation = newInstallation(addresses);
  try {
    return await measure(installation);
  } finally {
    await installation.remove();
  }
}
