import type { Envelope, Recorded } from '../model/envelope.js';

/** Opaque, ordered: `<logId>.<padded>`. Compare positions of one log as strings; never calculate with them. */
export type Position = string;

/** An event to append: everything but its place. */
export interface NewEvent {
  /** UUID, the same when the same command is sent again. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly meta: Envelope;
}

/** An event in its place in the log. */
export type StoredEvent = Recorded & { readonly position: Position };

/** An event as its canonical JSON (RFC 8785) without its position, which is the same in every copy of a log. */
export interface EventText {
  readonly json: string;
  readonly recordedAt: string;
  readonly position: Position;
}

/** Some events in log order, and how far the log has been looked through: `upTo` may move without events. */
export interface LogPage {
  readonly events: readonly StoredEvent[];
  /** The same events as texts, where the store has them at hand: for who hashes or counts them, which then need not be read. */
  readonly texts?: readonly EventText[] | undefined;
  readonly upTo: Position;
  /** Nothing lay beyond `upTo` when this page was read. */
  readonly atHead: boolean;
}

/** `none`: the stream must not exist yet; a number: its last revision. There is no "any". */
export type ExpectedRevision = 'none' | number;

/** `revision` and `position` are those of the last event appended; `actual` is −1 for a stream that does not exist. */
export type AppendResult =
  | { readonly ok: true; readonly revision: number; readonly position: Position }
  | { readonly ok: false; readonly actual: number };

/** The append may have been made or not. Only the identical append may be sent again. */
export class OutcomeUnknownError extends Error {}

/** Nothing was written, and nothing will be before someone acts or time passes: queue full, no space, shutting down. */
export class StoreUnavailableError extends Error {}

/** What is stored is not what was written: a broken hash, a cut file, an unreadable row. Never skipped. */
export class StoreCorruptError extends Error {}

/** A position that this log never gave: of another log, malformed, or beyond its end. */
export class ForeignPositionError extends Error {}

/** Events in streams, and one log over all streams. */
export interface EventStore {
  /** Drawn when the store was created. */
  readonly logId: string;
  /** Before every event. */
  readonly beginning: Position;
  /** Whether a text has the form of this log's positions; not whether anything is there. */
  isPosition(text: string): boolean;
  /** The stream's events from a revision on, in pages; nothing if there are none. */
  read(stream: string, fromRevision: number): AsyncIterable<readonly StoredEvent[]>;
  /** Those of the streams that have events: for who asks about hundreds of which hardly any do. */
  existing(streams: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Appends all events or none, durably, if the stream is at `expected`. The same event IDs at the same expected
   * revision again: success with the original revision and position. An empty list is a bug and throws.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;
  /**
   * Every page after a position (null: from the beginning), for ever, until the signal aborts or the store closes. The
   * first page comes at once, also if nothing lies beyond; later ones when there is more. Up to the first that says
   * `atHead`, pages reach at least as far as `head` would have said at the call. Throws ForeignPositionError. With
   * `types`, events of other types are left out; `upTo` passes them.
   */
  follow(after: Position | null, signal: AbortSignal, types?: ReadonlySet<string>): AsyncIterable<LogPage>;
  /** Position of the last event; of an empty log, one before every event. */
  head(): Promise<Position>;
  /** Waits for appends under way; later ones are refused. */
  close(): Promise<void>;
}

/** The reading side alone: what a thread has that may not append. */
export type LogReader = Omit<EventStore, 'append'>;
