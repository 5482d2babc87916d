import { BSONRegExp, type Document } from 'bson';
import { bracketOf, orderKey } from './bson-order.js';
import { notKnown, ServerError } from './errors.js';
import { evaluate, isTruthy } from './expressions.js';
import { toNumber } from './numbers.js';
import { isDocument, valuesAt } from './paths.js';

export type Predicate = (document: Document) => boolean;

/** Tells whether one of the values that a condition is tried on meets it. */
type Test = (values: readonly unknown[]) => boolean;

/** A filter of find, update or delete; `now` is what `$$NOW` stands for in it. */
export function filterOf(filter: Document, now: Date): Predicate {
  const clauses = Object.entries(filter).map(([name, operand]) => clauseOf(name, operand, now));
  return (document) => clauses.every((clause) => clause(document));
}

function clauseOf(name: string, operand: unknown, now: Date): Predicate {
  if (name === '$expr') return (document) => isTruthy(evaluate(operand, { document, now }));
  if (name === '$comment') return () => true;
  if (name === '$and' || name === '$or' || name === '$nor') {
    const parts = documentsOf(name, operand).map((part) => filterOf(part, now));
    if (name === '$and') return (document) => parts.every((part) => part(document));
    const expected = name === '$or';
    return (document) => parts.some((part) => part(document)) === expected;
  }
  if (name.startsWith('$')) throw notKnown(`the operator ${name}`);
  const test = testOf(operand);
  return (document) => test(valuesAt(document, name));
}

/** Whether it is a document of operators, rather than a value to be equal to. */
export function isOperators(operand: unknown): operand is Document {
  return isDocument(operand) && (Object.keys(operand)[0]?.startsWith('$') ?? false);
}

function testOf(operand: unknown): Test {
  if (!isOperators(operand)) return operand instanceof BSONRegExp ? matching(operand) : equalTo(operand);
  const tests = Object.entries(operand).map(([name, value]) => {
    if (name === '$options') return () => true;
    if (name === '$regex') return matching(expressionOf(value, operand.$options));
    const operator = operators.get(name);
    if (!operator) throw notKnown(`the operator ${name}`);
    return operator(value);
  });
  return (values) => tests.every((test) => test(values));
}

const operators = new Map<string, (operand: unknown) => Test>([
  ['$eq', equalTo],
  ['$ne', (operand) => not(equalTo(operand))],
  ['$in', among],
  ['$nin', (operand) => not(among(operand))],
  ['$gt', comparing((value, bound) => value > bound)],
  ['$gte', comparing((value, bound) => value >= bound)],
  ['$lt', comparing((value, bound) => value < bound)],
  ['$lte', comparing((value, bound) => value <= bound)],
  ['$not', (operand) => not(testOf(operand))],
  ['$exists', (operand) => (values) => values.some((value) => value !== undefined) === isTruthy(operand)],
  ['$size', ofSize],
]);

function not(test: Test): Test {
  return (values) => !test(values);
}

/** Null is equal to a missing value too. */
function equalTo(operand: unknown): Test {
  if (typeof operand === 'string') return (values) => values.includes(operand);
  const key = orderKey(operand);
  return (values) => values.some((value) => orderKey(value) === key);
}

function among(operand: unknown): Test {
  if (!Array.isArray(operand)) throw new ServerError('BadValue', '$in needs an array');
  if (operand.some((element) => element instanceof BSONRegExp)) throw notKnown('regular expressions in $in');
  const keys = new Set(operand.map(orderKey));
  return (values) => values.some((value) => keys.has(orderKey(value)));
}

function comparing(test: (value: string, bound: string) => boolean): (operand: unknown) => Test {
  return (operand) => {
    const bound = orderKey(operand);
    const { from, to } = bracketOf(bound);
    return (values) =>
      values.some((value) => {
        const key = orderKey(value);
        return key >= from && key < to && test(key, bound);
      });
  };
}

function ofSize(operand: unknown): Test {
  const size = toNumber(operand, '$size');
  return (values) => Array.isArray(values[0]) && values[0].length === size;
}

function expressionOf(pattern: unknown, options: unknown): BSONRegExp {
  if (pattern instanceof BSONRegExp && options === undefined) return pattern;
  if (typeof pattern !== 'string') throw new ServerError('BadValue', '$regex has to be a string');
  return new BSONRegExp(pattern, typeof options === 'string' ? options : '');
}

function matching({ pattern, options }: BSONRegExp): Test {
  if (/[^ims]/.test(options)) throw notKnown(`the options ${options} of a regular expression`);
  const expression = new RegExp(pattern, `${options}u`);
  return (values) => values.some((value) => typeof value === 'string' && expression.test(value));
}

function documentsOf(name: string, operand: unknown): Document[] {
  if (!Array.isArray(operand) || operand.length === 0 || !operand.every(isDocument))
    throw new ServerError('BadValue', `${name} must be a nonempty array of documents`);
  return operand;
}
