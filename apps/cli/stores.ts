import { hasLog } from '#lib/adapters/sqlite/data-folder.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { Config } from '#lib/product/config/config.js';
import * as product from '#lib/product/stores.js';
import { RefusedError, type Surroundings } from './surroundings.js';

/** Log and records of the installation that the environment names. */
export interface Stores {
  readonly events: EventStore;
  readonly records: Records;
  /** Where they are, in lines for people. */
  readonly place: string;
  close(): Promise<void>;
}

/** `existing`: what is not there is refused; `new`: it is made. Throws an error that says what to do. */
export async function openStores(
  config: Config,
  state: 'existing' | 'new',
  { stderr, execArgv }: Surroundings,
): Promise<Stores> {
  const isFolder = config.events === null || config.views === null;
  if (state === 'existing' && isFolder && !hasLog(config.data)) {
    throw new RefusedError(`There is no log in ${config.data}. Name the data folder with SEATLEDGER_DATA.`);
  }
  const { events, records, place, close } = await product.openStores(config, {
    // Whoever waits for the stores is told as well, and the command ends with that.
    fatal: () => undefined,
    log: { ...silent, warn: (_, message) => void stderr.write(`${message}\n`) },
    ...(execArgv && { execArgv }),
  });
  return { events, records, place, close };
}
