import { Int32, Long, type Document } from 'bson';
import { throughStages } from './aggregation.js';
import { orderKey } from './bson-order.js';
import {
  collectionOf,
  documentOption,
  isSnapshotRead,
  namespaceOf,
  numberOption,
  sightOf,
  timeOf,
  type Call,
  type Command,
} from './call.js';
import { notKnown, ServerError } from './errors.js';
import { isDocument, isDocuments, valuesAt } from './paths.js';
import { projected } from './projection.js';
import { select } from './select.js';

const find: Command = {
  options: [
    ...['filter', 'sort', 'projection', 'hint', 'skip', 'limit', 'batchSize', 'singleBatch'],
    ...['allowDiskUse', 'noCursorTimeout', 'allowPartialResults', 'collation'],
  ],
  kind: 'read',
  isAllowedInTransaction: true,
  run: (call) => {
    const { body, now } = call;
    const project = projected(documentOption(body.projection, 'projection'), now);
    return cursorOver(call, found(call, body.filter, body.limit).map(project), {
      batchSize: body.batchSize,
      singleBatch: body.singleBatch,
    });
  },
};

/** What the options of find and count select. */
function found(call: Call, filter: unknown, limit: unknown): Document[] {
  const { body, now } = call;
  const collection = collectionOf(call);
  if (!collection) return [];
  const selection = {
    filter: documentOption(filter, 'filter'),
    sort: documentOption(body.sort, 'sort'),
    hint: body.hint,
    skip: numberOption(body.skip, 0, 'skip'),
    // No limit is also written as zero.
    limit: numberOption(limit, 0, 'limit') || Infinity,
  };
  if (selection.skip < 0 || selection.limit < 0) throw new ServerError('BadValue', 'skip and limit are not negative.');
  return select(sightOf(call), collection, selection, now).map(({ document }) => document);
}

function cursorOver(call: Call, documents: readonly Document[], options: Document): Document {
  const { server, transaction } = call;
  const namespace = namespaceOf(call);
  const batch = server.cursors.open(documents, namespace, transaction, {
    isSingleBatch: options.singleBatch === true,
    ...(options.batchSize === undefined ? {} : { batchSize: numberOption(options.batchSize, 0, 'batchSize') }),
  });
  return { cursor: { ...batch, ns: namespace, ...snapshotTime(call) } };
}

/** A read of a snapshot tells its moment, so that the next one can read at the same. */
function snapshotTime(call: Call): Document {
  return isSnapshotRead(call) ? { atClusterTime: timeOf(call.server, sightOf(call).moment) } : {};
}

const aggregate: Command = {
  options: ['pipeline', 'cursor', 'allowDiskUse', 'hint', 'collation', 'bypassDocumentValidation'],
  kind: 'read',
  isAllowedInTransaction: true,
  run: (call) => {
    const { pipeline, cursor, hint } = call.body;
    if (!isDocuments(pipeline) || !isDocument(cursor))
      throw new ServerError('BadValue', 'aggregate needs a pipeline and a cursor.');
    if (hint !== undefined) throw notKnown('hints of aggregations');
    const [first, ...others] = pipeline;
    const filter = first && isDocument(first.$match) ? first.$match : null;
    const documents = found(call, filter ?? {}, undefined);
    return cursorOver(call, throughStages(filter ? others : pipeline, documents, call.now), {
      batchSize: cursor.batchSize,
    });
  },
};

const getMore: Command = {
  options: ['collection', 'batchSize'],
  kind: 'other',
  isAllowedInTransaction: true,
  run: ({ body, database, server, transaction }) => {
    const namespace = `${database}.${String(body.collection)}`;
    const batchSize = numberOption(body.batchSize, Infinity, 'batchSize') || Infinity;
    return {
      cursor: { ...server.cursors.next(cursorId(body.getMore), namespace, transaction, batchSize), ns: namespace },
    };
  },
};

const killCursors: Command = {
  options: ['cursors'],
  kind: 'other',
  isAllowedInTransaction: true,
  run: ({ body, server }) => {
    if (!Array.isArray(body.cursors)) throw new ServerError('BadValue', 'killCursors needs the IDs of cursors.');
    const ids = body.cursors.map(cursorId);
    const killed = ids.filter((id) => server.cursors.kill(id));
    const cursorsNotFound = ids.filter((id) => !killed.includes(id));
    return { cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
  },
};

const count: Command = {
  options: ['query', 'limit', 'skip', 'hint', 'collation'],
  kind: 'read',
  isAllowedInTransaction: false,
  run: (call) => ({ n: new Int32(found(call, call.body.query, call.body.limit).length) }),
};

const distinct: Command = {
  options: ['key', 'query', 'collation'],
  kind: 'read',
  isAllowedInTransaction: true,
  run: (call) => {
    const { key } = call.body;
    if (typeof key !== 'string') throw new ServerError('TypeMismatch', 'distinct needs a key.');
    const values = found(call, call.body.query, undefined)
      .flatMap((document) => valuesAt(document, key))
      .filter((value) => value !== undefined && !Array.isArray(value));
    return { values: [...new Map(values.map((value) => [orderKey(value), value])).values()], ...snapshotTime(call) };
  },
};

function cursorId(value: unknown): Long {
  if (value instanceof Long) return value;
  throw new ServerError('TypeMismatch', 'The ID of a cursor is a long.');
}

export const readCommands = new Map<string, Command>([
  ['find', find],
  ['getMore', getMore],
  ['killCursors', killCursors],
  ['aggregate', aggregate],
  ['count', count],
  ['distinct', distinct],
]);
