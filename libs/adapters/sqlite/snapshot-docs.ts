import type { Doc } from '../../engine/model/projection.js';
import type { Database } from './database.js';

const mostDocs = 10_000;

/** The views have changed since documents of the snapshot were taken from memory: it is to be read again. */
export class SnapshotChangedError extends Error {}

/**
 * Documents that were read, for as long as nothing was written: a license check that is asked again costs one question
 * to SQLite instead of ten. They are one instant's, and frozen, since many answers are made of them.
 */
export class SnapshotDocs {
  readonly #docs = new Map<string, Doc | null>();
  #version: unknown = null;

  constructor(private readonly db: Database) {}

  /** Forgets everything if something was written since. */
  refresh(): void {
    const version = this.#dataVersion();
    if (version !== this.#version) this.#docs.clear();
    this.#version = version;
  }

  /** Within a transaction: what it reads is what the documents in memory are of. */
  check(): void {
    if (this.#dataVersion() !== this.#version) throw new SnapshotChangedError('The views have changed meanwhile.');
  }

  get(id: string): Doc | null | undefined {
    return this.#docs.get(id);
  }

  keep(id: string, doc: Doc | null): Doc | null {
    if (this.#docs.size >= mostDocs) this.#docs.clear();
    this.#docs.set(id, doc && frozen(doc));
    return doc;
  }

  /** Changes whenever another connection has committed. */
  #dataVersion(): unknown {
    return this.db.sql('PRAGMA data_version').get()?.[0];
  }
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'object' && part !== null) frozen(part);
  }
  return Object.freeze(value);
}
