import type { Actor, Recorded } from './envelope.js';
import type { Owner } from './aggregate.js';
import type { QueryClass } from './message.js';
import type { AnyProjection, Doc, Origin, Projection } from './projection.js';

/** The address of a document in a view; D is what is there. */
export interface DocRef<D = Doc> {
  readonly view: AnyProjection;
  readonly kind: string;
  readonly key: string;
  /** Never set: carries the document's type. */
  readonly doc?: D;
}

export function ref<Kinds, K extends keyof Kinds & string>(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  view: Projection<any, Kinds>,
  kind: K,
  key: string,
): DocRef<Kinds[K]> {
  return { view, kind, key };
}

/** The address of a row beside the log; D is its value. */
export interface RecordRef<D = object> {
  readonly table: string;
  readonly key: string;
  /** Never set: carries the value's type. */
  readonly doc?: D;
}

export function recordRef<D extends object>(table: string, key: string): RecordRef<D> {
  return { table, key };
}

/** An event with its position in the log, which is for showing: nothing that is kept may rest on it. */
export type PlacedEvent = Recorded & { readonly position: string };

/** Events themselves, in the order of the log, up to where it ends for the answer. */
export interface EventsRef {
  readonly eventsOf: Origin;
  /** Which of them the answer needs: a stream may hold hundreds of thousands. Whoever names an origin first decides. */
  keep(event: Recorded): boolean;
}

/** What an answer may be composed of. */
export type Ref<D = object> = DocRef<D> | RecordRef<D> | EventsRef;

/**
 * Documents read in one snapshot, events up to the same position, and records as they are at the time of asking: these
 * have no position. Asking for one that no round named is a bug and throws.
 */
export interface Snapshot {
  get<D>(ref: DocRef<D> | RecordRef<D>): D | undefined;
  events(ref: EventsRef): readonly PlacedEvent[];
}

export type Condition =
  | { readonly eq: string | number }
  | { readonly in: readonly (string | number)[] }
  | { readonly gt: string | number }
  | { readonly gte: string | number }
  | { readonly lt: string | number }
  | { readonly lte: string | number }
  | { readonly prefix: string };

/** A page of one kind's documents: filtered by declared fields only, ordered by one of them, then by key. */
export interface Find<D = Doc> {
  readonly view: AnyProjection;
  readonly kind: string;
  readonly where: Readonly<Record<string, Condition>>;
  readonly orderBy: string;
  readonly descending?: boolean;
  /** No more than so many, over all pages together; all of them if absent. */
  readonly first?: number;
  readonly doc?: D;
}

/** A page of a table of records: those whose sort begins with a text, in order of it. */
export interface RecordFind<D = object> {
  readonly table: string;
  readonly prefix: string;
  readonly doc?: D;
}

export interface QueryContext<Settings = unknown> {
  readonly now: string;
  readonly actor: Actor;
  readonly caller: Owner;
  readonly settings: Settings;
}

/** Names documents and records by key, or events by their origin; a later round may use what earlier ones read. */
export type Round<Q> = (query: Q, docs: Snapshot, context: QueryContext) => readonly Ref[];

/** One answer, composed of documents. Null: not there, or not the caller's (404). */
export interface OneHandling<Q, A, Settings> {
  readonly query: QueryClass<Q>;
  readonly rounds: readonly Round<Q>[];
  /** Its rounds name events: what is asked about now is answered as of where the log ends at the time of asking. */
  readonly fromLog?: true;
  compose(query: Q, docs: Snapshot, context: QueryContext<Settings>): A | null;
}

/** A page of rows, each composed of a found document or record and others. Null from `find`: 404. */
export interface ListHandling<Q, D, A, Settings> {
  readonly query: QueryClass<Q>;
  /** Read before `find`, when whose rows may be seen depends on a document. */
  readonly before?: readonly Round<Q>[];
  find(query: Q, docs: Snapshot, context: QueryContext<Settings>): Find<D> | RecordFind<D> | null;
  readonly rows?: readonly ((row: D, query: Q, docs: Snapshot) => readonly Ref[])[];
  compose(row: D, query: Q, docs: Snapshot, context: QueryContext<Settings>): A;
  /** Declared fields that `filter[field][op]=` may name. */
  readonly filters?: readonly string[];
}

// The registry holds handlings of many types side by side; each was checked where it was declared.
/* eslint-disable @typescript-eslint/no-explicit-any */
export type QueryHandling =
  | ({ readonly answers: 'one' } & OneHandling<any, any, any>)
  | ({ readonly answers: 'list' } & ListHandling<any, any, any, any>);
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Fixes the product's settings once, so that each query infers the rest from its class. */
export function answering<Settings>() {
  return {
    one: <Q, A>(handles: OneHandling<Q, A, Settings>): QueryHandling => ({ answers: 'one', ...handles }),
    list: <Q, D, A>(handles: ListHandling<Q, D, A, Settings>): QueryHandling => ({ answers: 'list', ...handles }),
  };
}

/** A view: its documents and what can be asked of them. One file of `libs/views` exports one. */
export interface View {
  /** Absent where a view only composes documents of others. */
  readonly projection?: AnyProjection;
  readonly queries: readonly QueryHandling[];
}
