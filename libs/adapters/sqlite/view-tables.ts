import type { KindDeclaration } from '../../engine/model/projection.js';
import { otherKinds, textOfKinds, type Kinds } from '../../engine/ports/kinds.js';
import type { ViewVersion } from '../../engine/ports/view-store.js';
import type { Database } from './database.js';

/** The table of one kind of one view's version, with a column for each declared field. */
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

/** SQLite's quoting of a name: nothing in it is SQL. */
function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function tableOf({ view, version }: ViewVersion, kind: string, declared: KindDeclaration): KindTable {
  const columns = Object.entries(declared.fields ?? {}).map(([field, type]) => {
    return { field, type, column: quote(`field ${field}`) };
  });
  const columnOf = (field: string): FieldColumn => {
    const found = columns.find((column) => column.field === field);
    if (!found) throw new Error(`${view} indexes ${field} of ${kind}, which is no declared field.`);
    return found;
  };
  return {
    kind,
    name: quote(`doc ${view} ${version} ${kind}`),
    fields: columns,
    indexes: (declared.indexes ?? []).map((fields) => fields.map(columnOf)),
    isWrittenOnce: declared.writtenOnce === true,
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
    const wanted = textOfKinds(kinds);
    const stored = this.#storedKinds(view);
    if (stored === wanted) return;
    if (stored !== null) throw otherKinds(view);
    this.db.sql('INSERT INTO versions (view, version, kinds) VALUES (?, ?, ?)').run(view.view, view.version, wanted);
    for (const { name, fields, isWrittenOnce } of this.of(view)?.values() ?? []) {
      const columns = fields.map(({ column, type }) => `, ${column} ${type === 'text' ? 'TEXT' : 'REAL'}`).join('');
      const key = isWrittenOnce ? 'key TEXT NOT NULL' : 'key TEXT PRIMARY KEY NOT NULL';
      this.db.exec(`CREATE TABLE ${name} (${key}, json TEXT NOT NULL, hash TEXT NOT NULL${columns}) STRICT`);
    }
  }

  /** Within a transaction. */
  index(view: ViewVersion): void {
    for (const { name, indexes, isWrittenOnce } of this.of(view)?.values() ?? []) {
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
