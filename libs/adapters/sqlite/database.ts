import { pathToFileURL } from 'node:url';
import Libsql from 'libsql';
import { StoreCorruptError, StoreUnavailableError } from '../../engine/ports/event-store.js';

/** What may be bound. A boolean or undefined would end the process inside libsql: the types keep both out. */
export type Bindable = string | number | bigint | null;
/** A cell that was read. Integers that may pass 2^53 are read as text. */
export type Cell = string | number | Buffer | null;
export type Row = readonly Cell[];

/** The disk failed. What was written last may be lost: nothing may be acknowledged any more, and the process must end. */
export class DiskFailedError extends Error {}

export interface Statement {
  /** Rows changed. */
  run(...values: readonly Bindable[]): number;
  get(...values: readonly Bindable[]): Row | undefined;
  all(...values: readonly Bindable[]): readonly Row[];
}

/** Who must hear of a fault beside the caller that meets it. */
export interface Faults {
  readonly diskFailed?: (error: DiskFailedError) => void;
  readonly damaged?: (error: StoreCorruptError) => void;
}

/** `create`: the file may be new; `write`, `read`: it must be there; `memory`: there is none. */
export type Access = 'create' | 'write' | 'read' | 'memory';

const uriModes = { create: 'rwc', write: 'rw', read: 'ro' } as const;
const codes = { busy: 5, ioerr: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;
const mostStatements = 500;

/**
 * One connection. Another SQLite is put in by changing this class alone: it needs exec, prepare with raw rows, and errors
 * with SQLite's numbers. `close` gives back the file only when the garbage collector has found the statements, and SQLite
 * then removes the log of the file's *name*: a file that was open here is not to be removed and made anew (`lookInto`).
 */
export class Database {
  readonly #connection: Libsql.Database;
  readonly #statements = new Map<string, Statement>();
  #isClosed = false;

  constructor(
    readonly file: string,
    access: Access,
    private readonly faults: Faults = {},
  ) {
    this.#connection = this.#translated(() => new Libsql(access === 'memory' ? file : uriOf(file, access)));
  }

  /** False after closing: asked then, libsql would end the process. */
  get inTransaction(): boolean {
    return !this.#isClosed && this.#connection.inTransaction;
  }

  exec(sql: string): void {
    this.#translated(() => this.#connection.exec(sql));
  }

  /** Prepared once for each text, so texts must come from a limited set. */
  sql(text: string): Statement {
    const known = this.#statements.get(text);
    if (known) return known;
    const raw = this.#translated(() => this.#connection.prepare(text));
    if (raw.reader) raw.raw();
    const statement: Statement = {
      run: (...values) => this.#translated(() => raw.run(values)).changes,
      get: (...values) => this.#translated(() => raw.get(values)) as Row | undefined,
      all: (...values) => this.#translated(() => raw.all(values)) as readonly Row[],
    };
    if (this.#statements.size >= mostStatements) this.#statements.clear();
    this.#statements.set(text, statement);
    return statement;
  }

  /** Everything or nothing; null from `act` rolls back. */
  transaction<T>(act: () => T | null): T | null {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = act();
      this.exec(result === null ? 'ROLLBACK' : 'COMMIT');
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** A failed statement may have ended the transaction by itself. */
  rollback(): void {
    if (this.inTransaction) this.exec('ROLLBACK');
  }

  close(): void {
    this.#isClosed = true;
    this.#statements.clear();
    this.#connection.close();
  }

  #translated<T>(act: () => T): T {
    if (this.#isClosed) throw new StoreUnavailableError('The store is closed.');
    try {
      return act();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    const code = primaryCode(error);
    if (code === codes.ioerr) {
      const failed = new DiskFailedError(`Reading or writing ${this.file} failed: ${String(error)}.`, { cause: error });
      this.faults.diskFailed?.(failed);
      return failed;
    }
    if (code === codes.full) {
      return new StoreUnavailableError(`There is no space left for ${this.file}.`, { cause: error });
    }
    if (code === codes.corrupt || code === codes.notADatabase) {
      const damage = new StoreCorruptError(`${this.file} is damaged: ${String(error)}.`, { cause: error });
      this.faults.damaged?.(damage);
      return damage;
    }
    return error;
  }
}

function uriOf(file: string, access: Exclude<Access, 'memory'>): string {
  return `${pathToFileURL(file).href}?mode=${uriModes[access]}`;
}

/** Reads a file and gives it back at once, which closing a connection does not. */
export function lookInto<T>(file: string, look: (db: Database) => T): T {
  const db = attached(file);
  try {
    return look(db);
  } finally {
    detach(db);
  }
}

/** The same for who reads long, and lets others have their turn meanwhile. */
export async function readThrough<T>(file: string, read: (db: Database) => Promise<T>): Promise<T> {
  const db = attached(file);
  try {
    return await read(db);
  } finally {
    detach(db);
  }
}

function attached(file: string): Database {
  const db = new Database('file::memory:', 'memory');
  db.exec(`ATTACH '${uriOf(file, 'read').replaceAll("'", "''")}' AS file`);
  return db;
}

function detach(db: Database): void {
  db.exec('DETACH file');
  db.close();
}

/** SQLite's number of an error without its extension; 0 for any other error. */
function primaryCode(error: unknown): number {
  const code = typeof error === 'object' && error !== null && 'rawCode' in error ? error.rawCode : 0;
  return typeof code === 'number' ? code & 0xff : 0;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === codes.busy;
}
