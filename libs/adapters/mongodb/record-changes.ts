import type { AnyBulkWriteOperation } from 'mongodb';
import type { RecordChange } from '../../engine/ports/records.js';

/** A row as it is stored. Its value is text: JSON has member names that MongoDB refuses, or takes for something else. */
export interface RecordDocument {
  /** Members in this order, since that is part of the identity. */
  readonly _id: { readonly table: string; readonly key: string };
  readonly version: number;
  readonly sort: string | null;
  readonly json: string;
}

export function rowId({ table, key }: { readonly table: string; readonly key: string }): RecordDocument['_id'] {
  return { table, key };
}

/** One string for a row. */
export function rowName({ table, key }: { readonly table: string; readonly key: string }): string {
  return `${table}/${key}`;
}

/** What carries out the changes on the rows that there are; or the first change that finds its row otherwise. */
export function operationsOf(
  changes: readonly RecordChange[],
  stored: readonly RecordDocument[],
): readonly AnyBulkWriteOperation<RecordDocument>[] | RecordChange {
  const before = new Map(stored.map((row) => [rowName(row._id), row]));
  const after = new Map<string, RecordDocument | null>();
  for (const change of changes) {
    const name = rowName(change);
    const last = after.has(name) ? after.get(name) : before.get(name);
    if (change.expect === 'none' ? last : change.expect !== 'any' && last?.version !== change.expect) return change;
    after.set(name, change.value && rowOf(change, change.value, last));
  }
  return [...after].flatMap(([name, row]) => operationOf(before.get(name), row));
}

function rowOf(change: RecordChange, value: object, last: RecordDocument | null | undefined): RecordDocument {
  return {
    _id: rowId(change),
    version: (last?.version ?? 0) + 1,
    sort: change.sort === undefined ? (last?.sort ?? null) : change.sort,
    json: JSON.stringify(value),
  };
}

function operationOf(
  before: RecordDocument | undefined,
  after: RecordDocument | null,
): AnyBulkWriteOperation<RecordDocument>[] {
  if (before && after) return [{ replaceOne: { filter: { _id: before._id }, replacement: after } }];
  if (before) return [{ deleteOne: { filter: { _id: before._id } } }];
  return after ? [{ insertOne: { document: after } }] : [];
}
