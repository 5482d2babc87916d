import { DataFolderError } from '#lib/adapters/sqlite/data-file.js';
import { MongoSetupError } from '#lib/adapters/mongodb/errors.js';
import { StoreCorruptError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { TransferError } from '#lib/engine/transfer/format.js';
import { ConfigError, readConfig, type Config } from './config/config.js';
import type { Environment } from './config/given.js';
import { StartRefusedError } from './start-refused.js';

export interface Begun {
  /** What whoever started it is told, a line each. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

/** A stop that takes longer is cut off: everything acknowledged is in the stores anyway. */
const drainWithinMs = 10_000;

const restore = 'Restore the data folder from a backup, or choose another one.';
const connect = 'See that the addresses in SEATLEDGER_EVENTS and SEATLEDGER_VIEWS are right and their servers run.';

/**
 * A whole process: reads the configuration, begins, and ends in good order when it is asked to. A start that is refused
 * says why and ends with 1; stores that fail for good end it with 70.
 */
export async function runProcess(
  environment: Environment,
  begin: (config: Config, onFatal: () => void) => Promise<Begun>,
): Promise<void> {
  try {
    const { said, close } = await begin(readConfig(environment), () => process.exit(70));
    for (const line of said) console.log(line);
    const stop = (): void => void end(close);
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    for (const line of refusalOf(error)) console.error(line);
    process.exit(1);
  }
}

async function end(close: () => Promise<void>): Promise<void> {
  setTimeout(() => process.exit(1), drainWithinMs).unref();
  try {
    await close();
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

function refusalOf(error: unknown): readonly unknown[] {
  if (error instanceof ConfigError) return [`The configuration is not usable:\n${error.message}`];
  if (error instanceof StoreCorruptError) return [error.message, restore];
  if (error instanceof StoreUnavailableError) return [error.message, connect];
  const kinds = [StartRefusedError, DataFolderError, MongoSetupError, TransferError];
  const saysWhatToDo = kinds.some((kind) => error instanceof kind);
  return [saysWhatToDo ? (error as Error).message : error];
}
