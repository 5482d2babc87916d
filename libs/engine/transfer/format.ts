import type { EventData } from '../model/message.js';
import type { Recorded } from '../model/envelope.js';
import type { RecordRow } from '../ports/records.js';

/**
 * An export is lines of JSON: a header; the records; the events in the order of the log; the records that hold positions
 * of the log, as ordinals; an end. Every block of lines is followed by a check with the SHA-256 of all that came before,
 * so that nothing is taken out of a file that was cut or changed. A block holds lines of one kind.
 */
export const format = { name: 'seatledger-export', version: 1 } as const;

/** Of one block; a single line that is larger is a block of its own. */
export const blockLimits = { lines: 1_000, bytes: 4 * 1024 * 1024 } as const;

/** An append and a record are far smaller. */
export const longestLineBytes = 16 * 1024 * 1024;

/** Versions of the events that a build knows, by stored name. */
export type Schema = Readonly<Record<string, number>>;

export interface Header {
  readonly kind: 'header';
  readonly format: string;
  readonly version: number;
  /** UUID, drawn for each export: by it an import that was cut off knows its file again. */
  readonly id: string;
  /** Of the log that was exported; the one that it is brought into has another. */
  readonly logId: string;
  readonly exportedAt: string;
  readonly schema: Schema;
}

/** What is brought into a store, and what to do if that was cut off: the same again goes on. In words for people. */
export interface Origin {
  /** As it stands in a sentence: `the export of 2026-03-01T12:00:00.000Z`. */
  readonly name: string;
  /** A sentence. */
  readonly goOn: string;
}

/** A row of the records. Where a position of the log stood, `value` holds `{ "$ordinal": n }`: that of the nth event. */
export type RecordLine = { readonly kind: 'record' } & Omit<RecordRow, 'version'>;

export type EventLine = { readonly kind: 'event' } & Recorded<EventData>;

/** `sha256`: of all bytes before this line, in hexadecimal. */
export interface Check {
  readonly kind: 'check';
  readonly sha256: string;
}

export interface End extends TransferCounts {
  readonly kind: 'end';
  readonly sha256: string;
}

export type Line = Header | RecordLine | EventLine | Check | End;

export interface TransferCounts {
  readonly records: number;
  readonly events: number;
}

/** How far an export or import is; `bytes` are the file's. */
export interface TransferProgress extends TransferCounts {
  readonly bytes: number;
}

/** The file or the store it is brought into is not what it must be. The message says what to do. */
export class TransferError extends Error {}
