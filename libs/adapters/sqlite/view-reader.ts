import type { Doc, DocKey } from '../../engine/model/projection.js';
import { docId } from '../../engine/ports/view-store.js';
import type {
  Checkpoint,
  DocAddress,
  FindRequest,
  FoundDoc,
  ParkedKey,
  ScannedDoc,
  SnapshotReader,
  StoredDoc,
  ViewBuild,
  ViewReader,
  ViewVersion,
} from '../../engine/ports/view-store.js';
import type { Database, Row } from './database.js';
import { SnapshotChangedError, SnapshotDocs } from './snapshot-docs.js';
import { fieldOut, fieldValue, parseDoc, readCheckpoint, readParked } from './view-docs.js';
import { findDocs } from './view-find.js';
import { ViewTables, type KindTable } from './view-tables.js';

const pageSize = 1_000;

/** Reads views, on any thread. What was not prepared reads as nothing there. */
export class SqliteViewReader implements ViewReader {
  protected readonly tables: ViewTables;
  readonly #snapshotTables: ViewTables;
  readonly #docs: SnapshotDocs;
  /** Reads that wait for the next snapshot. */
  #asked: (() => Promise<void>)[] = [];
  #reading: Promise<void> | null = null;
  /** What is in memory is of the snapshot, or was when the reads began. */
  #isFresh = false;
  readonly #reader: SnapshotReader = {
    checkpoint: async (view) => readCheckpoint(this.#begun(), this.#snapshotTables.of(view)),
    parked: async (view) => readParked(this.#begun(), this.#snapshotTables.of(view)),
    get: async (addresses) => addresses.map((address) => this.#doc(address)),
    find: async (request) => found(this.#begun(), this.#snapshotTables, request),
  };

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
    this.tables.refresh();
    return readCheckpoint(this.db, this.tables.of(view));
  }

  async parked(view: ViewVersion): Promise<readonly ParkedKey[]> {
    this.tables.refresh();
    return readParked(this.db, this.tables.of(view));
  }

  async builds(): Promise<readonly ViewBuild[]> {
    const rows = this.db
      .sql('SELECT view, version, build, live, paused FROM builds ORDER BY view, version, build')
      .all();
    return rows.map(([view, version, build, live, paused]) => {
      return { view, version, build, isLive: live === 1, isPaused: paused === 1 } as ViewBuild;
    });
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

  /** Reads that are asked for in one turn of the event loop share a snapshot, as appends share a commit. */
  snapshot<T>(read: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#asked.push(() => this.#read(read).then(resolve, reject));
      this.#reading ??= this.#readAsked();
    });
  }

  async *scan(view: ViewVersion): AsyncIterable<readonly ScannedDoc[]> {
    this.tables.refresh();
    for (const table of this.tables.of(view)?.kinds.values() ?? []) {
      const fields = table.fields.map((field) => `, ${fieldOut(field)}`).join('');
      const sql = `SELECT key, json, hash${fields} FROM ${table.name} WHERE key > ? ORDER BY key LIMIT ?`;
      for (let after = ''; ;) {
        const rows = this.db.sql(sql).all(after, pageSize);
        if (rows.length > 0) yield rows.map((cells) => toScanned(table, cells));
        if (rows.length < pageSize) break;
        after = rows.at(-1)?.[0] as string;
      }
    }
  }

  async close(): Promise<void> {
    while (this.#reading) await this.#reading;
    this.snapshots.close();
    this.db.close();
  }

  async #readAsked(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const asked = this.#asked;
    this.#asked = [];
    this.#isFresh = false;
    // One after the other: when one finds that memory is of an earlier instant, no other is half done.
    for (const read of asked) await read();
    try {
      this.snapshots.rollback();
    } catch {
      // The file has failed: whoever must know has been told, and the next read meets it too.
    }
    this.#reading = this.#asked.length > 0 ? this.#readAsked() : null;
  }

  async #read<T>(read: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    for (;;) {
      if (!this.#isFresh) this.#docs.refresh();
      this.#isFresh = true;
      try {
        return await read(this.#reader);
      } catch (error) {
        if (!(error instanceof SnapshotChangedError)) throw error;
        this.#isFresh = false;
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
    const known = this.#docs.get(address);
    return known === undefined ? this.#docs.keep(address, docAt(this.#begun(), this.#snapshotTables, address)) : known;
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

function toScanned({ kind, fields }: KindTable, cells: Row): ScannedDoc {
  const [key, json, hash, ...values] = cells as [string, string, string, ...Row];
  const entries = fields.map(({ field }, index) => [field, fieldValue(values[index])] as const);
  return { kind, key, json, hash, fields: Object.fromEntries(entries) };
}
