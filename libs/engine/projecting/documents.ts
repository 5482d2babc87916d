import { canonicalJson } from '../model/canonical.js';
import { sha256 } from '../sha256.js';
import { limits } from '../limits.js';
import type { AnyProjection, Doc, DocKey, Docs, KindDeclaration } from '../model/projection.js';
import { docId, type DocWrite, type FieldValues, type ViewStore, type ViewVersion } from '../ports/view-store.js';
import type { Digest } from './digest.js';

/** A document in memory, with what is stored of it: hash and fields, null while nothing is. */
export interface Held {
  readonly kind: HeldKind;
  readonly key: string;
  doc: Doc | null;
  hash: string | null;
  fields: FieldValues | null;
}

const noFields: FieldValues = {};

/** Documents of one kind. Two generations: what was not used during a whole generation is let go. */
class HeldKind {
  #young = new Map<string, Held>();
  #old = new Map<string, Held>();
  readonly isWrittenOnce: boolean;
  readonly #fields: readonly string[];

  constructor(
    readonly name: string,
    { fields, writtenOnce }: KindDeclaration,
  ) {
    this.isWrittenOnce = writtenOnce === true;
    this.#fields = Object.keys(fields ?? {});
  }

  get size(): number {
    return this.#young.size;
  }

  find(key: string): Held | undefined {
    const young = this.#young.get(key);
    if (young) return young;
    const old = this.#old.get(key);
    if (!old) return undefined;
    this.#old.delete(key);
    this.#young.set(key, old);
    return old;
  }

  /** A document of which nothing is stored, or not known yet. */
  hold(key: string): Held {
    const held = { kind: this, key, doc: null, hash: null, fields: null };
    if (!this.isWrittenOnce) this.#young.set(key, held);
    return held;
  }

  /** Begins a new generation. True if documents were let go. */
  age(): boolean {
    const letGo = this.#old.size > 0;
    this.#old = this.#young;
    this.#young = new Map();
    return letGo;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  fieldsOf(doc: Doc): FieldValues {
    if (this.#fields.length === 0) return noFields;
    const values: Record<string, string | number | null> = {};
    for (const name of this.#fields) {
      const value: unknown = (doc as Record<string, unknown>)[name];
      values[name] = typeof value === 'string' || typeof value === 'number' ? value : null;
    }
    return values;
  }

  hasSameFields(before: FieldValues, after: FieldValues): boolean {
    return this.#fields.every((name) => before[name] === after[name]);
  }
}

/**
 * The documents of one view's version that the runner has in hand: loaded before they are folded, written when the
 * runner commits, kept for the next batch after the commit only.
 */
export class Documents {
  readonly #kinds: ReadonlyMap<string, HeldKind>;
  readonly #changed = new Set<Held>();
  #named: readonly Held[] = [];
  #unread: Held[] = [];
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
    const declared = Object.entries<KindDeclaration>(projection.kinds);
    this.#kinds = new Map(declared.map(([name, declaration]) => [name, new HeldKind(name, declaration)]));
    this.#complete = isNew;
  }

  get changes(): number {
    return this.#changed.size;
  }

  /** The documents that an event names, in hand; what is not in memory is loaded by `load`. */
  named(keys: readonly DocKey[]): readonly Held[] {
    return keys.map(([name, key]) => {
      const kind = this.#kindOf(name);
      const known = kind.isWrittenOnce ? undefined : kind.find(key);
      if (known) return known;
      const held = kind.hold(key);
      if (!kind.isWrittenOnce && !this.#complete) this.#unread.push(held);
      return held;
    });
  }

  /** Call after naming and before folding. */
  async load(): Promise<void> {
    const unread = this.#unread;
    if (unread.length === 0) return;
    this.#unread = [];
    const keys = unread.map(({ kind, key }): DocKey => [kind.name, key]);
    const stored = await this.store.load(this.version, keys);
    for (const held of unread) {
      const found = stored.get(docId(held.kind.name, held.key));
      if (!found) continue;
      held.doc = found.doc;
      held.hash = found.hash;
      held.fields = held.kind.fieldsOf(found.doc);
    }
  }

  /** What a fold sees: exactly the named documents, until it is asked for the next event's. */
  view(named: readonly Held[]): Docs<Record<string, Doc>> {
    this.#named = named;
    return this.#docs;
  }

  /**
   * What is to be written, and moves the digest along. Parked documents are written, but not summed up. From then on it is
   * taken as stored, unless `forget` says otherwise.
   */
  writes(digest: Digest, isParked: (kind: string, key: string) => boolean): DocWrite[] {
    const writes: DocWrite[] = [];
    for (const held of this.#changed) {
      const before = held.hash;
      const write = writeOf(held);
      if (!write) continue;
      writes.push(write);
      if (!isParked(held.kind.name, held.key)) digest.replace(before, held.hash);
    }
    this.#changed.clear();
    return writes;
  }

  /** After the commit: what was not used since the one before the last can be let go, for it is stored. */
  committed(): void {
    let size = 0;
    for (const kind of this.#kinds.values()) size += kind.size;
    if (size <= limits.documentsInMemory) return;
    for (const kind of this.#kinds.values()) if (kind.age()) this.#complete = false;
  }

  /** After a failure: nothing in memory can be relied on. */
  forget(): void {
    for (const kind of this.#kinds.values()) kind.clear();
    this.#changed.clear();
    this.#unread = [];
    this.#complete = false;
  }

  /** The hash under which a document in hand is stored and summed up. */
  storedHash(kind: string, key: string): string | null {
    return this.#kinds.get(kind)?.find(key)?.hash ?? null;
  }

  #kindOf(name: string): HeldKind {
    const kind = this.#kinds.get(name);
    if (!kind) throw new Error(`${this.projection.name} has no documents of kind ${name}.`);
    return kind;
  }

  #at(kind: string, key: string): Held {
    for (const held of this.#named) if (held.key === key && held.kind.name === kind) return held;
    throw new Error(`${this.projection.name} touches ${docId(kind, key)}, which it did not name.`);
  }

  #change(held: Held, doc: Doc | null): void {
    held.doc = doc;
    this.#changed.add(held);
  }
}

/** Takes what is in memory as stored. Null: it is already. */
function writeOf(held: Held): DocWrite | null {
  const { kind, key, doc, hash: before, fields: beforeFields } = held;
  if (doc === null) {
    held.hash = held.fields = null;
    return before === null ? null : { change: 'delete', kind: kind.name, key };
  }
  const start = `${kind.name}\n${key}\n`;
  const text = start + canonicalJson(doc);
  const hash = sha256(text);
  // Hashing has made one piece of the text: to take a part of that is cheaper than to put the JSON together once more.
  const json = text.slice(start.length);
  if (hash === before) return null;
  const fields = kind.fieldsOf(doc);
  held.hash = hash;
  held.fields = fields;
  if (before === null) return { change: 'insert', kind: kind.name, key, json, hash, fields };
  const isSame = beforeFields !== null && kind.hasSameFields(beforeFields, fields);
  return { change: 'update', kind: kind.name, key, json, hash, fields: isSame ? null : fields };
}
