import { randomBytes } from 'node:crypto';
import { constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreCorruptError, type Position } from '../../engine/ports/event-store.js';
import { create, DataFolderError, inspect, remove, requireAccess, unusable } from './data-file.js';
import { lookInto } from './database.js';
import { eventsFile, recordsFile, viewsFile } from './schema.js';

/** The log that views are folded from, which may lie elsewhere. */
export interface ViewedLog {
  readonly logId: string;
  readonly head: Position;
}

export type Warn = (message: string) => void;

/** Whether a log is there: opening a folder would make one. */
export function hasLog(folder: string): boolean {
  return existsSync(join(folder, eventsFile.name));
}

/** Makes the folder if it is new. Throws DataFolderError if this user may not read and write it. */
export function makeUsable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unusable(`The data folder ${folder}`, cause);
  }
  requireAccess(folder, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** With the lock held. Log and records are made together, the log first, and never again when one of them is missing. */
export function prepareLog(folder: string): void {
  const events = inspect(folder, eventsFile);
  const records = inspect(folder, recordsFile);
  if (events === 'missing') {
    if (records === 'usable') throw incomplete(folder, eventsFile.name);
    // Drawn once; hexadecimal, so that it needs no escaping anywhere.
    create(folder, eventsFile, `INSERT INTO log VALUES ('${randomBytes(8).toString('hex')}');`);
  }
  if (records === 'missing') {
    if (events === 'usable' && !isEmptyLog(folder)) throw incomplete(folder, recordsFile.name);
    create(folder, recordsFile);
  }
}

/**
 * With the lock held and the log open. Views can always be built again, so a file that is damaged, of another program
 * version or of another log, or that has seen more of the log than there is, is removed and made anew.
 */
export function prepareViews(folder: string, { logId, head }: ViewedLog, warn: Warn): void {
  const fault = faultOfViews(folder, logId, head);
  if (fault === null) return;
  if (fault !== 'missing') {
    warn(`views.db ${fault}. It is removed, and all views are built again from the log.`);
    remove(folder, viewsFile);
  }
  create(folder, viewsFile, `INSERT INTO log VALUES ('${logId}');`);
}

function faultOfViews(folder: string, logId: string, head: Position): string | null {
  try {
    if (inspect(folder, viewsFile) === 'missing') return 'missing';
    return lookInto(join(folder, viewsFile.name), (db) => {
      if (db.sql('PRAGMA file.user_version').get()?.[0] !== viewsFile.version) return 'is of an older version';
      if (db.sql('SELECT id FROM log').get()?.[0] !== logId) return 'belongs to another log';
      const positions = db.sql('SELECT position FROM checkpoints').all();
      db.sql('SELECT count(*) FROM builds').get();
      db.sql('SELECT count(*) FROM parked').get();
      const isAhead = positions.some(([position]) => String(position) > head);
      return isAhead ? 'has seen more of the log than there is' : null;
    });
  } catch (error) {
    if (error instanceof StoreCorruptError || error instanceof DataFolderError) return 'cannot be used';
    throw error;
  }
}

function isEmptyLog(folder: string): boolean {
  return lookInto(join(folder, eventsFile.name), (db) => db.sql('SELECT 1 FROM events LIMIT 1').get() === undefined);
}

function incomplete(folder: string, missing: string): DataFolderError {
  return new DataFolderError(
    `${missing} is missing in the data folder ${folder}, and the rest is there. Restore it from a backup, or choose another folder.`,
  );
}
