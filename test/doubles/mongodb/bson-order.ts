import { Binary, BSONRegExp, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { notKnown } from './errors.js';
import { isDocument } from './paths.js';

/**
 * The server's order of values of all types, as text: `a` comes before `b` exactly if `orderKey(a) < orderKey(b)`, and
 * they are equal exactly if their keys are. Each character is one byte. No key is the beginning of another one, so that
 * keys can be joined; the first byte is the type, of which all numbers are one.
 */
export function orderKey(value: unknown): string {
  const number = numberKey(value);
  if (number !== null) return `${types.number}${number}`;
  if (value === null || value === undefined) return types.null;
  if (typeof value === 'string') return `${types.string}${textKey(value)}`;
  if (typeof value === 'boolean') return `${types.boolean}${value ? '\x02' : '\x01'}`;
  if (Array.isArray(value)) return `${types.array}${value.map(orderKey).join('')}\0`;
  if (value instanceof Date) return `${types.date}${doubleKey(value.getTime())}`;
  if (isDocument(value)) {
    const fields = Object.entries(value).map(([name, field]) => {
      const key = orderKey(field);
      return `${key.slice(0, 1)}${textKey(name)}${key.slice(1)}`;
    });
    return `${types.object}${fields.join('')}\0`;
  }
  if (value instanceof ObjectId) return `${types.objectId}${Buffer.from(value.id).toString('latin1')}`;
  if (value instanceof Binary) {
    const bytes = Buffer.from(value.buffer).subarray(0, value.position);
    return `${types.binary}${wordKey(bytes.length)}${String.fromCharCode(value.sub_type)}${bytes.toString('latin1')}`;
  }
  if (value instanceof Timestamp) return `${types.timestamp}${wordKey(value.t)}${wordKey(value.i)}`;
  if (value instanceof BSONRegExp) return `${types.regex}${textKey(value.pattern)}${textKey(value.options)}`;
  if (value instanceof MinKey) return types.minKey;
  if (value instanceof MaxKey) return types.maxKey;
  throw notKnown(`the order of a ${typeof value} of type ${value.constructor.name}`);
}

const types = {
  minKey: '\x01',
  null: '\x05',
  number: '\x0a',
  string: '\x14',
  object: '\x1e',
  array: '\x28',
  binary: '\x32',
  objectId: '\x3c',
  boolean: '\x46',
  date: '\x50',
  timestamp: '\x5a',
  regex: '\x64',
  maxKey: '\x7f',
};

/** Comparisons such as $gt match values of the operand's own type only; these two are compared with all types. */
export function bracketOf(key: string): { readonly from: string; readonly to: string } {
  const type = key.slice(0, 1);
  if (type === types.minKey || type === types.maxKey) return { from: '', to: '\xff' };
  return { from: type, to: String.fromCharCode(type.charCodeAt(0) + 1) };
}

/** The same key for an order from high to low. */
export function descendingKey(key: string): string {
  const bytes = Buffer.from(key, 'latin1');
  for (const [at, byte] of bytes.entries()) bytes[at] = 255 - byte;
  return bytes.toString('latin1');
}

/** Strings are compared by the bytes of their UTF-8, that is by code points. A zero byte is escaped, and ends the text. */
function textKey(text: string): string {
  const bytes = /^[\x01-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
  return `${bytes.replaceAll('\0', '\0\xff')}\0\x01`;
}

/** Numbers are compared by value, whatever their type: the nearest double, then what a long differs from it. */
function numberKey(value: unknown): string | null {
  if (value instanceof Int32 || value instanceof Double) return doubleKey(value.value);
  if (typeof value === 'number') return doubleKey(value);
  if (!(value instanceof Long) || value instanceof Timestamp) return null;
  const exact = value.toBigInt();
  const nearest = Number(exact);
  return doubleKey(nearest, Number(exact - BigInt(nearest)));
}

const middle = 0x8000;

function doubleKey(value: number, correction = 0): string {
  const bytes = Buffer.alloc(10);
  // Lower than every other number, as all zeros are.
  if (Number.isNaN(value)) return bytes.toString('latin1');
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  if (value < 0) for (let at = 0; at < 8; at += 1) bytes.writeUInt8(255 - bytes.readUInt8(at), at);
  else bytes.writeUInt8(bytes.readUInt8(0) | 0x80, 0);
  bytes.writeUInt16BE(middle + correction, 8);
  return bytes.toString('latin1');
}

function wordKey(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('latin1');
}
