import { liveRefusal } from '../../engine/ports/builds.js';
import type { Kinds } from '../../engine/ports/kinds.js';
import type {
  DocWrite,
  FieldValues,
  LiveRefusal,
  ParkedKey,
  ViewCommit,
  ViewStore,
  ViewVersion,
} from '../../engine/ports/view-store.js';
import type { Bindable, Database } from './database.js';
import { readCheckpoint } from './view-docs.js';
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
    const builds = await this.builds();
    this.#write(() => {
      const own = builds.filter((build) => build.view === view.view && build.version === view.version);
      for (const build of own) this.tables.drop(build);
      return true;
    });
  }

  async begin(view: ViewVersion, build: number): Promise<void> {
    this.#write(() => {
      this.tables.begin(view, build);
      return true;
    });
  }

  async pause({ view, version }: ViewVersion, build: number, isPaused: boolean): Promise<void> {
    this.#write(() => {
      this.db
        .sql('UPDATE builds SET paused = ? WHERE view = ? AND version = ? AND build = ? AND live = 0')
        .run(isPaused ? 1 : 0, view, version, build);
      return true;
    });
  }

  async makeLive(view: ViewVersion, build: number, when: 'equal' | 'anyhow'): Promise<'live' | LiveRefusal> {
    let refusal: LiveRefusal | null = null;
    this.#write(() => {
      const of = (one: ViewVersion) => readCheckpoint(this.db, this.tables.of(one));
      refusal = liveRefusal(of({ ...view, build }), of({ view: view.view, version: view.version }), when);
      if (refusal !== null) return null;
      const ofVersion = 'WHERE view = ? AND version = ?';
      this.db.sql(`UPDATE builds SET live = 0 ${ofVersion} AND live = 1`).run(view.view, view.version);
      this.db
        .sql(`UPDATE builds SET live = 1, paused = 0 ${ofVersion} AND build = ?`)
        .run(view.view, view.version, build);
      this.tables.forget();
      return true;
    });
    return refusal ?? 'live';
  }

  async discard({ view, version }: ViewVersion, build: number): Promise<void> {
    this.#write(() => {
      const [live] = this.tables.of({ view, version })?.id.slice(2) ?? [];
      if (live === build) throw new Error(`Build ${build} of ${view} version ${version} is live.`);
      this.tables.drop({ view, version, build });
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
  #moved(commit: ViewCommit): boolean {
    const { from, to } = commit;
    const at = this.tables.of(commit);
    if (!at) return false;
    const { position, seen, applied, count, digest, epoch, updatedAt } = to;
    const values = [position, seen, applied, count, digest, epoch, updatedAt] as const;
    const changed =
      from === null
        ? this.db
            .sql(
              `INSERT INTO checkpoints (position, seen, applied, count, digest, epoch, updated_at, view, version, build)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
            )
            .run(...values, ...at.id)
        : this.db
            .sql(
              `UPDATE checkpoints
               SET position = ?, seen = ?, applied = ?, count = ?, digest = ?, epoch = ?, updated_at = ?
               WHERE view = ? AND version = ? AND build = ? AND position = ? AND epoch <= ?`,
            )
            .run(...values, ...at.id, from, epoch);
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

  #park(view: ViewVersion, parked: readonly ParkedKey[]): void {
    const { id } = this.tables.of(view) ?? { id: [] };
    this.db.sql('DELETE FROM parked WHERE view = ? AND version = ? AND build = ?').run(...id);
    const insert = this.db.sql(
      `INSERT INTO parked (view, version, build, kind, key, event, error, since, waiting)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { kind, key, event, error, since, waiting } of parked) {
      insert.run(...id, kind, key, event, error, since, JSON.stringify(waiting));
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
