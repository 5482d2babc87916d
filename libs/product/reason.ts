import { DataFolderError } from '#lib/adapters/sqlite/data-file.js';
import { MongoSetupError } from '#lib/adapters/mongodb/errors.js';
import { StoreCorruptError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { TransferError } from '#lib/engine/transfer/format.js';
import { ConfigError } from './config/config.js';
import { StartRefusedError } from './start-refused.js';

/** What to do about stores that are damaged, or not there at the moment. */
export interface Advice {
  readonly damaged: string;
  readonly away: string;
}

const saysWhatToDo = [StartRefusedError, DataFolderError, MongoSetupError, TransferError];

/** Why something could not be done, and what to do, for whoever started it. Null: it is nothing that they could mend. */
export function reasonOf(error: unknown, { damaged, away }: Advice): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof ConfigError) return `The configuration is not usable:\n${error.message}`;
  if (error instanceof StoreCorruptError) return `${error.message}\n${damaged}`;
  if (error instanceof StoreUnavailableError) return `${error.message}\n${away}`;
  return saysWhatToDo.some((kind) => error instanceof kind) ? error.message : null;
}
