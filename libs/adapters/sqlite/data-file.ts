import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Database, type Faults } from './database.js';
import type { FileKind } from './schema.js';

/** The data folder cannot be used as it is. The message says what to do; no file was changed. */
export class DataFolderError extends Error {}

const headerBytes = 100;

/** How long a connection waits for another one. */
export const busyTimeoutMs = 5_000;

/**
 * Looks at a file before SQLite opens it, since opening may already change it. Throws DataFolderError if it is not this
 * program's, of a newer one, or cut. Only for files that this process has not open: closing one gives up its locks.
 */
export function inspect(folder: string, kind: FileKind): 'missing' | 'usable' {
  const file = join(folder, kind.name);
  if (!existsSync(file)) return 'missing';
  // SQLite would open for reading alone what it may not write, and fail at the first write.
  requireAccess(file, constants.R_OK | constants.W_OK);
  const header = readHeader(file);
  const restore = 'Restore the data folder from a backup, or choose another one.';
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new DataFolderError(`${file} is not a database, or its beginning is damaged. ${restore}`);
  }
  if (header.readUInt32BE(68) !== kind.applicationId) {
    throw new DataFolderError(`${file} is a database of another program. Choose another data folder.`);
  }
  const version = header.readUInt32BE(60);
  if (version > kind.version) {
    throw new DataFolderError(
      `${file} was written by a newer version of this program (schema ${version}, this one knows ${kind.version}). ` +
        'Start that version, or restore a backup from before the upgrade.',
    );
  }
  if (isCut(file, header)) throw new DataFolderError(`${file} is cut off: its end is missing. ${restore}`);
  return 'usable';
}

/** Throws DataFolderError if this user may not do with a file or folder what must be done with it. */
export function requireAccess(path: string, mode: number): void {
  try {
    accessSync(path, mode);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Throws DataFolderError if a folder has no such file, or one that is not ours. */
export function requireFile(folder: string, kind: FileKind): void {
  if (inspect(folder, kind) !== 'missing') return;
  throw new DataFolderError(`There is no ${kind.name} in ${folder}. Name the data folder with SEATLEDGER_DATA.`);
}

export function unusable(path: string, cause: unknown): DataFolderError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : cause;
  return new DataFolderError(
    `${path} cannot be used (${String(code)}). ` +
      'Give this user the right to read and write it, or choose another data folder.',
    { cause },
  );
}

function readHeader(file: string): Buffer {
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, headerBytes, 0);
  } finally {
    closeSync(descriptor);
  }
  return header;
}

/** While there is a write-ahead log, the end may still be in it. */
function isCut(file: string, header: Buffer): boolean {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (wal && wal.size > 0) return false;
  const stored = header.readUInt16BE(16);
  const pageBytes = stored === 1 ? 65_536 : stored;
  const hasPageCount = header.readUInt32BE(24) === header.readUInt32BE(92);
  return hasPageCount && statSync(file).size < header.readUInt32BE(28) * pageBytes;
}

/** Makes a new file whole or not at all: it gets its name when it is complete. `rows` is SQL for the first rows. */
export function create(folder: string, kind: FileKind, rows = ''): void {
  const file = join(folder, kind.name);
  const draft = `${file}.new`;
  for (const path of [draft, `${draft}-journal`, `${file}-wal`, `${file}-shm`]) rmSync(path, { force: true });
  const db = new Database(draft, 'create');
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE;');
  db.exec(`PRAGMA application_id = ${kind.applicationId}; PRAGMA user_version = ${kind.version}; ${kind.schema}`);
  db.exec(`${rows} COMMIT; PRAGMA journal_mode = WAL;`);
  db.close();
  renameSync(draft, file);
  syncFolder(dirname(file));
}

/** A new name is safe from a power cut when its folder is on the disk. Windows has no such thing, and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function remove(folder: string, kind: FileKind): void {
  const file = join(folder, kind.name);
  for (const path of [file, `${file}-wal`, `${file}-shm`]) rmSync(path, { force: true });
}

/** Opens a file that was inspected or created, with its settings made and read back. */
export function open(folder: string, kind: FileKind, access: 'read' | 'write', faults?: Faults): Database {
  const db = new Database(join(folder, kind.name), access, faults);
  // Waiting is for the rare moment in which another connection recovers or restarts the write-ahead log.
  setPragma(db, 'busy_timeout', busyTimeoutMs);
  setPragma(db, 'cache_size', -16_384);
  setPragma(db, 'temp_store', 'MEMORY', 2);
  if (access === 'read') setPragma(db, 'query_only', 'ON', 1);
  setPragma(db, 'journal_mode', 'WAL', 'wal', access === 'read');
  setPragma(db, 'synchronous', kind.synchronous, kind.synchronous === 'FULL' ? 2 : 1);
  setPragma(db, 'secure_delete', kind.secureDelete ? 'ON' : 'OFF', kind.secureDelete ? 1 : 0);
  // A checkpoint that SQLite makes by itself hides a failed sync; WalKeeper makes them.
  setPragma(db, 'wal_autocheckpoint', 0);
  setPragma(db, 'application_id', kind.applicationId, kind.applicationId, true);
  setPragma(db, 'user_version', kind.version, kind.version, true);
  return db;
}

function setPragma(db: Database, name: string, value: string | number, expected = value, onlyCheck = false): void {
  if (!onlyCheck) db.exec(`PRAGMA ${name} = ${value}`);
  const found = db.sql(`PRAGMA ${name}`).get()?.[0];
  if (found !== expected)
    throw new DataFolderError(`${db.file}: ${name} is ${String(found)}, and must be ${expected}.`);
}
