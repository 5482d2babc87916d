import { Int32, type Document } from 'bson';
import { checkOptions, documentOption, writeIn, type Call, type Command } from './call.js';
import { labelsOf, ServerError } from './errors.js';
import { toNumber } from './numbers.js';
import { isDocument, isDocuments } from './paths.js';
import { projected } from './projection.js';
import { changeAll, changeOne, collectionToWrite, inserted, type Target } from './writing.js';
import { updateOf } from './updates.js';

const common = ['ordered', 'bypassDocumentValidation', 'stmtId', 'stmtIds'];

const insert: Command = {
  options: ['documents', ...common],
  kind: 'write',
  isAllowedInTransaction: true,
  run: (call) =>
    eachStatement(call, 'documents', null, async (given) => {
      const collection = collectionToWrite(call);
      const document = inserted(given);
      await writeIn(call, (transaction) => transaction.insert(collection, document));
      return { n: 1 };
    }),
};

const update: Command = {
  options: ['updates', ...common],
  kind: 'write',
  isAllowedInTransaction: true,
  run: (call) =>
    eachStatement(call, 'updates', ['q', 'u', 'multi', 'upsert', 'hint', 'collation'], async (statement) => {
      const change = updateOf(statement.u, call.now);
      const target = targetOf(statement.q, undefined, statement.hint);
      if (statement.multi !== true) {
        const done = await changeOne(call, target, change, statement.upsert === true);
        if (!done) return { n: 0, nModified: 0 };
        if (!done.before) return { n: 1, nModified: 0, upserted: { _id: done.after?._id } };
        return { n: 1, nModified: done.isChanged ? 1 : 0 };
      }
      if (change.isReplacement) throw new ServerError('FailedToParse', 'multi update is not supported for replacement');
      const all = await changeAll(call, target, change);
      if (all.length === 0 && statement.upsert === true) {
        const done = await changeOne(call, target, change, true);
        return { n: 1, nModified: 0, upserted: { _id: done?.after?._id } };
      }
      return { n: all.length, nModified: all.filter(({ isChanged }) => isChanged).length };
    }),
};

const remove: Command = {
  options: ['deletes', ...common],
  kind: 'write',
  isAllowedInTransaction: true,
  run: (call) =>
    eachStatement(call, 'deletes', ['q', 'limit', 'hint', 'collation'], async (statement) => {
      const target = targetOf(statement.q, undefined, statement.hint);
      const limit = toNumber(statement.limit, 'limit');
      if (limit === 0) return { n: (await changeAll(call, target, 'delete')).length };
      if (limit !== 1) throw new ServerError('FailedToParse', 'The limit field in delete objects must be 0 or 1.');
      return { n: (await changeOne(call, target, 'delete', false)) ? 1 : 0 };
    }),
};

const findAndModify: Command = {
  options: [
    ...['query', 'sort', 'update', 'remove', 'new', 'upsert', 'fields', 'hint', 'collation'],
    ...['bypassDocumentValidation', 'stmtId'],
  ],
  kind: 'write',
  isAllowedInTransaction: true,
  run: async (call) => {
    const { body, results } = call;
    const known = results?.get(0);
    if (known) return { ...known, retriedStmtId: new Int32(0) };
    const target = targetOf(body.query, body.sort, body.hint);
    const isRemoval = body.remove === true;
    if (isRemoval === (body.update !== undefined))
      throw new ServerError('FailedToParse', 'Either an update or remove=true must be specified');
    const change = isRemoval ? 'delete' : updateOf(body.update, call.now);
    const done = await changeOne(call, target, change, body.upsert === true);
    const shown = done && (body.new === true ? done.after : done.before);
    const isUpserted = done !== null && done.before === null;
    const answer = {
      value: shown ? projected(documentOption(body.fields, 'fields'), call.now)(shown) : null,
      lastErrorObject: {
        n: new Int32(done ? 1 : 0),
        ...(isRemoval ? {} : { updatedExisting: done !== null && !isUpserted }),
        ...(isUpserted ? { upserted: done.after?._id as unknown } : {}),
      },
    };
    results?.set(0, answer);
    return answer;
  },
};

export const writeCommands = new Map<string, Command>([
  ['insert', insert],
  ['update', update],
  ['delete', remove],
  ['findAndModify', findAndModify],
]);

function targetOf(filter: unknown, sort: unknown, hint: unknown): Target {
  return { filter: documentOption(filter, 'A filter'), sort: documentOption(sort, 'A sort'), hint };
}

/**
 * Carries out the statements of a write command one by one and adds up what they did. A statement that was carried
 * out under the same number before is not carried out again. `options`: those of a statement, if it is not a document
 * to insert.
 */
async function eachStatement(
  call: Call,
  field: string,
  options: readonly string[] | null,
  run: (statement: Document) => Promise<Document>,
): Promise<Document> {
  const { body, results, transaction } = call;
  const statements: unknown = body[field];
  if (!isDocuments(statements) || statements.length === 0)
    throw new ServerError('BadValue', `${field} must be a nonempty array of documents.`);
  if (options) for (const statement of statements) checkOptions(statement, options, `${call.name}.${field}`);
  const totals = { n: 0, nModified: 0 };
  const upserted: Document[] = [];
  const writeErrors: Document[] = [];
  const retriedStmtIds: Int32[] = [];
  for (const [index, statement] of statements.entries()) {
    const statementId = statementIdOf(body, index);
    const known = results?.get(statementId);
    try {
      const result = known ?? (await run(statement));
      results?.set(statementId, result);
      if (known) retriedStmtIds.push(new Int32(statementId));
      totals.n += Number(result.n);
      totals.nModified += Number(result.nModified ?? 0);
      if (isDocument(result.upserted)) upserted.push({ index: new Int32(index), _id: result.upserted._id as unknown });
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (transaction && isTransient(error)) throw error;
      const { code, message, details } = error;
      writeErrors.push({ index: new Int32(index), code: new Int32(code), errmsg: message, ...details });
      if (transaction || body.ordered !== false) break;
    }
  }
  return {
    n: new Int32(totals.n),
    ...(field === 'updates' ? { nModified: new Int32(totals.nModified) } : {}),
    ...(upserted.length > 0 ? { upserted } : {}),
    ...(writeErrors.length > 0 ? { writeErrors } : {}),
    ...(retriedStmtIds.length > 0 ? { retriedStmtIds } : {}),
  };
}

function isTransient(error: ServerError): boolean {
  const command = { isInTransaction: true, isEndOfTransaction: false, isRetryableWrite: false };
  return labelsOf(error, command).length > 0;
}

function statementIdOf({ stmtIds, stmtId }: Document, index: number): number {
  if (Array.isArray(stmtIds)) return toNumber(stmtIds[index], 'stmtIds');
  return stmtId === undefined ? index : toNumber(stmtId, 'stmtId') + index;
}
