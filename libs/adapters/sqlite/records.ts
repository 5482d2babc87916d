import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { RecordChange, RecordRow, Records } from '../../engine/ports/records.js';
import type { Database } from './database.js';
import { columns, SqliteRecordReader, toRecord } from './record-reader.js';
import type { WriterClient } from './writer-client.js';

/** Records of the main thread: changed through the writer's thread, read by an own connection. */
export class SqliteRecords extends SqliteRecordReader implements Records {
  #isClosing = false;

  constructor(
    private readonly openForReading: () => Database,
    private readonly writer: WriterClient,
  ) {
    super(openForReading());
  }

  /** By a connection of its own, in one transaction: others go on seeing what is new. */
  async *snapshot(): AsyncIterable<readonly RecordRow[]> {
    const db = this.openForReading();
    try {
      db.exec('BEGIN');
      for (let [table, key] = ['', '']; ;) {
        const rows = db
          .sql(
            `SELECT ${columns} FROM records WHERE ("table", key) > (?, ?) ORDER BY "table", key LIMIT ${snapshotRows}`,
          )
          .all(table, key)
          .map(toRecord);
        yield rows;
        const last = rows.at(-1);
        if (!last || rows.length < snapshotRows) return;
        ({ table, key } = last);
      }
    } finally {
      db.rollback();
      db.close();
    }
  }

  transact(changes: readonly RecordChange[]): ReturnType<Records['transact']> {
    return new Promise((resolve, reject) => {
      if (this.#isClosing) throw new StoreUnavailableError('The store is shutting down.');
      const sent = changes.map(({ table, key, expect, value, sort }) => {
        return { table, key, expect, value: value === null ? null : JSON.stringify(value), sort };
      });
      this.writer.transact(sent, {
        resolve: (failed) => {
          const change = changes[failed];
          resolve(change ? { ok: false, table: change.table, key: change.key } : { ok: true });
        },
        reject,
      });
    });
  }

  async erase(table: string, key: string): Promise<void> {
    const isGone = await new Promise<boolean>((resolve, reject) => {
      if (this.#isClosing) throw new StoreUnavailableError('The store is shutting down.');
      this.writer.erase({ table, key }, { resolve, reject });
    });
    if (!isGone) throw new StoreUnavailableError('The records are being read, so that what was erased is still there.');
  }

  override async close(): Promise<void> {
    this.#isClosing = true;
    await this.writer.drained();
    await super.close();
  }
}

/** Of a page; the largest values are some 100 kB. */
const snapshotRows = 200;
