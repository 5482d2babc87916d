import { BSON, ObjectId, type Document } from 'bson';
import { collectionOf, documentOption, namespaceOf, writeIn, type Call } from './call.js';
import { idOf, type Collection } from './collection.js';
import { ServerError } from './errors.js';
import { filterOf, isOperators } from './filter.js';
import { isDocument, withValueAt } from './paths.js';
import { read, select } from './select.js';
import type { Transaction } from './transaction.js';
import type { Update } from './updates.js';

export interface Change {
  readonly before: Document | null;
  readonly after: Document | null;
  /** Whether anything was written. */
  readonly isChanged: boolean;
}

/** The collection to write to; outside of transactions it is made if it is not there. */
export function collectionToWrite(call: Call): Collection {
  const collection = collectionOf(call);
  if (collection) return collection;
  if (!call.transaction) return call.server.store.create(namespaceOf(call));
  throw new ServerError(
    'OperationNotSupportedInTransaction',
    `Cannot create namespace ${namespaceOf(call)} in multi-document transaction.`,
  );
}

export function inserted(document: Document): Document {
  const { _id = new ObjectId(), ...rest } = document;
  checkId(_id);
  return { _id, ...rest };
}

export interface Target {
  readonly filter: Document;
  readonly sort: Document;
  readonly hint: unknown;
}

/** Changes the first document found, or makes one; null: there was none, and it was not to be made. */
export async function changeOne(
  call: Call,
  target: Target,
  update: Update | 'delete',
  isUpsert: boolean,
): Promise<Change | null> {
  const collection = isUpsert ? collectionToWrite(call) : collectionOf(call);
  if (!collection) return null;
  let change: Change | null = null;
  await writeIn(call, (transaction) => {
    const [found] = select(transaction, collection, { ...target, skip: 0, limit: 1 }, call.now);
    change = null;
    if (found) change = changed(transaction, collection, found.id, update);
    else if (isUpsert && update !== 'delete') {
      const after = upserted(target.filter, update);
      transaction.insert(collection, after);
      change = { before: null, after, isChanged: true };
    }
  });
  return change;
}

/** Changes all documents found, each by a write of its own unless in a transaction. */
export async function changeAll(call: Call, target: Target, update: Update | 'delete'): Promise<Change[]> {
  const collection = collectionOf(call);
  if (!collection) return [];
  const matches = filterOf(target.filter, call.now);
  const changes: Change[] = [];
  const sight = call.transaction ?? call.server.store.sight();
  for (const { id } of select(sight, collection, { ...target, skip: 0, limit: Infinity }, call.now)) {
    let change: Change | null = null;
    await writeIn(call, (transaction) => {
      const document = read(transaction, collection, id);
      change = document && matches(document) ? changed(transaction, collection, id, update) : null;
    });
    if (change) changes.push(change);
  }
  return changes;
}

function changed(transaction: Transaction, collection: Collection, id: string, update: Update | 'delete'): Change {
  const before = read(transaction, collection, id);
  if (!before) throw new Error('A document that was found is gone.');
  if (update === 'delete') {
    transaction.replace(collection, id, null);
    return { before, after: null, isChanged: true };
  }
  const after = update.apply(before, false);
  if (after._id === undefined || idOf(after) !== id)
    throw new ServerError('ImmutableField', "Performing an update on the path '_id' would modify the immutable field");
  if (Buffer.compare(BSON.serialize(before), BSON.serialize(after)) === 0) return { before, after, isChanged: false };
  transaction.replace(collection, id, after);
  return { before, after, isChanged: true };
}

/** From what the filter demands to be equal, changed by the update. */
function upserted(filter: Document, update: Update): Document {
  const seed = update.isReplacement ? idOnly(equalities(filter)) : equalities(filter);
  return inserted(update.apply(seed, true));
}

function equalities(filter: Document): Document {
  let document: Document = {};
  for (const [name, operand] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(operand)) {
      for (const part of operand) document = { ...document, ...equalities(documentOption(part, '$and')) };
    } else if (!name.startsWith('$')) {
      const value: unknown = isOperators(operand) ? operand.$eq : operand;
      if (value !== undefined) document = withValueAt(document, name, value) ?? document;
    }
  }
  return document;
}

function idOnly({ _id }: Document): Document {
  return _id === undefined ? {} : { _id };
}

function checkId(id: unknown): void {
  if (Array.isArray(id) || id === undefined || (isDocument(id) && Object.keys(id).some((name) => name.startsWith('$'))))
    throw new ServerError('InvalidIdField', "The '_id' value cannot be of this type");
}
