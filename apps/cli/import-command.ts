import { open } from 'node:fs/promises';
import { openExport, type ExportFile } from '#lib/engine/transfer/export-file.js';
import { checkExport, importLog } from '#lib/engine/transfer/import-log.js';
import { readConfig } from '#lib/product/config/config.js';
import { inWords, Progress } from './progress.js';
import { schema } from './schema.js';
import { openStores } from './stores.js';
import { unusableFile, type Surroundings } from './surroundings.js';

export interface ImportChoice {
  /** Reads the file to its end and touches no store. */
  readonly check: boolean;
  readonly json: boolean;
}

/** Brings an export from a file or stdin (`-`) into the stores of the environment, or checks it. */
export async function importFrom(file: string, choice: ImportChoice, surroundings: Surroundings): Promise<void> {
  const { source, bytes } = file === '-' ? { source: surroundings.stdin, bytes: null } : await fileSource(file);
  const progress = new Progress(choice.check ? 'Checking:' : 'Importing:', bytes, surroundings);
  try {
    // Before any store is opened, which would make one that is not there.
    const opened = await openExport(source);
    const told = choice.check ? await checked(opened, progress) : await imported(opened, progress, surroundings);
    surroundings.stdout.write(`${choice.json ? JSON.stringify({ file, ...told.result }) : told.text}\n`);
  } finally {
    progress.end();
    source.destroy();
  }
}

async function fileSource(file: string) {
  try {
    const handle = await open(file, 'r');
    const { size } = await handle.stat();
    return { source: handle.createReadStream({ highWaterMark: 1024 * 1024 }), bytes: size };
  } catch (error) {
    throw unusableFile(file, error);
  }
}

interface Told {
  readonly result: object;
  readonly text: string;
}

async function checked(file: ExportFile, progress: Progress): Promise<Told> {
  const counts = await checkExport(file, progress.report);
  const { logId, exportedAt } = file.header;
  return {
    result: { outcome: 'whole', ...counts, logId, exportedAt },
    text: `The export of ${exportedAt} is whole and unchanged: ${inWords(counts)} of the log ${logId}.`,
  };
}

async function imported(file: ExportFile, progress: Progress, surroundings: Surroundings): Promise<Told> {
  const stores = await openStores(readConfig(surroundings.environment), 'new', surroundings);
  try {
    const { events, records, place } = stores;
    const { signal } = surroundings;
    const result = await importLog(file, { events, records, schema, progress: progress.report, signal });
    const text =
      result.outcome === 'already'
        ? 'This export was imported here before. Nothing was done.'
        : `Imported ${inWords(result)}. Start the server here: it builds the views from the log.`;
    return { result, text: `${text}\n${place}` };
  } finally {
    await stores.close();
  }
}
