import type { Doc } from '../../engine/model/projection.js';
import type { DocAddress } from '../../engine/ports/view-store.js';
import type { Database } from './database.js';

const mostDocs = 10_000;

/** The views have changed since documents of the snapshot were taken from memory: it is to be read again. */
export class SnapshotChangedError extends Error {}

interface OfView {
  readonly version: number;
  readonly kinds: Map<string, Map<string, Doc | null>>;
}

/**
 * Documents that were read, for as long as nothing was written: a license check that is asked again costs one question
 * to SQLite instead of ten. They are one instant's, and frozen, since many answers are made of them.
 */
export class SnapshotDocs {
  /** Of live builds, by view, kind and key, so that no text of them all is made and hashed for each document. */
  readonly #views = new Map<string, OfView>();
  #size = 0;
  #version: unknown = null;

  constructor(private readonly db: Database) {}

  /** Forgets everything if something was written since. */
  refresh(): void {
    const version = this.#dataVersion();
    if (version !== this.#version) this.#forget();
    this.#version = version;
  }

  /** Within a transaction: what it reads is what the documents in memory are of. */
  check(): void {
    if (this.#dataVersion() !== this.#version) throw new SnapshotChangedError('The views have changed meanwhile.');
  }

  get({ view, version, build, kind, key }: DocAddress): Doc | null | undefined {
    const known = this.#views.get(view);
    return known?.version === version && build === undefined ? known.kinds.get(kind)?.get(key) : undefined;
  }

  keep({ view, version, build, kind, key }: DocAddress, doc: Doc | null): Doc | null {
    if (doc) frozen(doc);
    if (build !== undefined) return doc;
    if (this.#size >= mostDocs) this.#forget();
    this.#size += 1;
    let known = this.#views.get(view);
    if (known?.version !== version) this.#views.set(view, (known = { version, kinds: new Map() }));
    const ofKind = known.kinds.get(kind);
    if (ofKind) ofKind.set(key, doc);
    else known.kinds.set(kind, new Map([[key, doc]]));
    return doc;
  }

  #forget(): void {
    this.#views.clear();
    this.#size = 0;
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
