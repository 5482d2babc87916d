import { Timestamp, type Document } from 'bson';
import { orderKey } from './bson-order.js';
import { notKnown, ServerError } from './errors.js';
import { evaluate } from './expressions.js';
import { isOperators } from './filter.js';
import { calculate, isNumeric } from './numbers.js';
import { isDocument, valueAt, withValueAt } from './paths.js';
import { projected } from './projection.js';

export interface Update {
  /** The changed document; the given one stays as it is. `isInsert`: it is being made by an upsert. */
  apply(document: Document, isInsert: boolean): Document;
  /** Replaces the whole document, so that it may be applied to one document only. */
  readonly isReplacement: boolean;
}

/** An update by operators, by a pipeline, or by a whole new document. */
export function updateOf(update: unknown, now: Date): Update {
  if (Array.isArray(update))
    return { apply: (document) => throughPipeline(update, document, now), isReplacement: false };
  if (!isDocument(update)) throw new ServerError('FailedToParse', 'An update is a document or a pipeline.');
  if (isOperators(update))
    return { apply: (document, isInsert) => byOperators(update, document, isInsert, now), isReplacement: false };
  const replacement: Document = update;
  const mixed = Object.keys(replacement).find((name) => name.startsWith('$'));
  if (mixed !== undefined) throw notKnown(`a field ${mixed} in a replacement`);
  return {
    isReplacement: true,
    apply: (document) => {
      const { _id } = { ...document, ...replacement };
      return _id === undefined ? replacement : { _id, ...replacement };
    },
  };
}

/** The new value of a field, from its old one (undefined: missing), the operand and the clock. */
type Operator = (old: unknown, operand: unknown, now: Date) => unknown;

const operators = new Map<string, Operator>([
  ['$set', (_, operand) => operand],
  ['$unset', () => undefined],
  ['$inc', (old, operand) => calculated(old, 'add', operand)],
  ['$mul', (old, operand) => calculated(old, 'multiply', operand)],
  ['$min', (old, operand) => (old === undefined || orderKey(operand) < orderKey(old) ? operand : old)],
  ['$max', (old, operand) => (old === undefined || orderKey(operand) > orderKey(old) ? operand : old)],
  ['$currentDate', (_, operand, now) => currentDate(operand, now)],
  ['$push', (old, operand) => [...listOf(old, '$push'), plain(operand, '$push')]],
  ['$pull', (old, operand) => without(old, plain(operand, '$pull'))],
]);

function byOperators(update: Document, document: Document, isInsert: boolean, now: Date): Document {
  let changed = document;
  const touched: string[] = [];
  for (const [name, fields] of Object.entries(update)) {
    const operator = name === '$setOnInsert' ? operators.get('$set') : operators.get(name);
    if (!operator) throw notKnown(`the update operator ${name}`);
    if (!isDocument(fields)) throw new ServerError('FailedToParse', `${name} takes a document of fields.`);
    for (const [path, operand] of Object.entries(fields)) {
      const rival = touched.find((other) => `${other}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${other}.`));
      if (rival !== undefined) throw new ServerError('BadValue', `Updating ${path} conflicts with ${rival}`);
      touched.push(path);
      if (name === '$setOnInsert' && !isInsert) continue;
      const value = operator(valueAt(changed, path), operand, now);
      const next = withValueAt(changed, path, value);
      if (!next) throw new ServerError('BadValue', `The double cannot set ${path}, which leads through a value.`);
      changed = next;
    }
  }
  return changed;
}

function throughPipeline(stages: readonly unknown[], document: Document, now: Date): Document {
  return stages.reduce<Document>((current, stage) => {
    const [[name = '', operand] = []] = isDocument(stage) ? Object.entries(stage) : [];
    const scope = { document: current, now };
    if ((name === '$set' || name === '$addFields') && isDocument(operand)) return withFields(current, operand, now);
    if (name === '$project' && isDocument(operand)) return projected(operand, now)(current);
    if (name === '$unset') return withoutFields(current, Array.isArray(operand) ? operand : [operand]);
    if (name === '$replaceWith') return asDocument(evaluate(operand, scope));
    if (name === '$replaceRoot' && isDocument(operand)) return asDocument(evaluate(operand.newRoot, scope));
    throw notKnown(`the stage ${name} in an update`);
  }, document);
}

/** All expressions see the document as it was before the stage. */
export function withFields(document: Document, fields: Document, now: Date): Document {
  return Object.entries(fields).reduce<Document>((changed, [path, expression]) => {
    const next = withValueAt(changed, path, evaluate(expression, { document, now }));
    if (!next) throw new ServerError('BadValue', `The double cannot set ${path}, which leads through a value.`);
    return next;
  }, document);
}

export function withoutFields(document: Document, paths: readonly unknown[]): Document {
  return paths.reduce<Document>((changed, path) => {
    const next = withValueAt(changed, plain(path, '$unset') as string, undefined);
    if (!next) throw notKnown('a field of an array in $unset');
    return next;
  }, document);
}

function asDocument(value: unknown): Document {
  if (!isDocument(value)) throw new ServerError('BadValue', 'The new root is not a document.');
  return value;
}

function calculated(old: unknown, operator: 'add' | 'multiply', operand: unknown): unknown {
  if (!isNumeric(operand)) throw new ServerError('TypeMismatch', 'Cannot calculate with a value that is no number.');
  if (old === undefined) return operator === 'add' ? operand : calculate(operand, 'multiply', 0);
  if (!isNumeric(old)) throw new ServerError('TypeMismatch', 'Cannot calculate with a field that is no number.');
  return calculate(old, operator, operand);
}

function currentDate(operand: unknown, now: Date): unknown {
  if (operand === true) return now;
  const type: unknown = isDocument(operand) ? operand.$type : undefined;
  if (type === 'date') return now;
  if (type === 'timestamp') return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  throw notKnown('this operand of $currentDate');
}

function listOf(value: unknown, operator: string): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ServerError('BadValue', `${operator} needs an array.`);
  return value;
}

function plain(operand: unknown, operator: string): unknown {
  if (isOperators(operand)) throw notKnown(`operators inside of ${operator}`);
  return operand;
}

function without(old: unknown, operand: unknown): unknown {
  if (old === undefined) return undefined;
  if (isDocument(operand)) throw notKnown('a filter in $pull');
  const key = orderKey(operand);
  return listOf(old, '$pull').filter((element) => orderKey(element) !== key);
}
