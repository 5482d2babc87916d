import type { Recorded } from './envelope.js';
import type { EventClass, EventData } from './message.js';

/** A document is plain JSON; `null` where nothing is known. */
export type Doc = object;

/** Kind and key of one document of a view. */
export type DocKey<Kind extends string = string> = readonly [kind: Kind, key: string];

/**
 * Streams: one by its name, or all that the index of streams finds with these values. Those that have no event count
 * for nothing.
 */
export type Origin = { readonly stream: string } | { readonly streamsWhere: Readonly<Record<string, string>> };

/** Where all events lie that ever touch the documents of a kind. */
export interface Origins {
  /** Those of one document, by its key. */
  key?(key: string): Origin;
  /** Those of all documents that a query finds by a field's value. */
  readonly fields?: Readonly<Record<string, (value: string) => Origin>>;
}

/** What a view store must know of the documents of one kind. */
export interface KindDeclaration {
  /** Those that queries can filter and sort by. */
  readonly fields?: Readonly<Record<string, 'text' | 'number'>>;
  /** Fields that are indexed together, in this order: first those that are compared for equality, last the sorted one. */
  readonly indexes?: readonly (readonly string[])[];
  /**
   * Each document is put by one event and never touched again: it is neither read before nor kept in memory. It is
   * found by its fields, not by its key.
   */
  readonly writtenOnce?: boolean;
  /** With these a document can be folded again as of an earlier position, without all the others. */
  readonly origins?: Origins;
}

/** The documents that an event touches: those that `on` named, and no others. */
export interface Docs<Kinds> {
  get<K extends keyof Kinds & string>(kind: K, key: string): Kinds[K] | undefined;
  put<K extends keyof Kinds & string>(kind: K, key: string, doc: Kinds[K]): void;
  delete(kind: keyof Kinds & string, key: string): void;
}

/** Names the documents that an event of one type touches, from the event alone; at most 200. */
export type KeysOf<E extends EventData, Kinds> = (event: Recorded<E>) => readonly DocKey<keyof Kinds & string>[];

/**
 * A view as a value: which events it listens to, which documents each touches, and how it folds them.
 * Pure: no clock, no I/O, no position. `fold` may change documents in place, and must `put` what it wants kept.
 */
export interface Projection<E extends EventData = EventData, Kinds = Record<string, Doc>> {
  /** Stored name, `a-z` and hyphens. */
  readonly name: string;
  /** Raise it whenever keys, fold, fields or indexes change: a new version is built from zero. */
  readonly version: number;
  readonly kinds: { readonly [K in keyof Kinds & string]: KindDeclaration };
  readonly on: { readonly [T in E['type']]?: KeysOf<Extract<E, { type: T }>, Kinds> };
  fold(event: Recorded<E>, docs: Docs<Kinds>): void;
}

// The registry holds projections of many kinds side by side; each was checked where it was declared.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProjection = Projection<any, any>;

/** Fixes the product's events once, so that each view states only the kinds of its documents. */
export function projecting<E extends EventData>() {
  return <Kinds>(projection: Projection<E, Kinds>): Projection<E, Kinds> => projection;
}

/** For `on`: each of these events touches documents in the same way. What is added to the list is listened to at once. */
export function onEach<C extends EventClass, Keys>(
  classes: readonly C[],
  keys: Keys,
): { readonly [T in C['type']]: Keys } {
  return Object.fromEntries(classes.map(({ type }) => [type, keys])) as { readonly [T in C['type']]: Keys };
}
