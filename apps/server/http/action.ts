import type { Behind } from '#lib/engine/commands/call.js';
import type { Actor } from '#lib/engine/model/envelope.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { HttpRoute, MessageClass } from '#lib/engine/model/message.js';
import type { Refusal } from '#lib/engine/model/refusal.js';

/** What is asked of the installation itself, beside the log: keys, operations. */
export interface ActionClass<T = object> extends MessageClass<T> {
  readonly http: HttpRoute;
  /** The class of the answer; of one row where the action lists. */
  readonly answers: MessageClass;
  /** Media types of an answer that is sent as it is made, rows one after the other; absent: it is JSON. */
  readonly streams?: readonly string[];
}

export interface ActionCircumstances {
  readonly actor: Actor;
  readonly caller: Owner;
  /** For lists only. */
  readonly page: { readonly limit: number; readonly cursor: string | null };
}

export type ActionOutcome =
  | { readonly kind: 'one'; readonly body: object }
  | { readonly kind: 'list'; readonly rows: readonly object[]; readonly next: string | null }
  /** `position`: where the log ended for it. What fails on the way breaks the answer off. */
  | {
      readonly kind: 'stream';
      readonly mediaType: string;
      readonly position: string;
      readonly chunks: AsyncIterable<string>;
    }
  | { readonly kind: 'rejected'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'notFound' }
  | Behind
  /** A parameter whose syntax is right but which names nothing. */
  | { readonly kind: 'malformed'; readonly parameter: string; readonly detail: string };

export function rejected(refusal: Refusal): ActionOutcome & { readonly kind: 'rejected' } {
  return { kind: 'rejected', refusals: [refusal] };
}

export interface Action<M = object> {
  readonly message: ActionClass<M>;
  /** Takes `limit` and `cursor`, answers rows. */
  readonly lists?: boolean;
  run(message: M, circumstances: ActionCircumstances): Promise<ActionOutcome>;
}

// The table holds actions of many messages side by side; each was checked where it was declared.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyAction = Action<any>;
