import type { KindDeclaration } from '../../engine/model/projection.js';
import type { ViewVersion } from '../../engine/ports/view-store.js';
import type { Database } from './database.js';

export type Kinds = Readonly<Record<string, KindDeclaration>>;

/** The table of one kind of one view's version, with a column for each declared index. */
export interface KindTable {
  readonly kind: string;
  /** Quoted. */
  readonly name: string;
  readonly indexes: readonly { readonly field: string; readonly type: 'text' | 'number'; readonly column: string }[];
}

/** SQLite's quoting of a name: nothing in it is SQL. */
function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function tableOf({ view, version }: ViewVersion, kind: string, { indexes }: KindDeclaration): KindTable {
  return {
    kind,
    name: quote(`doc ${view} ${version} ${kind}`),
    indexes: Object.entries(indexes).map(([field, type]) => ({ field, type, column: quote(`index ${field}`) })),
  };
}

/** Which tables there are, remembered for as long as no connection changes the schema. */
export class ViewTables {
  readonly #known = new Map<string, ReadonlyMap<string, KindTable>>();
  #schemaVersion: unknown = null;

  constructor(private readonly db: Database) {}

  /** At the beginning of a transaction, or of what needs none. */
  refresh(): void {
    const version = this.db.sql('PRAGMA schema_version').get()?.[0];
    if (version !== this.#schemaVersion) this.#known.clear();
    this.#schemaVersion = version;
  }

  /** By kind, in order of kind; null if the version was not prepared. */
  of(view: ViewVersion): ReadonlyMap<string, KindTable> | null {
    const id = `${view.view} ${view.version}`;
    const known = this.#known.get(id);
    if (known) return known;
    const stored = this.#storedKinds(view);
    if (stored === null) return null;
    const kinds = Object.entries(JSON.parse(stored) as Kinds);
    const tables = new Map(kinds.map(([kind, declaration]) => [kind, tableOf(view, kind, declaration)]));
    this.#known.set(id, tables);
    return tables;
  }

  /** The table of a kind that must be there. */
  at(view: ViewVersion, kind: string): KindTable {
    const table = this.of(view)?.get(kind);
    if (!table) throw new Error(`${view.view} version ${view.version} has no documents of kind ${kind}.`);
    return table;
  }

  /** Within a transaction. */
  make(view: ViewVersion, kinds: Kinds): void {
    const wanted = declared(kinds);
    const stored = this.#storedKinds(view);
    if (stored === wanted) return;
    if (stored !== null) {
      throw new Error(
        `${view.view} version ${view.version} was built with other kinds or indexes: raise the view's version.`,
      );
    }
    this.db.sql('INSERT INTO versions (view, version, kinds) VALUES (?, ?, ?)').run(view.view, view.version, wanted);
    for (const { name, indexes } of this.of(view)?.values() ?? []) {
      const columns = indexes.map(({ column, type }) => `, ${column} ${type === 'text' ? 'TEXT' : 'REAL'}`).join('');
      this.db.exec(
        `CREATE TABLE ${name} (key TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL, hash TEXT NOT NULL${columns}) STRICT`,
      );
    }
  }

  /** Within a transaction. */
  index(view: ViewVersion): void {
    for (const { name, indexes } of this.of(view)?.values() ?? []) {
      for (const { column } of indexes) {
        this.db.exec(`CREATE INDEX IF NOT EXISTS ${quote(`${name} ${column}`)} ON ${name} (${column}, key)`);
      }
    }
  }

  /** Within a transaction. */
  drop(view: ViewVersion): void {
    for (const { name } of this.of(view)?.values() ?? []) this.db.exec(`DROP TABLE ${name}`);
    for (const table of ['versions', 'checkpoints', 'parked']) {
      this.db.sql(`DELETE FROM ${table} WHERE view = ? AND version = ?`).run(view.view, view.version);
    }
  }

  #storedKinds({ view, version }: ViewVersion): string | null {
    const found = this.db.sql('SELECT kinds FROM versions WHERE view = ? AND version = ?').get(view, version);
    return (found?.[0] as string | undefined) ?? null;
  }
}

/** The same for equal declarations, in whatever order they are written. */
function declared(kinds: Kinds): string {
  const byName = <T>(entries: [string, T][]) => entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    Object.fromEntries(
      byName(Object.entries(kinds)).map(([kind, { indexes }]) => [
        kind,
        { indexes: Object.fromEntries(byName(Object.entries(indexes))) },
      ]),
    ),
  );
}
