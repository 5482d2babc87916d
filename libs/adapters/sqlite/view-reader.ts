import type { Doc, DocKey } from '../../engine/model/projection.js';
import { docId } from '../../engine/ports/view-store.js';
import type {
  Checkpoint,
  DocAddress,
  DocWrite,
  FindRequest,
  FoundDoc,
  ParkedKey,
  SnapshotReader,
  StoredDoc,
  ViewReader,
  ViewVersion,
} from '../../engine/ports/view-store.js';
import type { Database, Row } from './database.js';
import { SnapshotChangedError, SnapshotDocs } from './snapshot-docs.js';
import { indexOut, indexValue, parseDoc, readCheckpoint, readParked } from './view-docs.js';
import { findDocs } from './view-find.js';
import { ViewTables, type KindTable } from './view-tables.js';

const pageSize = 1_000;

/** Reads views, on any thread. What was not prepared reads as nothing there. */
export class SqliteViewReader implements ViewReader {
  protected readonly tables: ViewTables;
  readonly #snapshotTables: ViewTables;
  readonly #docs: SnapshotDocs;
  #lastSnapshot: Promise<unknown> = Promise.resolve();

  constructor(
    protected readonly db: Database,
    /** Holds a read transaction while a snapshot is read: everything else uses the other connection. */
    private readonly snapshots: Database,
  ) {
    this.tables = new ViewTables(db);
    this.#snapshotTables = new ViewTables(snapshots);
    this.#docs = new SnapshotDocs(snapshots);
  }

  async checkpoint(view: ViewVersion): Promise<Checkpoint | null> {
    return readCheckpoint(this.db, view);
  }

  async parked(view: ViewVersion): Promise<readonly ParkedKey[]> {
    return readParked(this.db, view);
  }

  async versions(): Promise<readonly ViewVersion[]> {
    const rows = this.db.sql('SELECT view, version FROM versions ORDER BY view, version').all();
    return rows.map(([view, version]) => ({ view, version }) as ViewVersion);
  }

  async load(view: ViewVersion, keys: readonly DocKey[]): Promise<ReadonlyMap<string, StoredDoc>> {
    const found = new Map<string, StoredDoc>();
    this.tables.refresh();
    for (const kind of new Set(keys.map(([kind]) => kind))) {
      const ofKind = keys.filter(([other]) => other === kind).map(([, key]) => key);
      for (const [key, json, hash] of rowsAt(this.db, this.tables.at(view, kind), ofKind)) {
        found.set(docId(kind, key as string), { doc: parseDoc(json), hash: hash as string });
      }
    }
    return found;
  }

  /** One after the other: a second one within the first one's waiting would see its instant. */
  snapshot<T>(read: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    const result = this.#lastSnapshot.then(() => this.#snapshot(read));
    this.#lastSnapshot = result.catch(() => undefined);
    return result;
  }

  async *scan(view: ViewVersion): AsyncIterable<readonly (DocWrite & { readonly json: string })[]> {
    this.tables.refresh();
    for (const table of this.tables.of(view)?.values() ?? []) {
      const indexes = table.indexes.map((index) => `, ${indexOut(index)}`).join('');
      const sql = `SELECT key, json, hash${indexes} FROM ${table.name} WHERE key > ? ORDER BY key LIMIT ?`;
      for (let after = ''; ;) {
        const rows = this.db.sql(sql).all(after, pageSize);
        if (rows.length > 0) yield rows.map((cells) => toWrite(table, cells));
        if (rows.length < pageSize) break;
        after = rows.at(-1)?.[0] as string;
      }
    }
  }

  async close(): Promise<void> {
    await this.#lastSnapshot;
    this.snapshots.close();
    this.db.close();
  }

  async #snapshot<T>(read: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    for (;;) {
      this.#docs.refresh();
      try {
        return await read({
          checkpoint: async (view) => readCheckpoint(this.#begun(), view),
          parked: async (view) => readParked(this.#begun(), view),
          get: async (addresses) => addresses.map((address) => this.#doc(address)),
          find: async (request) => found(this.#begun(), this.#snapshotTables, request),
        });
      } catch (error) {
        if (!(error instanceof SnapshotChangedError)) throw error;
      } finally {
        if (this.snapshots.inTransaction) this.snapshots.exec('COMMIT');
      }
    }
  }

  /** The connection with its read transaction, which begins when memory does not have what is asked. */
  #begun(): Database {
    if (!this.snapshots.inTransaction) {
      this.snapshots.exec('BEGIN');
      this.#snapshotTables.refresh();
      this.#docs.check();
    }
    return this.snapshots;
  }

  #doc(address: DocAddress): Doc | null {
    const { view, version, kind, key } = address;
    const id = `${view} ${version} ${docId(kind, key)}`;
    const known = this.#docs.get(id);
    return known === undefined ? this.#docs.keep(id, docAt(this.#begun(), this.#snapshotTables, address)) : known;
  }
}

function found(db: Database, tables: ViewTables, request: FindRequest): readonly FoundDoc[] {
  return tables.of(request) ? findDocs(db, tables.at(request, request.kind), request) : [];
}

function docAt(db: Database, tables: ViewTables, address: DocAddress): Doc | null {
  if (!tables.of(address)) return null;
  const { name } = tables.at(address, address.kind);
  const cells = db.sql(`SELECT json FROM ${name} WHERE key = ?`).get(address.key);
  return cells ? parseDoc(cells[0]) : null;
}

function rowsAt(db: Database, { name }: KindTable, keys: readonly string[]): readonly Row[] {
  // One question for all keys costs a third of one for each.
  const sql = `SELECT key, json, hash FROM ${name} WHERE key IN (SELECT value FROM json_each(?))`;
  return db.sql(sql).all(JSON.stringify(keys));
}

function toWrite({ kind, indexes }: KindTable, cells: Row): DocWrite & { readonly json: string } {
  const [key, json, hash, ...values] = cells as [string, string, string, ...Row];
  const entries = indexes.map(({ field }, index) => [field, indexValue(values[index])] as const);
  return { kind, key, json, hash, indexes: Object.fromEntries(entries) };
}
