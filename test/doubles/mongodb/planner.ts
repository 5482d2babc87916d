import type { Document } from 'bson';
import { bracketOf, descendingKey, orderKey } from './bson-order.js';
import type { Collection, Index } from './collection.js';
import { ServerError } from './errors.js';
import { isOperators } from './filter.js';
import { directed, type IndexField } from './index-keys.js';
import { isDocument } from './paths.js';

/** Where all documents lie that a filter can match, and perhaps others: whoever reads them applies the filter. */
export interface Plan {
  readonly index: Index;
  /** The only documents that it can be, by their keys in the collection; null: look into the ranges. */
  readonly ids: readonly string[] | null;
  /** Ranges of the index's entries: from, to (exclusive). */
  readonly ranges: readonly (readonly [string, string])[];
  /** Whether they come in the order asked for; `isReverse`: if read from the end. */
  readonly isOrdered: boolean;
  readonly isReverse: boolean;
}

/** What a filter says of a field: the keys of its only values, or of the lowest and the highest one. */
interface Bounds {
  readonly points: readonly string[] | null;
  readonly low: string;
  readonly high: string;
}

/** More ranges than this are not worth it. */
const mostRanges = 20_000;

export function planOf(
  collection: Collection,
  filter: Document,
  sort: readonly IndexField[],
  hint: unknown,
): Plan | null {
  const bounds = boundsOf(filter);
  const indexes = hint === undefined ? collection.indexes : [hinted(collection, hint)];
  const plans = indexes.map((index) => planWith(index, bounds, sort));
  const usable = hint === undefined ? plans.filter(({ score }) => score > 0) : plans;
  const best = usable.reduce<(Plan & { score: number }) | null>(
    (chosen, plan) => (chosen === null || plan.score > chosen.score ? plan : chosen),
    null,
  );
  return best;
}

function planWith(index: Index, bounds: ReadonlyMap<string, Bounds>, sort: readonly IndexField[]) {
  let prefixes = [''];
  let fixed = 0;
  for (const field of index.fields) {
    const points = bounds.get(field.path)?.points;
    if (!points || prefixes.length * points.length > mostRanges) break;
    prefixes = prefixes.flatMap((prefix) => points.map((point) => prefix + directed(field, point)));
    fixed += 1;
  }
  const next = index.fields[fixed];
  const range = next && bounds.get(next.path);
  const ranges = [...new Set(prefixes)].sort().map((prefix): [string, string] => {
    if (!next || !range) return [prefix, afterPrefix(prefix)];
    const [from, to] = next.isDescending
      ? [descendingKey(range.high), descendingKey(range.low)]
      : [range.low, range.high];
    return [prefix + from, afterPrefix(prefix + to)];
  });
  const direction = prefixes.length === 1 ? orderedBy(index.fields.slice(fixed), sort, bounds) : null;
  const isOrdered = direction !== null && sort.length > 0;
  const score = 4 * fixed + (range ? 2 : 0) + (isOrdered ? 1 : 0);
  const ids = index.name === '_id_' && fixed === 1 ? prefixes : null;
  return { index, ids, ranges, score, isOrdered, isReverse: direction === 'reverse' };
}

/** How fields that are in order have to be read to be in the order of a sort; null: they cannot. */
function orderedBy(
  fields: readonly IndexField[],
  sort: readonly IndexField[],
  bounds: ReadonlyMap<string, Bounds>,
): 'forward' | 'reverse' | null {
  const open = sort.filter(({ path }) => bounds.get(path)?.points?.length !== 1);
  const idAt = open.findIndex(({ path }) => path === '_id');
  const needed = idAt === -1 ? open : open.slice(0, idAt + 1);
  const isReverse = needed[0] !== undefined && needed[0].isDescending !== fields[0]?.isDescending;
  const fits = needed.every(({ path, isDescending }, at) => {
    const field = fields[at];
    return field?.path === path && (field.isDescending !== isDescending) === isReverse;
  });
  return fits ? (isReverse ? 'reverse' : 'forward') : null;
}

function hinted(collection: Collection, hint: unknown): Index {
  const key = isDocument(hint)
    ? JSON.stringify(Object.entries(hint).map(([path, value]) => [path, String(value)]))
    : '';
  const index = collection.indexes.find(
    (candidate) =>
      candidate.name === hint ||
      JSON.stringify(candidate.fields.map(({ path, isDescending }) => [path, isDescending ? '-1' : '1'])) === key,
  );
  if (!index) throw new ServerError('BadValue', 'hint provided does not correspond to an existing index');
  return index;
}

function boundsOf(filter: Document): Map<string, Bounds> {
  const all = new Map<string, Bounds>();
  const narrow = (path: string, bounds: Bounds) => {
    const known = all.get(path);
    all.set(path, known ? both(known, bounds) : bounds);
  };
  for (const [name, operand] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(operand)) {
      for (const part of operand) for (const [path, bounds] of boundsOf(part)) narrow(path, bounds);
    } else if (name === '$or' && Array.isArray(operand)) {
      for (const [path, bounds] of eitherOf(operand.map(boundsOf))) narrow(path, bounds);
    } else if (!name.startsWith('$')) {
      const bounds = boundsOfField(operand);
      if (bounds) narrow(name, bounds);
    }
  }
  return all;
}

function boundsOfField(operand: unknown): Bounds | null {
  if (!isOperators(operand)) return pointsOf([operand]);
  let bounds: Bounds | null = null;
  for (const [name, value] of Object.entries(operand)) {
    const one = boundsOfOperator(name, value);
    if (one) bounds = bounds ? both(bounds, one) : one;
  }
  return bounds;
}

function boundsOfOperator(name: string, value: unknown): Bounds | null {
  if (name === '$eq') return pointsOf([value]);
  if (name === '$in' && Array.isArray(value)) return pointsOf(value);
  if (!['$gt', '$gte', '$lt', '$lte'].includes(name)) return null;
  const key = orderKey(value);
  const { from, to } = bracketOf(key);
  return { points: null, ...(name.startsWith('$g') ? { low: key, high: to } : { low: from, high: key }) };
}

function pointsOf(values: readonly unknown[]): Bounds | null {
  if (values.some((value) => isDocument(value) && isOperators(value))) return null;
  const points = [...new Set(values.map(orderKey))].sort();
  return { points, low: points[0] ?? '', high: points.at(-1) ?? '' };
}

function both(a: Bounds, b: Bounds): Bounds {
  if (a.points) return a;
  if (b.points) return b;
  return { points: null, low: a.low > b.low ? a.low : b.low, high: a.high < b.high ? a.high : b.high };
}

/** Of the fields that every part says something of: from the lowest to the highest. */
function eitherOf([first, ...others]: readonly Map<string, Bounds>[]): [string, Bounds][] {
  return [...(first ?? [])].flatMap(([path, bounds]): [string, Bounds][] => {
    let { low, high } = bounds;
    for (const other of others) {
      const more = other.get(path);
      if (!more) return [];
      low = more.low < low ? more.low : low;
      high = more.high > high ? more.high : high;
    }
    return [[path, { points: null, low, high }]];
  });
}

/** The first text behind all those that begin so. */
export function afterPrefix(prefix: string): string {
  const kept = prefix.replace(/\xff+$/, '');
  if (kept === '') return '\u0100';
  return kept.slice(0, -1) + String.fromCharCode(kept.charCodeAt(kept.length - 1) + 1);
}
