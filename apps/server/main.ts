import 'reflect-metadata';
import { DataFolderError } from '#lib/adapters/sqlite/data-file.js';
import { StoreCorruptError } from '#lib/engine/ports/event-store.js';
import { TransferError } from '#lib/engine/transfer/format.js';
import { ConfigError, readConfig } from '#lib/product/config/config.js';
import { AddressError } from './http/listen.js';
import { FirstKeyError } from './identity/first-key.js';
import { startServer } from './server.js';

/** A stop that takes longer is cut off: everything acknowledged is in the files anyway. */
const drainWithinMs = 10_000;

const restore = 'Restore the data folder from a backup, or choose another one.';

const saysWhatToDo = [DataFolderError, FirstKeyError, AddressError, TransferError];

function refuseToStart(error: unknown): never {
  if (error instanceof ConfigError) console.error(`The configuration is not usable:\n${error.message}`);
  else if (saysWhatToDo.some((kind) => error instanceof kind)) console.error((error as Error).message);
  else if (error instanceof StoreCorruptError) console.error(`${error.message}\n${restore}`);
  else console.error(error);
  process.exit(1);
}

try {
  const config = readConfig(process.env);
  const server = await startServer(config, { onFatal: () => process.exit(70) });
  console.log(`Seatledger listens on ${server.address} (reference: ${server.address}/docs)`);
  console.log(`Data folder: ${config.data}`);
  if (server.firstKey) {
    console.log(`Admin key, shown this once: ${server.firstKey}`);
  }
  const stop = (): void => {
    setTimeout(() => process.exit(1), drainWithinMs).unref();
    void server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  refuseToStart(error);
}
