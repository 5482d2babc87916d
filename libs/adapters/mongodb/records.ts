import type { ClientSession, Collection, Filter } from 'mongodb';
import { StoreCorruptError } from '../../engine/ports/event-store.js';
import type { RecordChange, RecordList, RecordRow, Records } from '../../engine/ports/records.js';
import { Calls } from './calls.js';
import type { MongoConnection } from './connection.js';
import { operationsOf, rowId, rowName, type RecordDocument } from './record-changes.js';

const rowsOfPage = 200;

/** Records in MongoDB, read and changed by any number of processes. */
export class MongoRecords implements Records {
  readonly #calls = new Calls();
  readonly #rows: Collection<RecordDocument>;

  constructor(private readonly connection: MongoConnection) {
    this.#rows = connection.db.collection('records');
  }

  get(table: string, key: string): Promise<RecordRow | null> {
    return this.#read(async (session) => {
      const found = await this.#rows.findOne({ _id: rowId({ table, key }) }, { session });
      return found && toRow(found);
    });
  }

  async list({ table, after, afterKey, upTo, limit }: RecordList): Promise<readonly RecordRow[]> {
    if (limit <= 0) return [];
    const isBehind = afterKey === undefined ? '$gt' : '$gte';
    // Compared with text, rows that are not listed are left out: null is none.
    const sort = { [after === undefined ? '$gte' : isBehind]: after ?? '', ...(upTo !== undefined && { $lte: upTo }) };
    const rest =
      after !== undefined && afterKey !== undefined ? [{ sort: { $gt: after } }, { '_id.key': { $gt: afterKey } }] : [];
    const filter = { '_id.table': table, sort, ...(rest.length > 0 && { $or: rest }) } as Filter<RecordDocument>;
    const options = { sort: { sort: 1, '_id.key': 1 }, limit, batchSize: limit } as const;
    return this.#read(async (session) => {
      return (await this.#rows.find(filter, { ...options, session }).toArray()).map(toRow);
    });
  }

  /** In one transaction, which a server ends after a minute unless it is set otherwise: then StoreUnavailableError. */
  snapshot(): AsyncIterable<readonly RecordRow[]> {
    let from: Filter<RecordDocument> | null = {};
    return this.connection.pages(async (session) => {
      if (from === null) return null;
      const options = { session, sort: { _id: 1 }, limit: rowsOfPage, batchSize: rowsOfPage } as const;
      const filter = from;
      const page = await this.#calls.read(() => this.#rows.find(filter, options).toArray());
      const last = page.at(-1);
      from = last && page.length === rowsOfPage ? { _id: { $gt: last._id } } : null;
      return page.map(toRow);
    });
  }

  transact(changes: readonly RecordChange[]): ReturnType<Records['transact']> {
    const [only] = changes;
    if (only && changes.length === 1 && typeof only.expect === 'number') return this.#moveOn(only, only.expect);
    const rows = [...new Map(changes.map((change) => [rowName(change), rowId(change)])).values()];
    return this.#calls.read(() =>
      this.connection.transaction(async (session) => {
        const stored = await this.#rows.find({ _id: { $in: rows } }, { session }).toArray();
        const operations = operationsOf(changes, stored);
        if ('table' in operations) return { ok: false, table: operations.table, key: operations.key };
        if (operations.length > 0) await this.#rows.bulkWrite(operations, { session });
        return { ok: true };
      }),
    );
  }

  /** One row that is where it was left, as a process's place most often is: one command, which is a transaction by itself. */
  async #moveOn(change: RecordChange, version: number): ReturnType<Records['transact']> {
    const at = { _id: rowId(change), version };
    const isDone = await this.#calls.write(() =>
      this.connection.inSession(async (session) => {
        if (change.value === null) return (await this.#rows.deleteOne(at, { session })).deletedCount === 1;
        const sort = change.sort === undefined ? {} : { sort: change.sort };
        const $set = { version: version + 1, json: JSON.stringify(change.value), ...sort };
        return (await this.#rows.updateOne(at, { $set }, { session })).matchedCount === 1;
      }),
    );
    return isDone ? { ok: true } : { ok: false, table: change.table, key: change.key };
  }

  /**
   * What is promised is that nobody reads the row again, whoever is primary then. The files of the servers hold what it
   * was for a while: freed pages and the journal until they are written over, the oplog until it has turned over. So keep
   * the oplog short (`storage.oplogMinRetentionHours`, `replication.oplogSizeMB`), and where the disks are not to be
   * trusted encrypt them.
   */
  async erase(table: string, key: string): Promise<void> {
    await this.#calls.write(() =>
      this.connection.inSession((session) => this.#rows.deleteOne({ _id: rowId({ table, key }) }, { session })),
    );
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  #read<T>(read: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.#calls.read(() => this.connection.inSession(read));
  }
}

function toRow({ _id: { table, key }, version, sort, json }: RecordDocument): RecordRow {
  try {
    return { table, key, version, sort, value: JSON.parse(json) as object };
  } catch (cause) {
    throw new StoreCorruptError(`The record ${table}/${key} is damaged. Restore the database from a backup.`, {
      cause,
    });
  }
}
