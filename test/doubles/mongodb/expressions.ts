import type { Document } from 'bson';
import { orderKey } from './bson-order.js';
import { notKnown, ServerError } from './errors.js';
import { calculate, isNumeric, toNumber } from './numbers.js';
import { isDocument, valueAt } from './paths.js';

/** What an expression is evaluated on. `now` is the server's clock at the command's start. */
export interface Scope {
  readonly document: Document;
  readonly now: Date;
}

type Operator = (operands: readonly unknown[], scope: Scope) => unknown;

/** The value of an aggregation expression; undefined: missing. */
export function evaluate(expression: unknown, scope: Scope): unknown {
  if (typeof expression === 'string') return expression.startsWith('$') ? reference(expression, scope) : expression;
  if (Array.isArray(expression)) return expression.map((element) => evaluate(element, scope) ?? null);
  if (!isDocument(expression)) return expression;
  const names = Object.keys(expression);
  const [name = ''] = names;
  if (!name.startsWith('$')) {
    const fields = Object.entries(expression).map(([field, inner]) => [field, evaluate(inner, scope)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  if (names.length !== 1) throw new ServerError('BadValue', 'An expression has exactly one operator.');
  if (name === '$literal') return expression[name];
  if (name === '$cond') return conditional(expression[name], scope);
  const operator = operators.get(name);
  if (!operator) throw notKnown(`the expression ${name}`);
  const operands: unknown = expression[name];
  return operator(Array.isArray(operands) ? operands : [operands], scope);
}

export function isTruthy(value: unknown): boolean {
  if (isNumeric(value)) return toNumber(value, 'A number') !== 0;
  return value !== undefined && value !== null && value !== false;
}

function reference(text: string, { document, now }: Scope): unknown {
  if (!text.startsWith('$$')) return valueAt(document, text.slice(1));
  const [name = '', ...path] = text.slice(2).split('.');
  if (name === 'NOW' && path.length === 0) return now;
  if (name === 'REMOVE' && path.length === 0) return undefined;
  if (name === 'ROOT' || name === 'CURRENT') return path.length === 0 ? document : valueAt(document, path.join('.'));
  throw notKnown(`the variable $$${name}`);
}

function conditional(operands: unknown, scope: Scope): unknown {
  const [condition, then, otherwise]: unknown[] = Array.isArray(operands)
    ? operands
    : isDocument(operands)
      ? [operands.if, operands.then, operands.else]
      : [];
  return evaluate(isTruthy(evaluate(condition, scope)) ? then : otherwise, scope);
}

/** Missing comes before null, and every type is compared with every other. */
function expressionKey(value: unknown): string {
  return value === undefined ? '' : orderKey(value);
}

function comparing(test: (a: string, b: string) => boolean): Operator {
  return (operands, scope) => {
    if (operands.length !== 2) throw new ServerError('BadValue', 'A comparison takes two operands.');
    const [a = '', b = ''] = operands.map((operand) => expressionKey(evaluate(operand, scope)));
    return test(a, b);
  };
}

/** Null if one is null or missing; a date and numbers of milliseconds make a date. */
function calculating(operator: 'add' | 'multiply'): Operator {
  return (operands, scope) => {
    let total: unknown = operator === 'add' ? 0 : 1;
    let date: Date | null = null;
    for (const operand of operands) {
      const value = evaluate(operand, scope) ?? null;
      if (value === null) return null;
      if (value instanceof Date && operator === 'add' && date === null) date = value;
      else if (isNumeric(value) && isNumeric(total)) total = calculate(total, operator, value);
      else throw new ServerError('TypeMismatch', `$${operator} takes numbers, and $add one date.`);
    }
    return date ? new Date(date.getTime() + toNumber(total, 'A time')) : total;
  };
}

const subtract: Operator = (operands, scope) => {
  const [a, b] = operands.map((operand) => evaluate(operand, scope) ?? null);
  if (a === null || b === null) return null;
  if (a instanceof Date && b instanceof Date) return BigInt(a.getTime() - b.getTime());
  if (a instanceof Date && isNumeric(b)) return new Date(a.getTime() - toNumber(b, 'A time'));
  if (isNumeric(a) && isNumeric(b)) return calculate(a, 'add', calculate(b, 'multiply', -1));
  throw new ServerError('TypeMismatch', '$subtract takes numbers or dates.');
};

function extreme(isBetter: (a: string, b: string) => boolean): Operator {
  return (operands, scope) => {
    const values = operands.map((operand) => evaluate(operand, scope) ?? null).filter((value) => value !== null);
    return (
      values.reduce((best, value) => (isBetter(orderKey(value), orderKey(best)) ? value : best), values[0]) ?? null
    );
  };
}

const membership: Operator = (operands, scope) => {
  const [value, list] = operands.map((operand) => evaluate(operand, scope));
  if (!Array.isArray(list)) throw new ServerError('BadValue', '$in takes a list.');
  return list.some((element) => orderKey(element) === expressionKey(value));
};

const concatenation: Operator = (operands, scope) => {
  const values = operands.map((operand) => evaluate(operand, scope) ?? null);
  if (values.includes(null)) return null;
  return values.reduce<string>((text, value) => {
    if (typeof value !== 'string') throw new ServerError('TypeMismatch', '$concat takes texts.');
    return text + value;
  }, '');
};

const firstPresent: Operator = (operands, scope) => {
  for (const operand of operands) {
    const value = evaluate(operand, scope) ?? null;
    if (value !== null) return value;
  }
  return operands.length === 0 ? null : evaluate(operands.at(-1), scope);
};

const operators = new Map<string, Operator>([
  ['$eq', comparing((a, b) => a === b)],
  ['$ne', comparing((a, b) => a !== b)],
  ['$gt', comparing((a, b) => a > b)],
  ['$gte', comparing((a, b) => a >= b)],
  ['$lt', comparing((a, b) => a < b)],
  ['$lte', comparing((a, b) => a <= b)],
  ['$and', (operands, scope) => operands.every((operand) => isTruthy(evaluate(operand, scope)))],
  ['$or', (operands, scope) => operands.some((operand) => isTruthy(evaluate(operand, scope)))],
  ['$not', (operands, scope) => !isTruthy(evaluate(operands[0], scope))],
  ['$add', calculating('add')],
  ['$multiply', calculating('multiply')],
  ['$subtract', subtract],
  ['$max', extreme((a, b) => a > b)],
  ['$min', extreme((a, b) => a < b)],
  ['$in', membership],
  ['$concat', concatenation],
  ['$ifNull', firstPresent],
]);
