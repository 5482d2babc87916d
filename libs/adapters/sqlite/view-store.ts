import type { Kinds } from '../../engine/ports/kinds.js';
import type {
  DocWrite,
  FieldValues,
  ParkedKey,
  ViewCommit,
  ViewStore,
  ViewVersion,
} from '../../engine/ports/view-store.js';
import type { Bindable, Database } from './database.js';
import { SqliteViewReader } from './view-reader.js';
import type { FieldColumn, KindTable } from './view-tables.js';
import { WalKeeper } from './wal-keeper.js';

/** Documents are rewritten often: the longer their log, the more of that never reaches the file. */
const walBytes = 64 * 1024 * 1024;

/** The views' only writer, on the thread that folds. Its own reads see what it wrote last. */
export class SqliteViewStore extends SqliteViewReader implements ViewStore {
  readonly #keeper: WalKeeper;

  constructor(db: Database, snapshots: Database, onCheckpointFailed: (error: unknown) => void) {
    super(db, snapshots);
    this.#keeper = new WalKeeper(db, onCheckpointFailed, walBytes);
  }

  async prepare(view: ViewVersion, kinds: Kinds): Promise<void> {
    this.#write(() => {
      this.tables.make(view, kinds);
      return true;
    });
  }

  async index(view: ViewVersion): Promise<void> {
    this.#write(() => {
      this.tables.index(view);
      return true;
    });
  }

  async commit(commits: readonly ViewCommit[]): Promise<'committed' | 'fenced'> {
    const isCommitted = this.#write(() => {
      for (const commit of commits) {
        if (!this.#moved(commit)) return null;
        for (const write of commit.writes) this.#put(commit, write);
        if (commit.parked) this.#park(commit, commit.parked);
      }
      return true;
    });
    if (!isCommitted) return 'fenced';
    const writes = commits.flatMap((commit) => commit.writes);
    const bytes = writes.reduce((sum, write) => sum + ('json' in write ? write.json.length : 0) + 200, 0);
    this.#keeper.wrote(writes.length + commits.length, bytes);
    return 'committed';
  }

  async drop(view: ViewVersion): Promise<void> {
    this.#write(() => {
      this.tables.drop(view);
      return true;
    });
  }

  override async close(): Promise<void> {
    this.#keeper.close();
    await super.close();
  }

  #write(act: () => true | null): boolean {
    return (
      this.db.transaction(() => {
        this.tables.refresh();
        return act();
      }) !== null
    );
  }

  /** Moves the checkpoint on if it is where the commit believes it to be, and of no later owner. */
  #moved({ view, version, from, to }: ViewCommit): boolean {
    const { position, seen, applied, count, digest, epoch, updatedAt } = to;
    const values = [position, seen, applied, count, digest, epoch, updatedAt] as const;
    const changed =
      from === null
        ? this.db
            .sql(
              `INSERT INTO checkpoints (position, seen, applied, count, digest, epoch, updated_at, view, version)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
            )
            .run(...values, view, version)
        : this.db
            .sql(
              `UPDATE checkpoints
               SET position = ?, seen = ?, applied = ?, count = ?, digest = ?, epoch = ?, updated_at = ?
               WHERE view = ? AND version = ? AND position = ? AND epoch <= ?`,
            )
            .run(...values, view, version, from, epoch);
    return changed === 1;
  }

  #put(view: ViewVersion, write: DocWrite): void {
    const table = this.tables.at(view, write.kind);
    const { key } = write;
    if (write.change === 'delete') {
      this.db.sql(`DELETE FROM ${table.name} WHERE key = ?`).run(key);
      return;
    }
    const { json, hash, fields } = write;
    const { insert, update, updateFields } = statementsOf(table);
    if (write.change === 'insert') {
      // Reading cuts text at a NUL, so such a key would be found under another name.
      if (key.includes('\0')) throw new Error(`The key of a ${write.kind} of ${view.view} holds a NUL.`);
      this.db.sql(insert).run(...cellsOf(table, write.fields), key, json, hash);
      return;
    }
    const changed =
      fields === null
        ? this.db.sql(update).run(json, hash, key)
        : this.db.sql(updateFields).run(...cellsOf(table, fields), json, hash, key);
    if (changed !== 1) throw new Error(`There is no ${write.kind} ${key} of ${view.view} to update.`);
  }

  #park({ view, version }: ViewVersion, parked: readonly ParkedKey[]): void {
    this.db.sql('DELETE FROM parked WHERE view = ? AND version = ?').run(view, version);
    const insert = this.db.sql(
      `INSERT INTO parked (view, version, kind, key, event, error, since, waiting) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { kind, key, event, error, since, waiting } of parked) {
      insert.run(view, version, kind, key, event, error, since, JSON.stringify(waiting));
    }
  }
}

interface Statements {
  readonly insert: string;
  readonly update: string;
  readonly updateFields: string;
}

const statements = new WeakMap<KindTable, Statements>();

function statementsOf(table: KindTable): Statements {
  const known = statements.get(table);
  if (known) return known;
  const { name, fields } = table;
  const columns = fields.map(({ column }) => `${column}, `).join('');
  const marks = '?, '.repeat(fields.length);
  const sets = fields.map(({ column }) => `${column} = ?, `).join('');
  const made = {
    insert: `INSERT INTO ${name} (${columns}key, json, hash) VALUES (${marks}?, ?, ?)`,
    update: `UPDATE ${name} SET json = ?, hash = ? WHERE key = ?`,
    updateFields: `UPDATE ${name} SET ${sets}json = ?, hash = ? WHERE key = ?`,
  };
  statements.set(table, made);
  return made;
}

function cellsOf({ fields }: KindTable, values: FieldValues): Bindable[] {
  return fields.map((column) => cellOf(column, values[column.field] ?? null));
}

function cellOf({ field, type }: FieldColumn, value: string | number | null): Bindable {
  if (value === null || typeof value === (type === 'text' ? 'string' : 'number')) return value;
  throw new Error(`The field ${field} holds ${type}, not a ${typeof value}.`);
}
