import type { MessagePort } from 'node:worker_threads';
import type { Content } from './event-row.js';
import type { Place } from './positions.js';

/** An event on its way to the writer: what is not yet known is its place, stream and revision. */
export type NewRow = Content;

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

/** A row that is to go, with everything that it ever held. */
export interface Erasure {
  readonly table: string;
  readonly key: string;
}

/**
 * Appends and their outcomes travel as one text, a field a line: to copy a list of fields between threads costs eight
 * times as much. JSON writes no line feed, and the other fields hold none.
 */
export type Lines = string;

export type ToWriter =
  | { readonly kind: 'append'; readonly lines: Lines }
  | { readonly kind: 'transact'; readonly changes: readonly Change[] }
  | { readonly kind: 'erase'; readonly erasure: Erasure }
  | { readonly kind: 'watch'; readonly port: MessagePort }
  | { readonly kind: 'close' };

/** What became of an append. A repetition is answered with what the first one was answered. */
export type AppendOutcome =
  | { readonly as: 'appended'; readonly revision: number; readonly place: Place }
  | { readonly as: 'repeated'; readonly revision: number; readonly place: Place }
  | { readonly as: 'conflict'; readonly actual: number };

/** Index of the first change whose row was not as expected; −1: all were carried out. */
export type TransactOutcome = number;

/**
 * Answers come in the order of what was sent, appends, transactions and erasures each in their own; `full` refuses as
 * many. `isGone` false: the rows are deleted, but the log of the file is being read and still holds them.
 */
export type FromWriter =
  | { readonly kind: 'ready'; readonly logId: string; readonly head: Place }
  | { readonly kind: 'appended'; readonly lines: Lines }
  | { readonly kind: 'transacted'; readonly outcomes: readonly TransactOutcome[] }
  | { readonly kind: 'erased'; readonly count: number; readonly isGone: boolean }
  | { readonly kind: 'full'; readonly of: WriterQueue; readonly count: number; readonly reason: string }
  | { readonly kind: 'fatal'; readonly reason: string; readonly corrupt: boolean };

/** What waits for the writer waits in one of these. */
export type WriterQueue = 'appends' | 'transactions' | 'erasures';

/** Adds an append's fields to those of the appends before it. */
export function addFields({ stream, expected, rows }: Append, fields: (string | number)[]): void {
  if (stream.includes('\n') || rows.some(({ id, type }) => id.includes('\n') || type.includes('\n'))) {
    throw new Error(`A stream's name, or an event's ID or type, holds a line feed: ${JSON.stringify(stream)}.`);
  }
  fields.push(stream, expected, rows.length);
  for (const { id, type, v, recordedAt, data, meta } of rows) fields.push(id, type, v, recordedAt, data, meta);
}

export function toLines(fields: readonly (string | number)[]): Lines {
  return fields.join('\n');
}

export function decodeAppends(lines: Lines): Append[] {
  const fields = lines.split('\n');
  const appends: Append[] = [];
  for (let at = 0; at < fields.length;) {
    const rows: NewRow[] = [];
    const append = { stream: fields[at] as string, expected: Number(fields[at + 1]), rows };
    const end = at + 3 + Number(fields[at + 2]) * 6;
    for (at += 3; at < end; at += 6) {
      rows.push({
        id: fields[at] as string,
        type: fields[at + 1] as string,
        v: Number(fields[at + 2]),
        recordedAt: fields[at + 3] as string,
        data: fields[at + 4] as string,
        meta: fields[at + 5] as string,
      });
    }
    appends.push(append);
  }
  return appends;
}

export function encodeOutcomes(outcomes: readonly AppendOutcome[]): Lines {
  const fields: (string | number)[] = [];
  for (const outcome of outcomes) {
    if (outcome.as === 'conflict') fields.push(outcome.as, outcome.actual, '');
    else fields.push(outcome.as, outcome.revision, outcome.place);
  }
  return toLines(fields);
}

export function decodeOutcomes(lines: Lines): AppendOutcome[] {
  const fields = lines.split('\n');
  const outcomes: AppendOutcome[] = [];
  for (let at = 0; at < fields.length; at += 3) {
    const [as, number] = [fields[at] as AppendOutcome['as'], Number(fields[at + 1])];
    if (as === 'conflict') outcomes.push({ as, actual: number });
    else outcomes.push({ as, revision: number, place: fields[at + 2] as Place });
  }
  return outcomes;
}
