import type { Document } from 'bson';
import type { Collection } from './collection.js';
import { filterOf } from './filter.js';
import { documentKey, fieldsOf } from './index-keys.js';
import { planOf, type Plan } from './planner.js';

/** What a reader sees: all that was committed up to a moment, and what it wrote itself. */
export interface Sight {
  readonly moment: number;
  /** Its own writes to a collection by key; null: deleted. */
  own(collection: Collection): ReadonlyMap<string, Document | null>;
}

export interface Selection {
  readonly filter: Document;
  readonly sort: Document;
  readonly skip: number;
  /** Infinity: all. */
  readonly limit: number;
  readonly hint?: unknown;
}

export interface Selected {
  readonly id: string;
  readonly document: Document;
}

export function read(sight: Sight, collection: Collection, id: string): Document | null {
  const own = sight.own(collection).get(id);
  return own === undefined ? collection.at(id, sight.moment) : own;
}

/** The documents that a selection finds, in order. */
export function select(sight: Sight, collection: Collection, selection: Selection, now: Date): Selected[] {
  const { skip, limit } = selection;
  const sort = fieldsOf(selection.sort);
  const matches = filterOf(selection.filter, now);
  const plan = planOf(collection, selection.filter, sort, selection.hint);
  const own = sight.own(collection);
  const isInOrder = sort.length === 0 || (plan !== null && plan.isOrdered && own.size === 0);
  const enough = isInOrder ? skip + limit : Infinity;
  const found: Selected[] = [];
  for (const { id, document } of plan?.ids ? those(sight, collection, plan.ids) : all(sight, collection, plan)) {
    if (found.length >= enough) break;
    if (matches(document)) found.push({ id, document });
  }
  if (isInOrder) return found.slice(skip, skip + limit);
  const keyed = found.map((row) => ({ row, key: documentKey(sort, row.document) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.slice(skip, skip + limit).map(({ row }) => row);
}

function* those(sight: Sight, collection: Collection, ids: readonly string[]): Generator<Selected> {
  for (const id of ids) {
    const document = read(sight, collection, id);
    if (document) yield { id, document };
  }
}

function* all(sight: Sight, collection: Collection, plan: Plan | null): Generator<Selected> {
  const own = sight.own(collection);
  for (const [id, document] of own) if (document) yield { id, document };
  for (const row of plan ? indexed(sight, collection, plan) : stored(sight, collection))
    if (!own.has(row.id)) yield row;
}

function* stored(sight: Sight, collection: Collection): Generator<Selected> {
  for (const id of collection.ids()) {
    const document = collection.at(id, sight.moment);
    if (document) yield { id, document };
  }
}

function* indexed(sight: Sight, collection: Collection, { index, ranges, isReverse }: Plan): Generator<Selected> {
  for (const [from, to] of ranges) {
    for (const { id, entry } of collection.entries(index, from, to, isReverse)) {
      const document = collection.at(id, sight.moment);
      // An entry may be that of another version.
      if (document && (collection.hasOneVersion(id) || collection.entryOf(index, id, document) === entry))
        yield { id, document };
    }
  }
}
