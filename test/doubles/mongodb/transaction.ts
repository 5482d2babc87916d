import { BSON, type Document } from 'bson';
import { idOf, type Collection, type Index } from './collection.js';
import { ServerError } from './errors.js';
import { documentKey, duplicateKey } from './index-keys.js';
import { afterPrefix } from './planner.js';
import { read, type Sight } from './select.js';
import { maxDocumentBytes } from './wire.js';

/** A write outside of transactions meets a document that an open transaction has written: it waits for its end. */
export class Busy extends Error {
  constructor(readonly holder: Transaction) {
    super('A document is written by an open transaction.');
  }
}

const nothing: ReadonlyMap<string, Document | null> = new Map();

/**
 * Reads what was committed before it began, and what it wrote itself. It holds what it has written until it ends: of
 * two transactions the second writer of a document, or of a key of a unique index, gets a WriteConflict at once, as
 * does whoever writes what another one has committed since. A write outside of transactions is one of its own, which
 * meets Busy instead.
 */
export class Transaction implements Sight {
  readonly writes = new Map<Collection, Map<string, Document | null>>();
  /** Collections that must stay as they are until the end. */
  readonly touched = new Set<Collection>();
  private readonly held: string[] = [];
  /** Keys of unique indexes that it has given to a document, or taken from one. */
  private readonly claims = new Map<string, string | null>();

  constructor(
    readonly moment: number,
    private readonly holders: Map<string, Transaction>,
    private readonly isSingleWrite: boolean,
  ) {}

  own(collection: Collection): ReadonlyMap<string, Document | null> {
    return this.writes.get(collection) ?? nothing;
  }

  insert(collection: Collection, document: Document): void {
    const id = idOf(document);
    this.hold(`${collection.serial}/${id}`);
    if (collection.lastChange(id) > this.moment) throw this.conflict();
    if (read(this, collection, id)) {
      throw duplicateKey(collection.namespace, { name: '_id_', key: { _id: 1 }, isUnique: true }, document);
    }
    this.write(collection, id, null, document);
  }

  /** Replaces a document that it has read; null deletes it. */
  replace(collection: Collection, id: string, document: Document | null): void {
    this.hold(`${collection.serial}/${id}`);
    if (collection.lastChange(id) > this.moment) throw this.conflict();
    this.write(collection, id, read(this, collection, id), document);
  }

  /** Lets go of all that it holds. */
  end(): void {
    for (const key of this.held) this.holders.delete(key);
  }

  private write(collection: Collection, id: string, before: Document | null, after: Document | null): void {
    if (after && BSON.calculateObjectSize(after) > maxDocumentBytes) {
      if (before)
        throw new ServerError('DocumentAfterUpdateIsLargerThan', 'Resulting document after update is too large');
      throw new ServerError('BadValue', 'object to insert too large');
    }
    for (const index of collection.indexes) {
      const oldKey = before && documentKey(index.fields, before);
      const newKey = after && documentKey(index.fields, after);
      if (!index.isUnique || index.name === '_id_' || oldKey === newKey) continue;
      if (newKey !== null && after) this.claim(collection, index, newKey, id, after);
      if (oldKey !== null) this.release(collection, index, oldKey);
    }
    const writes = this.writes.get(collection) ?? new Map<string, Document | null>();
    this.writes.set(collection, writes.set(id, after));
  }

  private claim(collection: Collection, index: Index, key: string, id: string, document: Document): void {
    const name = `${collection.serial}#${index.name}/${key}`;
    this.hold(name);
    for (const entry of collection.entries(index, key, afterPrefix(key), false)) {
      const hasKey = (other: Document | null) => other !== null && documentKey(index.fields, other) === key;
      const wasTaken = hasKey(collection.at(entry.id, this.moment));
      const isTaken = hasKey(collection.at(entry.id, Infinity));
      if (wasTaken !== isTaken) throw this.conflict();
      if (entry.id !== id && hasKey(read(this, collection, entry.id)))
        throw duplicateKey(collection.namespace, index, document);
    }
    if ((this.claims.get(name) ?? id) !== id) throw duplicateKey(collection.namespace, index, document);
    this.claims.set(name, id);
  }

  private release(collection: Collection, index: Index, key: string): void {
    const name = `${collection.serial}#${index.name}/${key}`;
    this.hold(name);
    this.claims.set(name, null);
  }

  private hold(key: string): void {
    const holder = this.holders.get(key);
    if (holder === undefined) {
      this.holders.set(key, this);
      this.held.push(key);
    } else if (holder !== this) throw this.isSingleWrite ? new Busy(holder) : this.conflict();
  }

  private conflict(): ServerError {
    return new ServerError('WriteConflict', 'Write conflict during plan execution and yielding is disabled.');
  }
}
