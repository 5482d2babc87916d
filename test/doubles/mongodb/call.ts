import { Timestamp, type Document } from 'bson';
import type { Collection } from './collection.js';
import type { Cursors } from './cursors.js';
import { notKnown, ServerError } from './errors.js';
import { toNumber } from './numbers.js';
import { isDocument } from './paths.js';
import type { Sight } from './select.js';
import type { Attached, Sessions } from './sessions.js';
import type { Store } from './store.js';
import { Busy, type Transaction } from './transaction.js';

/** What commands work on. */
export interface Server {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly cursors: Cursors;
  /** Of cluster times: seconds, fixed when the server is made; the increment is the store's moment. */
  readonly epochSeconds: number;
}

/** One command as it came in, and what it belongs to. */
export interface Call extends Attached {
  readonly name: string;
  readonly body: Document;
  readonly database: string;
  readonly now: Date;
  readonly server: Server;
}

export interface Command {
  /** Options that it knows, besides its own name and those that every command has. */
  readonly options: readonly string[];
  readonly kind: 'read' | 'write' | 'other';
  readonly isAllowedInTransaction: boolean;
  run(call: Call): Document | Promise<Document>;
}

export function namespaceOf({ name, body, database }: Call): string {
  const collection: unknown = body[name];
  if (typeof collection !== 'string' || collection === '')
    throw new ServerError('InvalidNamespace', `${name} needs the name of a collection.`);
  return `${database}.${collection}`;
}

/** The collection that a command names, if it is there. A transaction keeps it as it is until its end. */
export function collectionOf(call: Call): Collection | null {
  const { server, transaction } = call;
  const namespace = namespaceOf(call);
  const moment = transaction?.moment ?? atClusterTime(call);
  if (moment === null) return server.store.find(namespace);
  const collection = server.store.findAt(namespace, moment);
  if (collection) transaction?.touched.add(collection);
  return collection;
}

/** What a reading command sees. */
export function sightOf(call: Call): Sight {
  return call.transaction ?? call.server.store.sight(atClusterTime(call) ?? undefined);
}

/** Null: the command asks for no snapshot. */
function atClusterTime({ body, server }: Call): number | null {
  const concern: unknown = body.readConcern;
  if (!isDocument(concern) || concern.level !== 'snapshot') return null;
  const time: unknown = concern.atClusterTime;
  return time instanceof Timestamp ? time.i : server.store.moment;
}

export function isSnapshotRead({ body, transaction }: Call): boolean {
  return transaction === null && isDocument(body.readConcern) && body.readConcern.level === 'snapshot';
}

export function timeOf({ store, epochSeconds }: Server, moment = store.moment): Timestamp {
  return new Timestamp({ t: epochSeconds, i: moment });
}

/** Writes in the command's transaction, or at once; outside of a transaction it waits until nobody holds the document. */
export async function writeIn(call: Call, write: (transaction: Transaction) => void): Promise<void> {
  if (call.transaction) {
    write(call.transaction);
    return;
  }
  for (;;) {
    try {
      call.server.store.atOnce(write);
      return;
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      await waitFor(call, error.holder);
    }
  }
}

/** Waits until a transaction has ended, for as long as the command allows. */
export async function waitFor({ server, body }: Call, transaction: Transaction): Promise<void> {
  const ended = server.store.ended(transaction);
  if (body.maxTimeMS === undefined) return ended;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new ServerError('MaxTimeMSExpired', 'operation exceeded time limit'));
    timer = setTimeout(fail, toNumber(body.maxTimeMS, 'maxTimeMS'));
  });
  try {
    await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function documentOption(value: unknown, what: string): Document {
  if (value === undefined) return {};
  if (!isDocument(value)) throw new ServerError('TypeMismatch', `${what} must be a document.`);
  return value;
}

export function numberOption(value: unknown, otherwise: number, what: string): number {
  return value === undefined ? otherwise : toNumber(value, what);
}

/** Refuses options that would change what a command does. */
export function checkOptions(document: Document, known: readonly string[], what: string): void {
  const unknown = Object.keys(document).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ServerError('UnknownField', `BSON field '${what}.${unknown}' is an unknown field.`);
  const { collation } = document;
  if (collation !== undefined && !(isDocument(collation) && collation.locale === 'simple'))
    throw notKnown('collations other than simple');
}
