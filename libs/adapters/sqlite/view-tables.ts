import type { KindDeclaration } from '../../engine/model/projection.js';
import { otherKinds, textOfKinds, type Kinds } from '../../engine/ports/kinds.js';
import type { ViewVersion } from '../../engine/ports/view-store.js';
import type { Database } from './database.js';

/** The table of one kind of one build of a view's version, with a column for each declared field. */
export interface KindTable {
  readonly kind: string;
  /** Quoted. */
  readonly name: string;
  readonly fields: readonly FieldColumn[];
  readonly indexes: readonly (readonly FieldColumn[])[];
  readonly isWrittenOnce: boolean;
}

export interface FieldColumn {
  readonly field: string;
  readonly type: 'text' | 'number';
  /** Quoted. */
  readonly column: string;
}

/** One build of a view's version. */
export interface BuildTables {
  /** By which it is known in every other table. */
  readonly id: readonly [view: string, version: number, build: number];
  /** By kind, in order of kind. */
  readonly kinds: ReadonlyMap<string, KindTable>;
}

/** SQLite's quoting of a name: nothing in it is SQL. */
function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function tableOf(place: string, kind: string, declared: KindDeclaration): KindTable {
  const columns = Object.entries(declared.fields ?? {}).map(([field, type]) => {
    return { field, type, column: quote(`field ${field}`) };
  });
  const columnOf = (field: string): FieldColumn => {
    const found = columns.find((column) => column.field === field);
    if (!found) throw new Error(`${place} indexes ${field} of ${kind}, which is no declared field.`);
    return found;
  };
  return {
    kind,
    name: quote(`doc ${place} ${kind}`),
    fields: columns,
    indexes: (declared.indexes ?? []).map((fields) => fields.map(columnOf)),
    isWrittenOnce: declared.writtenOnce === true,
  };
}

/** Which tables there are, remembered for as long as no connection changes the schema, and which are live. */
export class ViewTables {
  readonly #known = new Map<string, BuildTables | null>();
  /** Number of the live build by version; null: there is none. */
  readonly #live = new Map<string, number | null>();
  #schemaVersion: unknown = null;
  #dataVersion: unknown = null;

  constructor(private readonly db: Database) {}

  /** At the beginning of a transaction, or of what needs none. */
  refresh(): void {
    const schemaVersion = this.db.sql('PRAGMA schema_version').get()?.[0];
    if (schemaVersion !== this.#schemaVersion) this.forget();
    this.#schemaVersion = schemaVersion;
    // Tells of whatever another connection has committed, so also of what it made live.
    const dataVersion = this.db.sql('PRAGMA data_version').get()?.[0];
    if (dataVersion !== this.#dataVersion) this.#live.clear();
    this.#dataVersion = dataVersion;
  }

  /** After this connection itself has changed which builds there are, or are live. */
  forget(): void {
    this.#known.clear();
    this.#live.clear();
  }

  /** Null if it is not there. */
  of({ view, version, build = this.#liveOf(view, version) ?? undefined }: ViewVersion): BuildTables | null {
    if (build === undefined) return null;
    const id = `${view} ${version} ${build}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = this.#stored({ view, version, build });
    this.#known.set(id, found);
    return found;
  }

  /** The table of a kind that must be there. */
  at(view: ViewVersion, kind: string): KindTable {
    const table = this.of(view)?.kinds.get(kind);
    if (!table) throw new Error(`${view.view} version ${view.version} has no documents of kind ${kind}.`);
    return table;
  }

  /** Within a transaction. */
  make(view: ViewVersion, kinds: Kinds): void {
    const wanted = textOfKinds(kinds);
    const stored = this.#kindsOf(view);
    if (stored === wanted) return;
    if (stored !== null) throw otherKinds(view);
    this.#create({ view: view.view, version: view.version, build: 1 }, wanted, true);
  }

  /** Within a transaction: one more build of a version that is there. */
  begin(view: ViewVersion, build: number): void {
    const kinds = this.#kindsOf(view);
    if (kinds === null) throw new Error(`${view.view} version ${view.version} is not there to be built anew.`);
    if (this.of({ ...view, build }) === null) this.#create({ ...view, build }, kinds, false);
  }

  /** Within a transaction. */
  index(view: ViewVersion): void {
    for (const { name, indexes, isWrittenOnce } of this.of(view)?.kinds.values() ?? []) {
      if (isWrittenOnce) this.db.exec(`CREATE UNIQUE INDEX IF NOT EXISTS ${quote(`${name} key`)} ON ${name} (key)`);
      for (const fields of indexes) {
        const columns = fields.map(({ column }) => column).join(', ');
        const [first, ...others] = fields;
        // Who compares a field asks for no null: only an index that a whole list is ordered by must have them.
        const where = first && others.length > 0 ? ` WHERE ${first.column} IS NOT NULL` : '';
        this.db.exec(`CREATE INDEX IF NOT EXISTS ${quote(`${name} ${columns}`)} ON ${name} (${columns})${where}`);
      }
    }
  }

  /** Within a transaction. */
  drop(view: ViewVersion & { readonly build: number }): void {
    const found = this.of(view);
    if (!found) return;
    for (const { name } of found.kinds.values()) this.db.exec(`DROP TABLE ${name}`);
    for (const table of ['builds', 'checkpoints', 'parked']) {
      this.db.sql(`DELETE FROM ${table} WHERE view = ? AND version = ? AND build = ?`).run(...found.id);
    }
    this.forget();
  }

  #create({ view, version, build }: Required<ViewVersion>, kinds: string, isLive: boolean): void {
    this.db
      .sql('INSERT INTO builds (view, version, build, kinds, live, paused) VALUES (?, ?, ?, ?, ?, 0)')
      .run(view, version, build, kinds, isLive ? 1 : 0);
    this.forget();
    for (const { name, fields, isWrittenOnce } of this.of({ view, version, build })?.kinds.values() ?? []) {
      const columns = fields.map(({ column, type }) => `, ${column} ${type === 'text' ? 'TEXT' : 'REAL'}`).join('');
      const key = isWrittenOnce ? 'key TEXT NOT NULL' : 'key TEXT PRIMARY KEY NOT NULL';
      this.db.exec(`CREATE TABLE ${name} (${key}, json TEXT NOT NULL, hash TEXT NOT NULL${columns}) STRICT`);
    }
  }

  #liveOf(view: string, version: number): number | null {
    const id = `${view} ${version}`;
    const known = this.#live.get(id);
    if (known !== undefined) return known;
    const sql = 'SELECT build FROM builds WHERE view = ? AND version = ? AND live = 1';
    const found = (this.db.sql(sql).get(view, version)?.[0] as number | undefined) ?? null;
    this.#live.set(id, found);
    return found;
  }

  #stored({ view, version, build }: Required<ViewVersion>): BuildTables | null {
    const sql = 'SELECT kinds FROM builds WHERE view = ? AND version = ? AND build = ?';
    const found = this.db.sql(sql).get(view, version, build);
    if (!found) return null;
    const place = `${view} ${version}.${build}`;
    const tables = Object.entries(JSON.parse(found[0] as string) as Kinds).map(([kind, declaration]) => {
      return [kind, tableOf(place, kind, declaration)] as const;
    });
    return { id: [view, version, build], kinds: new Map(tables) };
  }

  #kindsOf({ view, version }: ViewVersion): string | null {
    const found = this.db.sql('SELECT kinds FROM builds WHERE view = ? AND version = ? LIMIT 1').get(view, version);
    return (found?.[0] as string | undefined) ?? null;
  }
}
