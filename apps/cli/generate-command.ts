import { importLog } from '#lib/engine/transfer/import-log.js';
import { historyAsExport } from '#lib/histories/as-export.js';
import { readConfig } from '#lib/product/config/config.js';
import { inWords, Progress } from './progress.js';
import { schema } from './schema.js';
import { openStores } from './stores.js';
import type { Surroundings } from './surroundings.js';

export interface GenerateChoice {
  readonly events: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Writes a history into the stores of the environment, which hold nothing, or a part of this very history. */
export async function generate({ events, seed, json }: GenerateChoice, surroundings: Surroundings): Promise<void> {
  const again = `Run \`seatledger generate --events ${events} --seed ${seed}\` again: it goes on where it stopped.`;
  const stores = await openStores(readConfig(surroundings.environment), 'new', surroundings);
  const progress = new Progress('Generating:', null, surroundings);
  try {
    const { signal, stdout } = surroundings;
    const options = { events: stores.events, records: stores.records, schema, progress: progress.report, signal };
    const result = await importLog(historyAsExport({ seed, events }, again), options);
    progress.end();
    const text =
      result.outcome === 'already'
        ? 'This history was generated here before. Nothing was done.'
        : `Generated ${inWords(result)}. Start the server here: it builds the views from the log.`;
    stdout.write(json ? `${JSON.stringify({ seed, ...result })}\n` : `${text}\n${stores.place}\n`);
  } finally {
    await stores.close();
  }
}
