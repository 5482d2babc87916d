import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StoreCorruptError, StoreUnavailableError, type Position } from '../../engine/ports/event-store.js';
import { DataFolderError, inspect, requireFile, syncFolder, unusable } from './data-file.js';
import { lookInto } from './database.js';
import { verifiedLog, type Watching } from './verified-log.js';
import { eventsFile, recordsFile, type FileKind } from './schema.js';

/** What a backup is, as it stands in its own file, which is written last: without it a backup is not whole. */
export interface BackupNote {
  readonly format: 'seatledger-backup';
  readonly version: 1;
  readonly takenAt: string;
  readonly logId: string;
  /** Events in the log, and the position of the last one. */
  readonly events: number;
  readonly head: Position;
}

const noteName = 'backup.json';
const kinds = [recordsFile, eventsFile] as const;

/**
 * Copies records and then log of a data folder, each as of one instant, also while a server uses it: everything that was
 * acknowledged before is in the copy. The order is that of an export: records say how far processes have come, and
 * must never be ahead of the log. Reads every event of the copy. Throws an error that says what to do, and leaves nothing.
 */
export async function backupFolder(
  folder: string,
  into: string,
  takenAt: string,
  watching: Watching,
): Promise<BackupNote> {
  for (const kind of kinds) requireFile(folder, kind);
  makeEmpty(into);
  try {
    for (const kind of kinds) copyOpen(folder, into, kind);
    const log = await verifiedLog(join(into, eventsFile.name), watching);
    const note: BackupNote = { format: 'seatledger-backup', version: 1, takenAt, ...log };
    const draft = join(into, `${noteName}.new`);
    writeFileSync(draft, `${JSON.stringify(note, null, 2)}\n`, { flush: true, mode: 0o600 });
    renameSync(draft, join(into, noteName));
    syncFolder(into);
    return note;
  } catch (error) {
    for (const kind of kinds) rmSync(join(into, kind.name), { force: true });
    if (error instanceof StoreUnavailableError) {
      throw new DataFolderError(`There is no room for the backup in ${into}. Make room, or choose another folder.`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Makes a data folder of a backup, which stays as it is. Throws an error that says what to do, and leaves nothing. */
export async function restoreFolder(from: string, to: string, watching: Watching): Promise<BackupNote> {
  const note = readNote(from);
  for (const kind of kinds) {
    if (inspect(from, kind) === 'missing') throw notWhole(from);
  }
  makeEmpty(to);
  try {
    for (const kind of kinds) {
      const file = join(to, kind.name);
      copyFileSync(join(from, kind.name), file, constants.COPYFILE_EXCL);
      syncFile(file);
    }
    const { logId, events, head } = await verifiedLog(join(to, eventsFile.name), watching);
    if (logId !== note.logId || events !== note.events || head !== note.head) {
      throw new StoreCorruptError(`The log in ${from} is not the one that ${noteName} there tells of.`);
    }
    syncFolder(to);
    return note;
  } catch (error) {
    for (const kind of kinds) rmSync(join(to, kind.name), { force: true });
    throw error;
  }
}

/** Makes a folder, unless it is there and empty. Throws an error that says what to do. */
export function makeEmpty(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) return;
  } catch (cause) {
    throw unusable(folder, cause);
  }
  throw new DataFolderError(`${folder} is not empty. Name a folder that is, or one that is not there yet.`);
}

/** SQLite reads it in one transaction, beside whoever writes. */
function copyOpen(folder: string, into: string, kind: FileKind): void {
  const file = join(into, kind.name);
  lookInto(join(folder, kind.name), (db) => db.exec(`VACUUM file INTO '${file.replaceAll("'", "''")}'`));
  syncFile(file);
}

function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readNote(folder: string): BackupNote {
  const file = join(folder, noteName);
  if (!existsSync(file)) throw notWhole(folder);
  const note = JSON.parse(readFileSync(file, 'utf8')) as BackupNote;
  if (note.format === 'seatledger-backup' && note.version === 1) return note;
  throw new DataFolderError(
    `${file} is not of a backup that this build knows. Restore it with the build that made it.`,
  );
}

function notWhole(folder: string): DataFolderError {
  return new DataFolderError(`${folder} holds no backup, or one that was cut off. Name the folder of a whole one.`);
}
