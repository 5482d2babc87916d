import type { RecordRef } from '../model/query.js';

/** A row of a small table that is not derived from the log. */
export interface RecordRow {
  readonly table: string;
  readonly key: string;
  /** Counts changes from 1. */
  readonly version: number;
  /** What the table is listed by: an instant, a name; null: not listed. */
  readonly sort: string | null;
  /** Plain JSON. */
  readonly value: object;
}

/** A change to one row, carried out only if the row is as expected. */
export interface RecordChange {
  readonly table: string;
  readonly key: string;
  /** `none`: must not exist; a number: the version it must have; `any`: whatever is there. */
  readonly expect: 'none' | 'any' | number;
  /** Null deletes the row. */
  readonly value: object | null;
  /** Absent: as it was, and null for a new row. */
  readonly sort?: string | null;
}

export interface RecordList {
  readonly table: string;
  /** Rows whose sort is greater than this; with `afterKey`, also those of the same sort and a greater key. */
  readonly after?: string;
  readonly afterKey?: string;
  /** Rows whose sort is at most this. */
  readonly upTo?: string;
  readonly limit: number;
}

/**
 * Keys, the directory of people, process checkpoints, timers, secrets, operations. Backed up; never touched by a rebuild.
 * Lists are ordered by sort, then key, by code points. A transaction changes all rows or none, each change seeing those
 * before it; a row that is not as expected is an answer, not an exception. A row that was deleted counts from 1 again.
 */
export interface Records {
  get(table: string, key: string): Promise<RecordRow | null>;
  list(request: RecordList): Promise<readonly RecordRow[]>;
  transact(
    changes: readonly RecordChange[],
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly table: string; readonly key: string }>;
  /**
   * Every row of every table as of one instant, that of the first page, by table and then key, by code points. While it
   * is being read an erasure may be refused as unavailable.
   */
  snapshot(): AsyncIterable<readonly RecordRow[]>;
  /**
   * Deletes a row, if it is there, so that when this resolves nobody can read it any more, nor, where the store's files
   * are our own affair, anything that it ever held in them; each adapter says what else keeps it, and how long. May cost
   * as much as there are records; those that are asked for together share the cost.
   */
  erase(table: string, key: string): Promise<void>;
  close(): Promise<void>;
}

/** The value of a row, as its address declares it. */
export async function valueAt<D extends object>(
  records: Pick<Records, 'get'>,
  { table, key }: RecordRef<D>,
): Promise<D | undefined> {
  return (await records.get(table, key))?.value as D | undefined;
}
