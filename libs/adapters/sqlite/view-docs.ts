import { StoreCorruptError } from '../../engine/ports/event-store.js';
import type { Doc } from '../../engine/model/projection.js';
import type { Checkpoint, ParkedKey } from '../../engine/ports/view-store.js';
import type { Cell, Database } from './database.js';
import type { BuildTables, FieldColumn } from './view-tables.js';

export const damaged = 'The views are damaged. Stop the server and remove views.db: they are built again.';

/** Selects a field whole: as text, SQLite's reader would cut it at a NUL. */
export function fieldOut({ column, type }: FieldColumn): string {
  return type === 'text' ? `CAST(${column} AS BLOB)` : column;
}

export function fieldValue(cell: Cell | undefined): string | number | null {
  return Buffer.isBuffer(cell) ? cell.toString() : (cell ?? null);
}

export function parseDoc(json: Cell | undefined): Doc {
  try {
    return JSON.parse(json as string) as Doc;
  } catch (cause) {
    throw new StoreCorruptError(damaged, { cause });
  }
}

export function readCheckpoint(db: Database, at: BuildTables | null): Checkpoint | null {
  if (!at) return null;
  const cells = db
    .sql(
      `SELECT position, seen, applied, count, digest, epoch, updated_at FROM checkpoints
       WHERE view = ? AND version = ? AND build = ?`,
    )
    .get(...at.id);
  if (!cells) return null;
  const [position, seen, applied, count, digest, epoch, updatedAt] = cells;
  return { position, seen, applied, count, digest, epoch, updatedAt } as Checkpoint;
}

export function readParked(db: Database, at: BuildTables | null): readonly ParkedKey[] {
  if (!at) return [];
  return db
    .sql(
      `SELECT kind, key, event, error, since, waiting FROM parked
       WHERE view = ? AND version = ? AND build = ? ORDER BY kind, key`,
    )
    .all(...at.id)
    .map(([kind, key, event, error, since, waiting]) => {
      return { kind, key, event, error, since, waiting: parseDoc(waiting) } as ParkedKey;
    });
}
