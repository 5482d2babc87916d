import type { Doc, DocKey, KindDeclaration } from '../model/projection.js';
import type { Condition } from '../model/query.js';
import type { Position } from './event-store.js';

/**
 * Documents of a view's version, with a checkpoint of their own. While a version is built anew there are several builds
 * of it: one is live, which is what is meant where none is named.
 */
export interface ViewVersion {
  readonly view: string;
  readonly version: number;
  /** From 1; absent: the live one. */
  readonly build?: number;
}

/** One of the builds of a view's version. */
export interface ViewBuild extends ViewVersion {
  readonly build: number;
  /** Queries read it. Of each version that is there, exactly one is. */
  readonly isLive: boolean;
  /** Nobody is to fold it for now. */
  readonly isPaused: boolean;
}

/** Why a build was not made live: it is behind the live one, or at its position with other documents. */
export type LiveRefusal = 'behind' | 'different';

/** What decides which builds of a view there are, and which one queries read. */
export interface BuildControl {
  /**
   * Makes room for one more build of a version that is there. Does nothing if it is there. Whoever folds knows builds by
   * their number: give none twice.
   */
  begin(view: ViewVersion, build: number): Promise<void>;
  /** Does nothing to the live one, which is always folded. */
  pause(view: ViewVersion, build: number, isPaused: boolean): Promise<void>;
  /**
   * From now on queries read this build. `equal`: only if its digest and count are those of the live one, at the same
   * position; `anyhow`: if it is at that position or later. Does nothing if it is live.
   */
  makeLive(view: ViewVersion, build: number, when: 'equal' | 'anyhow'): Promise<'live' | LiveRefusal>;
  /** Takes a build away that is not live. Does nothing if it is not there. */
  discard(view: ViewVersion, build: number): Promise<void>;
}

/** How far a view's version is folded. Its documents are exactly those of this position. */
export interface Checkpoint {
  readonly position: Position;
  /** Ordinal in the log (from 1) of the last event looked at, whether it was listened to or not. */
  readonly seen: number;
  /** Events folded. */
  readonly applied: number;
  /** Documents there are, parked ones left out. */
  readonly count: number;
  /** Order-independent digest of them: 64 hexadecimal digits. */
  readonly digest: string;
  /** Raised by each new owner; a commit of an earlier one is fenced. */
  readonly epoch: number;
  readonly updatedAt: string;
}

/** A document with the hash that the digest sums up. */
export interface StoredDoc {
  readonly doc: Doc;
  readonly hash: string;
}

/** Values of a kind's declared fields. */
export type FieldValues = Readonly<Record<string, string | number | null>>;

interface Written {
  readonly kind: string;
  readonly key: string;
  /** Canonical JSON (RFC 8785). */
  readonly json: string;
  readonly hash: string;
}

/** A document as it lies in the store. */
export interface ScannedDoc extends Written {
  readonly fields: FieldValues;
}

/** A change of one document. Whoever folds knows what is stored, so the store need not look. */
export type DocWrite =
  | (ScannedDoc & { readonly change: 'insert' })
  /** `fields` null: they are what they were. */
  | (Written & { readonly change: 'update'; readonly fields: FieldValues | null })
  | { readonly change: 'delete'; readonly kind: string; readonly key: string };

/** A document whose folding stopped at an event; later events of the same document wait behind it. */
export interface ParkedKey {
  readonly kind: string;
  readonly key: string;
  /** `stream@revision` of the event that failed. */
  readonly event: string;
  readonly error: string;
  readonly since: string;
  /** `stream@revision` of the events that wait, the failed one first. */
  readonly waiting: readonly string[];
}

/** What one view's version changes in a commit. */
export interface ViewCommit extends ViewVersion {
  /** The position that the version must still be at, with no later epoch than `to` has; null when it is new. */
  readonly from: Position | null;
  readonly to: Checkpoint;
  readonly writes: readonly DocWrite[];
  /** The whole parked set, if it changed. */
  readonly parked: readonly ParkedKey[] | null;
}

/** Names a document of a view's version. */
export interface DocAddress extends ViewVersion {
  readonly kind: string;
  readonly key: string;
}

export interface FindRequest extends ViewVersion {
  readonly kind: string;
  readonly where: Readonly<Record<string, Condition>>;
  /**
   * A declared field; ties are ordered by key. Null comes before every value, text is ordered by code points, and
   * descending is exactly the reverse.
   */
  readonly orderBy: string;
  readonly descending: boolean;
  /** The last row of the page before. */
  readonly after: { readonly value: string | number | null; readonly key: string } | null;
  readonly limit: number;
}

export interface FoundDoc {
  readonly key: string;
  readonly doc: Doc;
  /** The value that the page is ordered by. */
  readonly value: string | number | null;
}

/** What became visible: where the views are now, and which of their documents wait. */
export interface ViewProgress {
  readonly positions: Readonly<Record<string, Position>>;
  /** Parked documents of each of these views, as `kind/key` → since. */
  readonly parked: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Reads in one snapshot. Synchronous or not is the adapter's affair; all answers belong to the same instant. */
export interface SnapshotReader {
  checkpoint(view: ViewVersion): Promise<Checkpoint | null>;
  get(addresses: readonly DocAddress[]): Promise<readonly (Doc | null)[]>;
  find(request: FindRequest): Promise<readonly FoundDoc[]>;
  parked(view: ViewVersion): Promise<readonly ParkedKey[]>;
}

/** Documents and checkpoints of views. May be lost at any time: folding brings it back. */
export interface ViewStore extends BuildControl {
  /**
   * Makes room for a version: tables or collections of its first build, which is live. Does nothing if it is there;
   * throws if it is there with other kinds, fields or indexes.
   */
  prepare(view: ViewVersion, kinds: Readonly<Record<string, KindDeclaration>>): Promise<void>;
  /**
   * Makes the declared indexes where they are not there yet. Called when a version has caught up: what is built from
   * nothing is written several times faster without them. Until then `find` answers the same, only slower.
   */
  index(view: ViewVersion): Promise<void>;
  checkpoint(view: ViewVersion): Promise<Checkpoint | null>;
  parked(view: ViewVersion): Promise<readonly ParkedKey[]>;
  /** Documents that are there, by `docId(kind, key)`. */
  load(view: ViewVersion, keys: readonly DocKey[]): Promise<ReadonlyMap<string, StoredDoc>>;
  /** Documents and checkpoints of all the given views together, or nothing: `fenced` if any of them has moved on. */
  commit(commits: readonly ViewCommit[]): Promise<'committed' | 'fenced'>;
  /** `read` may be run again from its beginning, on a later snapshot: it does nothing but read. */
  snapshot<T>(read: (reader: SnapshotReader) => Promise<T>): Promise<T>;
  /** Every document of a version in order of kind and key, in pages, of a version that stands still: for comparing. */
  scan(view: ViewVersion): AsyncIterable<readonly ScannedDoc[]>;
  /** All there are, in order. */
  builds(): Promise<readonly ViewBuild[]>;
  /** Takes a version away, with all its builds. */
  drop(view: ViewVersion): Promise<void>;
  close(): Promise<void>;
}

/** The reading side alone. A version that was not prepared reads as nothing there. */
export type ViewReader = Omit<ViewStore, keyof BuildControl | 'prepare' | 'index' | 'commit' | 'drop'>;

/** The version that a projection folds. */
export function versionOf({ name, version }: { readonly name: string; readonly version: number }): ViewVersion {
  return { view: name, version };
}

/** One string for a kind and a key. */
export function docId(kind: string, key: string): string {
  return `${kind}/${key}`;
}
