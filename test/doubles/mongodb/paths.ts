import type { Document } from 'bson';

/** A document inside of a document; not an array, and not a value such as a date or an ID. */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function isDocuments(value: unknown): value is Document[] {
  return Array.isArray(value) && value.every(isDocument);
}

/** The value at `a.b.c`, with arrays taken as values; undefined: there is none. */
export function valueAt(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const part of path.split('.')) {
    if (!isDocument(value)) return undefined;
    value = value[part];
  }
  return value;
}

/**
 * All values that a condition on `a.b.c` is tried on: arrays are gone through on the way, and at its end are tried
 * whole and element by element. Undefined stands for a value that is missing.
 */
export function valuesAt(document: Document, path: string): unknown[] {
  const values: unknown[] = [];
  collect(document, path.split('.'), values);
  return values;
}

function collect(value: unknown, parts: readonly string[], values: unknown[]): void {
  const [part, ...rest] = parts;
  if (part === undefined) {
    values.push(value);
    if (Array.isArray(value)) values.push(...value);
  } else if (Array.isArray(value)) {
    if (/^\d+$/.test(part) && Number(part) < value.length) collect(value[Number(part)], rest, values);
    for (const element of value) if (isDocument(element)) collect(element, parts, values);
  } else if (isDocument(value) && value[part] !== undefined) {
    collect(value[part], rest, values);
  } else {
    values.push(undefined);
  }
}

/** The document with another value at `a.b.c`, undefined for none; the given one stays as it is. Null: no way there. */
export function withValueAt(document: Document, path: string, value: unknown): Document | null {
  const [part = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    if (value !== undefined) return { ...document, [part]: value };
    const { [part]: _, ...others } = document;
    return others;
  }
  const inner: unknown = document[part];
  if (inner === undefined && value === undefined) return document;
  if (Array.isArray(inner)) return null;
  if (inner !== undefined && !isDocument(inner)) return value === undefined ? document : null;
  const changed = withValueAt(inner ?? {}, rest.join('.'), value);
  return changed && { ...document, [part]: changed };
}
