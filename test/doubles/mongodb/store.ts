import type { Document } from 'bson';
import { Collection } from './collection.js';
import { ServerError } from './errors.js';
import type { IndexSpec } from './index-keys.js';
import type { Sight } from './select.js';
import { Transaction } from './transaction.js';

/** So many moments back one can read, as a server can some minutes back. */
const history = 10_000;
const nothing: ReadonlyMap<string, Document | null> = new Map();

/**
 * What the server keeps, in memory. Each commit is a moment of its clock, counted from 1; every version of a document
 * is kept for as long as somebody may read it.
 */
export class Store {
  private readonly collections = new Map<string, Collection>();
  private readonly catalogChanges = new Map<string, number>();
  private readonly holders = new Map<string, Transaction>();
  private readonly open = new Map<Transaction, { readonly ended: Promise<void>; readonly end: () => void }>();
  /** What was written when, oldest first from `firstOutdated` on: then its earlier versions were outdated. */
  private outdated: { readonly collection: Collection; readonly id: string; readonly at: number }[] = [];
  private firstOutdated = 0;
  private serial = 0;
  moment = 1;

  find(namespace: string): Collection | null {
    return this.collections.get(namespace) ?? null;
  }

  /** Of a database, sorted by name. */
  collectionsOf(database: string): Collection[] {
    return [...this.collections.values()]
      .filter(({ namespace }) => namespace.startsWith(`${database}.`))
      .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  }

  databases(): string[] {
    return [...new Set([...this.collections.keys()].map((namespace) => namespace.split('.', 1)[0] ?? ''))].sort();
  }

  /** For a reader of the past: refuses what it would see in another shape. */
  findAt(namespace: string, moment: number): Collection | null {
    if ((this.catalogChanges.get(namespace) ?? 0) > moment)
      throw new ServerError('SnapshotUnavailable', `${namespace} was created, dropped or indexed after the snapshot.`);
    return this.find(namespace);
  }

  create(namespace: string): Collection {
    if (this.find(namespace)) throw new ServerError('NamespaceExists', `Collection ${namespace} already exists.`);
    this.serial += 1;
    const collection = new Collection(namespace, this.serial);
    this.collections.set(namespace, collection);
    this.changeCatalog(namespace);
    return collection;
  }

  drop(collection: Collection): void {
    this.collections.delete(collection.namespace);
    this.changeCatalog(collection.namespace);
  }

  addIndex(collection: Collection, spec: IndexSpec): void {
    collection.addIndex(spec);
    this.changeCatalog(collection.namespace);
  }

  /** A transaction that is still open and has read or written the collection. */
  userOf(collection: Collection): Transaction | null {
    return [...this.open.keys()].find(({ touched }) => touched.has(collection)) ?? null;
  }

  /** What a reader outside of transactions sees; `moment` if it asks for the past. */
  sight(moment = this.moment): Sight {
    if (moment > this.moment) throw new ServerError('InvalidOptions', 'The time asked for has not come.');
    if (moment < this.moment - history) throw new ServerError('SnapshotTooOld', 'The time asked for is too long ago.');
    return { moment, own: () => nothing };
  }

  begin(): Transaction {
    const transaction = new Transaction(this.moment, this.holders, false);
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.open.set(transaction, { ended, end });
    return transaction;
  }

  /** One write of its own: all of it happens now, or nothing. Throws Busy if it has to wait. */
  atOnce(write: (transaction: Transaction) => void): void {
    const transaction = new Transaction(this.moment, this.holders, true);
    try {
      write(transaction);
      this.apply(transaction);
    } finally {
      transaction.end();
    }
  }

  commit(transaction: Transaction): void {
    this.apply(transaction);
    this.abort(transaction);
  }

  abort(transaction: Transaction): void {
    transaction.end();
    this.open.get(transaction)?.end();
    this.open.delete(transaction);
  }

  /** Resolves when a transaction has ended either way. */
  async ended(transaction: Transaction): Promise<void> {
    await this.open.get(transaction)?.ended;
  }

  private apply({ writes }: Transaction): void {
    if (writes.size === 0) return;
    this.moment += 1;
    for (const [collection, documents] of writes) {
      for (const [id, document] of documents) {
        collection.put(id, document, this.moment);
        this.outdated.push({ collection, id, at: this.moment });
      }
    }
    this.forget();
  }

  private forget(): void {
    const snapshots = [...this.open.keys()].map(({ moment }) => moment);
    const keptFrom = Math.min(this.moment - history, ...snapshots);
    for (;;) {
      const entry = this.outdated[this.firstOutdated];
      if (!entry || entry.at > keptFrom) break;
      entry.collection.forget(entry.id, keptFrom);
      this.firstOutdated += 1;
    }
    if (this.firstOutdated < history) return;
    this.outdated = this.outdated.slice(this.firstOutdated);
    this.firstOutdated = 0;
  }

  private changeCatalog(namespace: string): void {
    this.moment += 1;
    this.catalogChanges.set(namespace, this.moment);
  }
}
