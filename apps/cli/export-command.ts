import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '#lib/engine/ports/clock.js';
import { exportLog } from '#lib/engine/transfer/export-log.js';
import type { TransferCounts } from '#lib/engine/transfer/format.js';
import { readConfig } from '#lib/product/config/config.js';
import { inWords, Progress } from './progress.js';
import { schema } from './schema.js';
import { openStores, type Stores } from './stores.js';
import { unusableFile, type Surroundings } from './surroundings.js';

/** Writes everything that must be kept to a new file, which only this user may read, or to stdout (`-`). */
export async function exportTo(file: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const stores = await openStores(readConfig(surroundings.environment), 'existing', surroundings);
  try {
    const isStdout = file === '-';
    const counts = await (isStdout
      ? writeTo(surroundings.stdout, false, stores, surroundings)
      : writeFile(file, stores, surroundings));
    const told = json ? JSON.stringify({ file, ...counts }) : `Exported ${inWords(counts)}.\n${stores.place}`;
    (isStdout ? surroundings.stderr : surroundings.stdout).write(`${told}\n`);
  } finally {
    await stores.close();
  }
}

/** What cannot be written whole does not stay. */
async function writeFile(file: string, stores: Stores, surroundings: Surroundings): Promise<TransferCounts> {
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => Promise.reject(unusableFile(file, error)));
  const output = handle.createWriteStream({ flush: true });
  try {
    return await writeTo(output, true, stores, surroundings);
  } catch (error) {
    if (!output.closed) await once(output.destroy(), 'close');
    await rm(file, { force: true });
    throw error;
  }
}

async function writeTo(
  output: Writable,
  end: boolean,
  { events, records }: Stores,
  surroundings: Surroundings,
): Promise<TransferCounts> {
  const { signal } = surroundings;
  const progress = new Progress('Exporting:', null, surroundings);
  let counts: TransferCounts = { records: 0, events: 0 };
  const blocks = exportLog({
    events,
    records,
    schema,
    exportedAt: systemClock.now(),
    progress(reached) {
      counts = { records: reached.records, events: reached.events };
      progress.report(reached);
    },
    signal,
  });
  try {
    await pipeline(blocks, output, { end, signal });
  } finally {
    progress.end();
  }
  return counts;
}
