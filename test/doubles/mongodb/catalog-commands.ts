import { Int32, Long, type Document } from 'bson';
import { checkOptions, documentOption, namespaceOf, waitFor, type Call, type Command } from './call.js';
import type { Collection } from './collection.js';
import { ServerError } from './errors.js';
import { filterOf } from './filter.js';
import { fieldsOf, type IndexSpec } from './index-keys.js';
import { isDocument } from './paths.js';

const change = { kind: 'write', isAllowedInTransaction: false } as const;
const look = { kind: 'read', isAllowedInTransaction: false } as const;

const create: Command = {
  ...change,
  options: ['collation'],
  run: (call) => {
    call.server.store.create(namespaceOf(call));
    return {};
  },
};

const drop: Command = {
  ...change,
  options: [],
  run: async (call) => {
    const collection = call.server.store.find(namespaceOf(call));
    if (!collection) return {};
    await unused(call, collection);
    call.server.store.drop(collection);
    return { nIndexesWas: new Int32(collection.indexes.length), ns: collection.namespace };
  },
};

const dropDatabase: Command = {
  ...change,
  options: [],
  run: async (call) => {
    const { store } = call.server;
    for (const collection of store.collectionsOf(call.database)) {
      await unused(call, collection);
      store.drop(collection);
    }
    return { dropped: call.database };
  },
};

const createIndexes: Command = {
  ...change,
  options: ['indexes', 'commitQuorum'],
  run: async (call) => {
    const { store } = call.server;
    const { indexes } = call.body;
    if (!Array.isArray(indexes) || indexes.length === 0) throw new ServerError('BadValue', 'Which indexes?');
    const specs = indexes.map((index) => specOf(documentOption(index, 'An index')));
    const existing = store.find(namespaceOf(call));
    const collection = existing ?? store.create(namespaceOf(call));
    const before = collection.indexes.length;
    await unused(call, collection);
    for (const spec of specs) if (isNew(collection, spec)) store.addIndex(collection, spec);
    return {
      numIndexesBefore: new Int32(before),
      numIndexesAfter: new Int32(collection.indexes.length),
      createdCollectionAutomatically: existing === null,
      ...(before === collection.indexes.length ? { note: 'all indexes already exist' } : {}),
    };
  },
};

const listCollections: Command = {
  ...look,
  options: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run: (call) => {
    const { body, database, now, server } = call;
    const rows = server.store.collectionsOf(database).map((collection) => ({
      name: collection.namespace.slice(database.length + 1),
      type: 'collection',
      ...(body.nameOnly === true ? {} : { options: {}, info: { readOnly: false }, idIndex: described(collection)[0] }),
    }));
    const matches = filterOf(documentOption(body.filter, 'filter'), now);
    return cursorOver(`${database}.$cmd.listCollections`, rows.filter(matches));
  },
};

const listIndexes: Command = {
  ...look,
  options: ['cursor'],
  run: (call) => {
    const namespace = namespaceOf(call);
    const collection = call.server.store.find(namespace);
    if (!collection) throw new ServerError('NamespaceNotFound', `ns does not exist: ${namespace}`);
    return cursorOver(namespace, described(collection));
  },
};

const listDatabases: Command = {
  ...look,
  options: ['filter', 'nameOnly', 'authorizedDatabases'],
  run: ({ body, now, server }) => {
    const rows = server.store.databases().map((name) => ({ name }));
    return { databases: rows.filter(filterOf(documentOption(body.filter, 'filter'), now)) };
  },
};

/** All in one batch. */
function cursorOver(ns: string, rows: readonly Document[]): Document {
  return { cursor: { id: Long.ZERO, ns, firstBatch: rows } };
}

function described({ indexes }: Collection): Document[] {
  return indexes.map(({ name, key, isUnique }) => ({
    v: new Int32(2),
    key,
    name,
    ...(isUnique && name !== '_id_' ? { unique: true } : {}),
  }));
}

function specOf(index: Document): IndexSpec {
  checkOptions(index, ['key', 'name', 'unique', 'v', 'background', 'collation'], 'createIndexes.indexes');
  const { key, name, unique } = index;
  if (!isDocument(key) || Object.keys(key).length === 0 || typeof name !== 'string' || name === '')
    throw new ServerError('CannotCreateIndex', 'An index needs a key and a name.');
  fieldsOf(key);
  return { key, name, isUnique: unique === true };
}

/** Whether there is no such index yet. Throws if there is one of the same name or fields that differs. */
function isNew({ indexes }: Collection, { name, key, isUnique }: IndexSpec): boolean {
  const keyText = (pattern: Document) => JSON.stringify(fieldsOf(pattern));
  const sameKey = indexes.find((index) => keyText(index.key) === keyText(key));
  if (sameKey?.name === '_id_') return false;
  if (sameKey && sameKey.name === name && sameKey.isUnique === isUnique) return false;
  if (indexes.some((index) => index.name === name))
    throw new ServerError('IndexKeySpecsConflict', `An existing index has the same name as ${name}, and differs.`);
  if (sameKey)
    throw new ServerError('IndexOptionsConflict', `Index already exists with a different name: ${sameKey.name}`);
  return true;
}

/** Waits until no open transaction uses the collection. */
async function unused(call: Call, collection: Collection): Promise<void> {
  for (;;) {
    const user = call.server.store.userOf(collection);
    if (!user) return;
    await waitFor(call, user);
  }
}

export const catalogCommands = new Map<string, Command>([
  ['create', create],
  ['drop', drop],
  ['dropDatabase', dropDatabase],
  ['createIndexes', createIndexes],
  ['listCollections', listCollections],
  ['listIndexes', listIndexes],
  ['listDatabases', listDatabases],
]);
