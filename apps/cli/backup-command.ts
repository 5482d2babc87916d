import { resolve } from 'node:path';
import { backupFolder } from '#lib/adapters/sqlite/backup.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import { readConfig } from '#lib/product/config/config.js';
import { amount, whileReading } from './progress.js';
import { RefusedError, type Surroundings } from './surroundings.js';

/** Copies the data folder of the environment into an empty folder, also while a server uses it. */
export async function backup(folder: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, stdout } = surroundings;
  const { data, events, views } = readConfig(environment);
  if (events !== null || views !== null) {
    throw new RefusedError(
      'A backup copies a data folder, and not all of this installation lies in one. Back up its stores with their own ' +
        'tools, or use `seatledger export`.',
    );
  }
  const into = resolve(folder);
  const takenAt = systemClock.now();
  const note = await whileReading('Reading the copy:', surroundings, (watching) =>
    backupFolder(data, into, takenAt, watching),
  );
  const told = `Backed up ${amount(note.events, 'event')} and the records.\nFolder: ${into}`;
  stdout.write(`${json ? JSON.stringify({ folder: into, ...note }) : told}\n`);
}
