import type { MessagePort } from 'node:worker_threads';
import type { EventRow } from './event-row.js';
import type { Place } from './positions.js';

/** An event on its way to the writer: what is not yet known is its place, stream and revision. */
export type NewRow = Pick<EventRow, 'id' | 'type' | 'v' | 'recordedAt' | 'data' | 'meta'>;

export interface Append {
  readonly stream: string;
  /** −1: the stream must not exist yet. */
  readonly expected: number;
  readonly rows: readonly NewRow[];
}

/** `value` null deletes; `sort` undefined leaves it as it was. */
export interface Change {
  readonly table: string;
  readonly key: string;
  readonly expect: 'none' | 'any' | number;
  readonly value: string | null;
  readonly sort: string | null | undefined;
}

/** Appends are flat lists of strings and numbers: an object for each event costs more to copy than to write. */
export type ToWriter =
  | { readonly kind: 'append'; readonly cells: readonly (string | number)[] }
  | { readonly kind: 'transact'; readonly changes: readonly Change[] }
  | { readonly kind: 'watch'; readonly port: MessagePort }
  | { readonly kind: 'close' };

/** What became of an append. A repetition is answered with what the first one was answered. */
export type AppendOutcome =
  | { readonly as: 'appended'; readonly revision: number; readonly place: Place }
  | { readonly as: 'repeated'; readonly revision: number; readonly place: Place }
  | { readonly as: 'conflict'; readonly actual: number };

/** Index of the first change whose row was not as expected; −1: all were carried out. */
export type TransactOutcome = number;

/** Answers come in the order of what was sent, appends and transactions each in their own; `full` refuses as many. */
export type FromWriter =
  | { readonly kind: 'ready'; readonly logId: string; readonly head: Place }
  | { readonly kind: 'appended'; readonly outcomes: readonly AppendOutcome[] }
  | { readonly kind: 'transacted'; readonly outcomes: readonly TransactOutcome[] }
  | { readonly kind: 'full'; readonly of: 'appends' | 'transactions'; readonly count: number; readonly reason: string }
  | { readonly kind: 'fatal'; readonly reason: string; readonly corrupt: boolean };

export function encode({ stream, expected, rows }: Append, into: (string | number)[]): void {
  into.push(stream, expected, rows.length);
  for (const { id, type, v, recordedAt, data, meta } of rows) into.push(id, type, v, recordedAt, data, meta);
}

export function decode(cells: readonly (string | number)[]): Append[] {
  const appends: Append[] = [];
  for (let at = 0; at < cells.length;) {
    const [stream, expected, count] = cells.slice(at, at + 3) as [string, number, number];
    at += 3;
    const rows: NewRow[] = [];
    for (; rows.length < count; at += 6) {
      const [id, type, v, recordedAt, data, meta] = cells.slice(at, at + 6);
      rows.push({ id, type, v, recordedAt, data, meta } as NewRow);
    }
    appends.push({ stream, expected, rows });
  }
  return appends;
}
