import { canonicalJson, sha256 } from '../canonical.js';
import { limits } from '../limits.js';
import type { AnyProjection, Doc, DocKey, Docs } from '../model/projection.js';
import { docId, type DocWrite, type ViewStore, type ViewVersion } from '../ports/view-store.js';
import type { Digest } from './digest.js';

/** A document in memory. `hash` is that of its stored form; null while none is stored. */
interface Held {
  readonly kind: string;
  readonly key: string;
  doc: Doc | null;
  hash: string | null;
}

/**
 * The documents of one view's version that the runner has in hand: loaded before they are folded, written when the
 * runner commits, kept for the next batch after the commit only. Two generations: what was not used during a whole
 * generation is let go.
 */
export class Documents {
  #young = new Map<string, Held>();
  #old = new Map<string, Held>();
  readonly #changed = new Set<Held>();
  #named: readonly DocKey[] = [];
  readonly #docs: Docs<Record<string, Doc>> = {
    get: (kind, key) => this.#at(kind, key).doc ?? undefined,
    put: (kind, key, doc) => this.#change(this.#at(kind, key), doc),
    delete: (kind, key) => this.#change(this.#at(kind, key), null),
  };
  /** Nothing is stored that is not in memory: true for a version built from nothing until it first lets go. */
  #complete: boolean;

  constructor(
    private readonly projection: AnyProjection,
    private readonly version: ViewVersion,
    private readonly store: ViewStore,
    isNew: boolean,
  ) {
    this.#complete = isNew;
  }

  get changes(): number {
    return this.#changed.size;
  }

  /** Loads what is not in memory. Call before folding events that touch these keys. */
  async load(keys: readonly DocKey[]): Promise<void> {
    const missing = new Map<string, DocKey>();
    for (const key of keys) {
      const id = docId(...key);
      if (!this.#find(id)) missing.set(id, key);
    }
    if (missing.size === 0) return;
    const unread = [...missing.values()].filter(([kind]) => !this.#complete && !this.#isWrittenOnce(kind));
    const stored = unread.length > 0 ? await this.store.load(this.version, unread) : new Map<string, never>();
    for (const [id, [kind, key]] of missing) {
      const found = stored.get(id);
      this.#young.set(id, { kind, key, doc: found?.doc ?? null, hash: found?.hash ?? null });
    }
  }

  /** What a fold sees: exactly the named documents, until it is asked for the next event's. */
  view(keys: readonly DocKey[]): Docs<Record<string, Doc>> {
    this.#named = keys;
    return this.#docs;
  }

  /** What is to be written, and moves the digest along. Parked documents are written, but not summed up. */
  writes(digest: Digest, isParked: (id: string) => boolean): DocWrite[] {
    const writes: DocWrite[] = [];
    for (const held of this.#changed) {
      const { kind, key, doc } = held;
      const id = docId(kind, key);
      const json = doc === null ? null : canonicalJson(doc);
      const hash = json === null ? null : sha256(`${kind}\n${key}\n${json}`);
      if (hash !== held.hash && !isParked(id)) digest.replace(held.hash, hash);
      if (hash !== held.hash) writes.push({ kind, key, json, hash, indexes: this.#indexes(kind, doc) });
      held.hash = hash;
    }
    return writes;
  }

  /** After the commit: what was written is now what is stored. */
  committed(): void {
    for (const held of this.#changed) {
      if (this.#isWrittenOnce(held.kind)) this.#young.delete(docId(held.kind, held.key));
    }
    this.#changed.clear();
    if (this.#young.size <= limits.documentsInMemory) return;
    if (this.#old.size > 0) this.#complete = false;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** After a failure: nothing in memory can be relied on. */
  forget(): void {
    this.#young.clear();
    this.#old.clear();
    this.#changed.clear();
    this.#complete = false;
  }

  /** The hash under which a document in hand is stored and summed up. */
  storedHash(id: string): string | null {
    return this.#find(id)?.hash ?? null;
  }

  #find(id: string): Held | undefined {
    const young = this.#young.get(id);
    if (young) return young;
    const old = this.#old.get(id);
    if (!old) return undefined;
    this.#old.delete(id);
    this.#young.set(id, old);
    return old;
  }

  #at(kind: string, key: string): Held {
    for (const [namedKind, namedKey] of this.#named) {
      if (namedKind !== kind || namedKey !== key) continue;
      const held = this.#find(docId(kind, key));
      if (held) return held;
    }
    throw new Error(`${this.projection.name} touches ${docId(kind, key)}, which it did not name.`);
  }

  #change(held: Held, doc: Doc | null): void {
    held.doc = doc;
    this.#changed.add(held);
  }

  #isWrittenOnce(kind: string): boolean {
    return this.projection.kinds[kind]?.writtenOnce === true;
  }

  #indexes(kind: string, doc: Doc | null): Record<string, string | number | null> {
    const indexes: Record<string, string | number | null> = {};
    for (const name of Object.keys(this.projection.kinds[kind]?.indexes ?? {})) {
      const value: unknown = doc === null ? null : (doc as Record<string, unknown>)[name];
      indexes[name] = typeof value === 'string' || typeof value === 'number' ? value : null;
    }
    return indexes;
  }
}
