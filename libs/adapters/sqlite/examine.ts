import { join } from 'node:path';
import { StoreCorruptError } from '../../engine/ports/event-store.js';
import { requireFile } from './data-file.js';
import { Database, lookInto } from './database.js';
import { eventsFile, recordsFile, type FileKind } from './schema.js';
import { verifiedLog, type VerifiedLog, type Watching } from './verified-log.js';

export interface ExaminedLog extends VerifiedLog {
  /** When the last event was recorded; null: there is none. */
  readonly lastRecordedAt: string | null;
}

/**
 * Reads a folder's whole log beside whoever writes it: is it ours, whole, with its indexes, and as it was written? Throws
 * DataFolderError or StoreCorruptError, which say what to do.
 */
export async function examineLog(folder: string, watching: Watching): Promise<ExaminedLog> {
  requireSound(folder, eventsFile);
  const file = join(folder, eventsFile.name);
  const [last] = lookInto(file, (db) => db.sql('SELECT max(recorded_at) FROM events').get()) ?? [];
  return { ...(await verifiedLog(file, watching)), lastRecordedAt: typeof last === 'string' ? last : null };
}

/** The same of the records; answers how many there are. */
export function examineRecords(folder: string): number {
  requireSound(folder, recordsFile);
  return Number(lookInto(join(folder, recordsFile.name), (db) => db.sql('SELECT count(*) FROM records').get())?.[0]);
}

/** The value of a row of a folder's records, read beside whoever uses the folder; null: it is not there. */
export function recordIn(folder: string, table: string, key: string): object | null {
  const [value] =
    lookInto(join(folder, recordsFile.name), (db) =>
      db.sql('SELECT value FROM records WHERE "table" = ? AND key = ?').get(table, key),
    ) ?? [];
  return typeof value === 'string' ? (JSON.parse(value) as object) : null;
}

function requireSound(folder: string, kind: FileKind): void {
  const file = join(folder, kind.name);
  requireFile(folder, kind);
  const declared = namesIn(kind);
  lookInto(file, (db) => {
    const found = new Set(db.sql('SELECT name FROM file.sqlite_schema').all().map(String));
    const missing = declared.filter((name) => !found.has(name));
    if (missing.length > 0) throw damaged(file, `it lacks ${missing.join(', ')}`);
    const [fault] = db.sql('PRAGMA file.integrity_check(1)').get() ?? [];
    if (fault !== 'ok') throw damaged(file, String(fault));
  });
}

/** Tables and indexes that a file of this kind is made with. */
function namesIn({ schema }: FileKind): readonly string[] {
  const db = new Database('file::memory:', 'memory');
  try {
    db.exec(schema);
    return db.sql('SELECT name FROM sqlite_schema').all().map(String);
  } finally {
    db.close();
  }
}

function damaged(file: string, how: string): StoreCorruptError {
  return new StoreCorruptError(`${file} is damaged: ${how}. Restore it from a backup.`);
}
