import type { KindDeclaration } from '#lib/engine/model/projection.js';
import type { Position } from '#lib/engine/ports/event-store.js';
import type {
  Checkpoint,
  DocWrite,
  ScannedDoc,
  ViewBuild,
  ViewCommit,
  ViewReader,
  ViewStore,
  ViewVersion,
} from '#lib/engine/ports/view-store.js';

/** One store, and how it is closed and opened again with what it holds. */
export interface ViewStoreFixture {
  readonly store: ViewStore;
  /** What another thread reads by, if the adapter has such a thing; else the store itself. */
  readonly reader: ViewReader;
  readonly position: (ordinal: number) => Position;
  /** What a process does all the time by which `reader` learns what another has made live. */
  readonly watch: () => Promise<unknown>;
  reopen(): Promise<ViewStoreFixture>;
  close(): Promise<void>;
}

export const offers: ViewVersion = { view: 'offer-status', version: 2 };
/** The only build of a version. */
export function first(version: ViewVersion): ViewBuild {
  return { ...version, build: 1, isLive: true, isPaused: false };
}

export const kinds: Record<string, KindDeclaration> = {
  offer: { fields: { name: 'text', count: 'number' }, indexes: [['name'], ['count', 'name']] },
  plan: {},
};

/** Each field is of its own value, so that a lost or swapped one shows. */
export function checkpointAt({ position }: Pick<ViewStoreFixture, 'position'>, ordinal: number, epoch = 1): Checkpoint {
  return {
    position: position(ordinal),
    seen: ordinal,
    applied: ordinal - 1,
    count: 3,
    digest: String(ordinal).padStart(64, 'd'),
    epoch,
    updatedAt: `2026-01-01T00:00:00.00${ordinal}Z`,
  };
}

export function stored(key: string, doc: object, name: string | null = null, count: number | null = null): ScannedDoc {
  return { kind: 'offer', key, json: JSON.stringify(doc), hash: key.padStart(64, 'h'), fields: { name, count } };
}

/** A new document. */
export function offer(...doc: Parameters<typeof stored>): DocWrite {
  return { change: 'insert', ...stored(...doc) };
}

/** A document that is there already, with other fields; or, as `sameFields`, with those that it has. */
export function changed(...doc: Parameters<typeof stored>): DocWrite {
  return { change: 'update', ...stored(...doc) };
}

export function sameFields(key: string, doc: object): DocWrite {
  return { change: 'update', ...stored(key, doc), fields: null };
}

/** A commit of `offers` from the position of one ordinal to that of another, with nothing to write unless said. */
export function commitOf(
  fixture: Pick<ViewStoreFixture, 'position'>,
  from: number | null,
  to: number,
  changes: Partial<ViewCommit> = {},
): ViewCommit {
  const position = from === null ? null : fixture.position(from);
  return { ...offers, from: position, to: checkpointAt(fixture, to), writes: [], parked: null, ...changes };
}
