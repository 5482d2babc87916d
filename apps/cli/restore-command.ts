import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { makeEmpty, restoreFolder, type BackupNote } from '#lib/adapters/sqlite/backup.js';
import { cutLog, type CutLog } from '#lib/engine/cutting/cut-log.js';
import { readAsOf } from '#lib/engine/history/as-of.js';
import { LogTimes } from '#lib/engine/history/log-times.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import type { Position } from '#lib/engine/ports/event-store.js';
import { openExport } from '#lib/engine/transfer/export-file.js';
import { exportLog } from '#lib/engine/transfer/export-log.js';
import { importLog } from '#lib/engine/transfer/import-log.js';
import { processes } from '#lib/processes/processes.js';
import { readConfig, type Config } from '#lib/product/config/config.js';
import { belongsTo } from '#lib/product/operations/operation-records.js';
import { catalog } from '#lib/product/registries.js';
import { serverSecret, settingsOf } from '#lib/product/settings.js';
import { moment } from './past.js';
import { amount, Progress, whileReading } from './progress.js';
import { schema } from './schema.js';
import { openStores, type Stores } from './stores.js';
import { RefusedError, type Surroundings } from './surroundings.js';

export interface RestoreChoice {
  /** The new data folder. */
  readonly to: string;
  /** An instant or a position; absent: the whole. */
  readonly at?: string;
  readonly json: boolean;
}

/** Makes a new data folder of a backup, whole or as it was at an earlier moment. */
export async function restore(folder: string, choice: RestoreChoice, surroundings: Surroundings): Promise<void> {
  const { to, at, json } = choice;
  const [from, data] = [resolve(folder), resolve(to)];
  const { told, result } =
    at === undefined ? await restoreWhole(from, data, surroundings) : await restoreAt(from, data, at, surroundings);
  const text = `${told} Start the server there: it builds the views from the log.\nData folder: ${data}`;
  surroundings.stdout.write(`${json ? JSON.stringify({ data, ...result }) : text}\n`);
}

interface Restored {
  readonly told: string;
  readonly result: object;
}

async function restoreWhole(from: string, data: string, surroundings: Surroundings): Promise<Restored> {
  const note = await copyBack(from, data, surroundings);
  return { told: `Restored ${amount(note.events, 'event')} and the records of ${note.takenAt}.`, result: note };
}

function copyBack(from: string, to: string, surroundings: Surroundings): Promise<BackupNote> {
  return whileReading('Reading:', surroundings, (watching) => restoreFolder(from, to, watching));
}

/** All is made beside the new folder, which is there when it is whole. */
async function restoreAt(from: string, data: string, at: string, surroundings: Surroundings): Promise<Restored> {
  makeEmpty(data);
  mkdirSync(dirname(data), { recursive: true });
  const beside = mkdtempSync(join(dirname(data), '.restoring-'));
  try {
    const [whole, cut] = [join(beside, 'whole'), join(beside, 'cut')];
    const { takenAt, logId } = await copyBack(from, whole, surroundings);
    const { events, position, recordedAt, eventsCutOff } = await copyUntil(whole, cut, at, surroundings);
    renameSync(cut, data);
    const told =
      `Restored ${amount(events, 'event')}, up to ${recordedAt}, and the records of ${takenAt}; ` +
      `left out ${amount(eventsCutOff, 'later event')}.`;
    return { told, result: { takenAt, logId, events, position, recordedAt, eventsLeftOut: eventsCutOff } };
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

async function copyUntil(whole: string, to: string, at: string, surroundings: Surroundings) {
  const config = readConfig(surroundings.environment);
  const original = await openStores(folderOf(config, whole), 'existing', surroundings);
  try {
    const cut = await cutAt(original, config, at, surroundings.signal);
    const target = await openStores(folderOf(config, to), 'new', surroundings);
    try {
      return { ...cut, ...(await copy(cut, target, surroundings)) };
    } finally {
      await target.close();
    }
  } finally {
    await original.close();
  }
}

function folderOf(config: Config, data: string): Config {
  return { ...config, data, events: null, views: null };
}

async function cutAt(stores: Stores, config: Config, at: string, signal: AbortSignal): Promise<CutLog> {
  const { events, records } = stores;
  const settings = settingsOf(config, await serverSecret(records));
  const cut = await cutLog({
    events,
    records,
    at: await positionOf(stores, at),
    processes: processes(settings),
    catalog,
    keeps: (row, end) => belongsTo(end, row, records),
    signal,
  });
  if (cut.recordedAt === null) throw new RefusedError(`Nothing had happened by ${at}.`);
  return cut;
}

async function positionOf({ events, records }: Stores, at: string): Promise<Position> {
  const asOf = readAsOf(at, (text) => events.isPosition(text));
  if (!asOf) throw new RefusedError(`${at} is no moment of this log: name ${moment}.`);
  if ('instant' in asOf) return new LogTimes(events, records).positionAt(asOf.instant);
  if (asOf.position <= (await events.head())) return asOf.position;
  throw new RefusedError(`${at} lies beyond the end of this backup.`);
}

/** The way of an export and an import, without a file between. */
async function copy(cut: CutLog, { events, records }: Stores, surroundings: Surroundings) {
  const { signal } = surroundings;
  const progress = new Progress('Restoring:', null, surroundings);
  const exported = { ...cut, schema, exportedAt: systemClock.now(), progress: () => undefined, signal };
  const bytes = Readable.from(exportLog(exported)).map((text: string) => Buffer.from(text));
  try {
    const file = await openExport(bytes);
    return await importLog(file, { events, records, schema, progress: progress.report, signal });
  } finally {
    progress.end();
  }
}
