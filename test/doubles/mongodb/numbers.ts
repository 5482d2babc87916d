import { Double, Int32, Long, Timestamp } from 'bson';
import { ServerError } from './errors.js';

type Numeric = Int32 | Double | Long | number;

export function isNumeric(value: unknown): value is Numeric {
  if (typeof value === 'number' || value instanceof Int32 || value instanceof Double) return true;
  return value instanceof Long && !(value instanceof Timestamp);
}

/** As a number of JavaScript: for options of commands, which are small. */
export function toNumber(value: unknown, what: string): number {
  if (value instanceof Long) return value.toNumber();
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (typeof value === 'number') return value;
  throw new ServerError('TypeMismatch', `${what} must be a number.`);
}

/** The sum or the product, of the wider of both types; whole numbers of 32 bits become 64 when they overflow. */
export function calculate(a: Numeric, operator: 'add' | 'multiply', b: Numeric): Numeric {
  if (isDouble(a) || isDouble(b)) {
    const [x, y] = [toNumber(a, 'A number'), toNumber(b, 'A number')];
    return new Double(operator === 'add' ? x + y : x * y);
  }
  const [x, y] = [toBigInt(a), toBigInt(b)];
  const result = operator === 'add' ? x + y : x * y;
  if (!(a instanceof Long) && !(b instanceof Long) && BigInt.asIntN(32, result) === result)
    return new Int32(Number(result));
  if (BigInt.asIntN(64, result) !== result) throw new ServerError('BadValue', 'A whole number beyond 64 bits.');
  return Long.fromBigInt(result);
}

function isDouble(value: Numeric): boolean {
  return value instanceof Double || (typeof value === 'number' && !Number.isInteger(value));
}

function toBigInt(value: Numeric): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(toNumber(value, 'A number'));
}
