import type { AsOf } from '../history/history.js';
import type { Owner } from '../model/aggregate.js';
import type { Actor } from '../model/envelope.js';
import type { Condition } from '../model/query.js';
import type { Position } from '../ports/event-store.js';
import type { Receipt } from './receipt.js';

/** The circumstances of a query beside its own fields. */
export interface Ask {
  readonly actor: Actor;
  readonly caller: Owner;
  /** Answer with a state at this position or later. */
  readonly after: Position | null;
  /** Answer with the state of then, of a query that says it can; absent: with that of now. Not together with `after`. */
  readonly asOf?: AsOf | undefined;
  /** Answer with what the answer follows from; for queries that say they can. */
  readonly receipt?: boolean;
  readonly waitMs: number;
  /** Aborts when whoever asked is not there any more: waiting for `after` ends. */
  readonly gone?: AbortSignal | undefined;
  /** For lists only. */
  readonly page: {
    readonly limit: number;
    /** Opaque, as an earlier page gave it. */
    readonly cursor: string | null;
    readonly filter: Readonly<Record<string, Condition>>;
  };
}

/**
 * What a query is answered with. `position` is a lower bound of what the answer shows; as of then, and with a receipt,
 * exactly where the log ended.
 */
export type QueryOutcome =
  | { readonly kind: 'one'; readonly position: Position; readonly body: object; readonly receipt?: Receipt }
  | {
      readonly kind: 'list';
      readonly position: Position;
      readonly rows: readonly object[];
      /** Cursor of the next page; null: this was the last. */
      readonly next: string | null;
    }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'forbidden' }
  /** `after` was not reached in time; `position` is where the view is. */
  | { readonly kind: 'behind'; readonly position: Position }
  /** The document waits behind an event that could not be folded. */
  | { readonly kind: 'parked'; readonly since: string; readonly position: Position }
  /** As of then it would rest on more than one answer may. */
  | { readonly kind: 'tooWide'; readonly detail: string }
  /** A cursor or filter that this list does not know, or a position beyond the end of the log. */
  | { readonly kind: 'malformed'; readonly parameter: string; readonly detail: string };
