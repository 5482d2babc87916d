import type { Document } from 'bson';
import { descendingKey, orderKey } from './bson-order.js';
import { notKnown, ServerError } from './errors.js';
import { toNumber } from './numbers.js';
import { valuesAt } from './paths.js';

export interface IndexField {
  readonly path: string;
  readonly isDescending: boolean;
}

/** Fields with their directions, as in sorts and in the keys of indexes. */
export function fieldsOf(pattern: Document): IndexField[] {
  return Object.entries(pattern).map(([path, value]) => {
    if (typeof value === 'string') throw notKnown(`an index or a sort of kind ${value}`);
    const direction = toNumber(value, 'A direction');
    if (direction !== 1 && direction !== -1) throw new ServerError('BadValue', 'A direction is 1 or -1.');
    return { path, isDescending: direction === -1 };
  });
}

/** The key of one field, from the key of its value. */
export function directed({ isDescending }: IndexField, key: string): string {
  return isDescending ? descendingKey(key) : key;
}

/** Documents are in the order of these. A missing value is ordered as null is. */
export function documentKey(fields: readonly IndexField[], document: Document): string {
  return fields.map((field) => directed(field, orderKey(valueFor(document, field.path)))).join('');
}

function valueFor(document: Document, path: string): unknown {
  const values = valuesAt(document, path);
  if (values.length === 1 && !Array.isArray(values[0])) return values[0];
  if (values.length === 0) return undefined;
  throw notKnown(`indexes and sorts of arrays, such as ${path}`);
}

/** What an index tells of itself in listIndexes. */
export interface IndexSpec {
  readonly name: string;
  readonly key: Document;
  readonly isUnique: boolean;
}

export function duplicateKey(namespace: string, { name, key }: IndexSpec, document: Document): ServerError {
  const keyValue = Object.fromEntries(Object.keys(key).map((path) => [path, valueFor(document, path) ?? null]));
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${JSON.stringify(value)}`);
  return new ServerError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespace} index: ${name} dup key: { ${shown.join(', ')} }`,
    { keyPattern: key, keyValue },
  );
}
