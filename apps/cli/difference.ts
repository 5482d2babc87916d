import { isDeepStrictEqual } from 'node:util';
import type { Asked, Row } from './past.js';

/** A value that is another one now; `pointer` is its RFC 6901 path in the row. */
interface Change {
  readonly pointer: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What differs between two answers of a query: added and changed rows in the order of the later, gone ones of the earlier. */
export interface Difference {
  readonly added: readonly Row[];
  readonly gone: readonly Row[];
  readonly changed: readonly { readonly key: string; readonly changes: readonly Change[] }[];
}

type Keyed = Pick<Asked, 'path' | 'rowKey'>;

/** What tells a row from others, as text; of an answer that is no list, its path. */
export function keyOf(row: Row, { path, rowKey }: Keyed): string {
  return rowKey.length === 0 ? path : rowKey.map((field) => String(row[field])).join(' ');
}

export function differenceOf(from: readonly Row[], to: readonly Row[], asked: Keyed): Difference {
  const byKey = (rows: readonly Row[]) => new Map(rows.map((row) => [keyOf(row, asked), row]));
  const [before, after] = [byKey(from), byKey(to)];
  const changed = [...after].flatMap(([key, row]) => {
    const earlier = before.get(key);
    const changes = earlier ? changesOf(earlier, row) : [];
    return changes.length > 0 ? [{ key, changes }] : [];
  });
  return {
    added: [...after].filter(([key]) => !before.has(key)).map(([, row]) => row),
    gone: [...before].filter(([key]) => !after.has(key)).map(([, row]) => row),
    changed,
  };
}

/** Objects are compared member by member; lists, and what is an object on one side alone, as wholes. */
function changesOf(from: unknown, to: unknown, pointer = ''): Change[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (!isObject(from) || !isObject(to)) return [{ pointer, from: from ?? null, to: to ?? null }];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.flatMap((name) =>
    changesOf(from[name], to[name], `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** A row in lines of a field each. */
export function linesOf(row: Row): readonly string[] {
  return Object.entries(row).map(([name, value]) => `${name}: ${textOf(value)}`);
}

/** Texts as they are, unless control characters would write where they should not; all else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value) ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
