import { join } from 'node:path';
import { Database, isBusy } from './database.js';
import { DataFolderError } from './data-file.js';

/** Held for as long as the process uses the folder; the system gives it back when the process dies. */
export interface FolderLock {
  release(): void;
}

/** Two processes could write one write-ahead log without complaint: an exclusive transaction on a file keeps them apart. */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, 'lock.db');
  const db = new Database(file, 'create');
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw error;
    throw new DataFolderError(
      `The data folder ${folder} is in use by another process. Stop that process, or choose another data folder.`,
      { cause: error },
    );
  }
  return {
    release: () => {
      db.rollback();
      db.close();
    },
  };
}
