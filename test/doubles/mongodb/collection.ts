import type { Document } from 'bson';
import { orderKey } from './bson-order.js';
import { documentKey, duplicateKey, fieldsOf, type IndexField, type IndexSpec } from './index-keys.js';
import { SortedKeys } from './sorted-keys.js';

/** A document from a moment of the server's clock on, until the next version; null: it is deleted. */
interface Version {
  readonly at: number;
  readonly document: Document | null;
}

export interface Index extends IndexSpec {
  readonly fields: readonly IndexField[];
  /** Of every version that is kept: the document's key in this index, then its key in the collection and its length. */
  readonly entries: SortedKeys;
}

/** Where a kept version of a document lies in an index. */
export interface Entry {
  /** The key of the document in its collection. */
  readonly id: string;
  /** As in the index. */
  readonly entry: string;
}

/** An entry ends with the length of its id, to base 36. */
const lengthDigits = 4;

/** Documents in all the versions that a reader may still ask for, under the order key of their `_id`, and indexes. */
export class Collection {
  readonly indexes: Index[] = [];
  private readonly chains = new Map<string, Version[]>();

  constructor(
    readonly namespace: string,
    readonly serial: number,
  ) {
    this.indexes.push(newIndex({ name: '_id_', key: { _id: 1 }, isUnique: true }));
  }

  /** The document as it was at a moment. */
  at(id: string, moment: number): Document | null {
    const chain = this.chains.get(id) ?? [];
    for (let index = chain.length - 1; index >= 0; index -= 1) {
      const version = chain[index];
      if (version && version.at <= moment) return version.document;
    }
    return null;
  }

  hasOneVersion(id: string): boolean {
    return this.chains.get(id)?.length === 1;
  }

  lastChange(id: string): number {
    return this.chains.get(id)?.at(-1)?.at ?? 0;
  }

  /** Keys of all documents of which a version is kept, in the order in which they first came. */
  ids(): Iterable<string> {
    return this.chains.keys();
  }

  /** Of all kept versions; whoever reads looks which one holds at the moment. */
  *entries(index: Index, from: string, to: string, isReverse: boolean): Generator<Entry> {
    for (const entry of index.entries.range(from, to, isReverse)) {
      const end = entry.length - lengthDigits;
      yield { entry, id: entry.slice(end - parseInt(entry.slice(end), 36), end) };
    }
  }

  entryOf(index: Index, id: string, document: Document): string {
    return documentKey(index.fields, document) + id + id.length.toString(36).padStart(lengthDigits, '0');
  }

  put(id: string, document: Document | null, at: number): void {
    const chain = this.chains.get(id) ?? [];
    chain.push({ at, document });
    this.chains.set(id, chain);
    if (document) for (const index of this.indexes) this.enter(index, id, document);
  }

  /** Forgets versions of a document that no reader can see from a moment on. */
  forget(id: string, keptFrom: number): void {
    const chain = this.chains.get(id);
    if (!chain) return;
    let first = 0;
    while ((chain[first + 1]?.at ?? Infinity) <= keptFrom) first += 1;
    if (chain[first]?.document === null && (chain[first]?.at ?? Infinity) <= keptFrom) first += 1;
    if (first === 0) return;
    const forgotten = chain.splice(0, first);
    if (chain.length === 0) this.chains.delete(id);
    for (const index of this.indexes) {
      const kept = new Set(chain.flatMap(({ document }) => (document ? [this.entryOf(index, id, document)] : [])));
      for (const { document } of forgotten) {
        const entry = document && this.entryOf(index, id, document);
        if (entry !== null && !kept.has(entry)) index.entries.delete(entry);
      }
    }
  }

  /** Builds an index; throws if it is unique and two documents have one key. */
  addIndex(spec: IndexSpec): void {
    const index = newIndex(spec);
    const keys = new Set<string>();
    for (const id of this.chains.keys()) {
      const document = this.at(id, Infinity);
      if (!document || !spec.isUnique) continue;
      const key = documentKey(index.fields, document);
      if (keys.has(key)) throw duplicateKey(this.namespace, spec, document);
      keys.add(key);
    }
    for (const [id, chain] of this.chains)
      for (const { document } of chain) if (document) this.enter(index, id, document);
    this.indexes.push(index);
  }

  private enter(index: Index, id: string, document: Document): void {
    index.entries.add(this.entryOf(index, id, document));
  }
}

export function idOf(document: Document): string {
  return orderKey(document._id);
}

function newIndex(spec: IndexSpec): Index {
  return { ...spec, fields: fieldsOf(spec.key), entries: new SortedKeys() };
}
