import { StoreCorruptError } from '../../engine/ports/event-store.js';
import type { RecordList, RecordRow, Records } from '../../engine/ports/records.js';
import type { Database, Row } from './database.js';

/** Records as a thread reads them that does not change them. */
export class SqliteRecordReader implements Pick<Records, 'get' | 'list'> {
  constructor(protected readonly db: Database) {}

  async get(table: string, key: string): Promise<RecordRow | null> {
    const cells = this.db.sql(`SELECT ${columns} FROM records WHERE "table" = ? AND key = ?`).get(table, key);
    return cells ? toRecord(cells) : null;
  }

  async list({ table, after, afterKey, upTo, limit }: RecordList): Promise<readonly RecordRow[]> {
    const conditions = ['"table" = ?', 'sort IS NOT NULL'];
    const values: (string | number)[] = [table];
    if (after !== undefined) {
      conditions.push(afterKey === undefined ? 'sort > ?' : '(sort, key) > (?, ?)');
      values.push(after, ...(afterKey === undefined ? [] : [afterKey]));
    }
    if (upTo !== undefined) {
      conditions.push('sort <= ?');
      values.push(upTo);
    }
    return this.db
      .sql(`SELECT ${columns} FROM records WHERE ${conditions.join(' AND ')} ORDER BY sort, key LIMIT ?`)
      .all(...values, limit)
      .map(toRecord);
  }

  async close(): Promise<void> {
    this.db.close();
  }
}

export const columns = '"table", key, version, sort, value';

export function toRecord(cells: Row): RecordRow {
  const [table, key, version, sort, value] = cells as [string, string, number, string | null, string];
  try {
    return { table, key, version, sort, value: JSON.parse(value) as object };
  } catch (cause) {
    throw new StoreCorruptError(`The record ${table}/${key} is damaged. Restore the data folder from a backup.`, {
      cause,
    });
  }
}
