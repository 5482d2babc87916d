import { randomUUID } from 'node:crypto';
import type { ClientSession, Collection } from 'mongodb';
import { otherKinds, textOfKinds, type Kinds } from '../../engine/ports/kinds.js';
import type { Checkpoint, ViewVersion } from '../../engine/ports/view-store.js';
import type { MongoConnection } from './connection.js';
import { isDuplicate, isNotThere, isThere } from './errors.js';
import { kindCollections, plainName, type KindCollection } from './view-kinds.js';

/** One version of a view: what it holds and how far it is folded. */
export interface VersionDocument extends Omit<Checkpoint, 'position'> {
  readonly _id: ViewVersion;
  /** Where its documents are: the middle of their collections' names. */
  readonly place: string;
  /** JSON of the declared kinds. */
  readonly kinds: string;
  readonly position: string | null;
  /** Documents that wait. */
  readonly parked: number;
  /** Nothing of it is to be read or written any more. */
  readonly dropping: boolean;
}

/** Where a version's documents are. */
export interface VersionPlace {
  readonly place: string;
  readonly kinds: ReadonlyMap<string, KindCollection>;
}

/**
 * Which versions there are, each a document of `checkpoints`. A version that is dropped and made again has another
 * place, so that whoever is late with dropping or folding the old one touches nothing of the new one.
 */
export class ViewVersions {
  readonly checkpoints: Collection<VersionDocument>;
  readonly #known = new Map<string, VersionPlace>();

  constructor(private readonly connection: MongoConnection) {
    this.checkpoints = connection.db.collection('checkpoints');
  }

  /** Where a version was when it was last looked up; null if it is not there. */
  async at(view: ViewVersion, session: ClientSession): Promise<VersionPlace | null> {
    return this.#known.get(nameOf(view)) ?? (await this.lookUp(view, session));
  }

  async lookUp(view: ViewVersion, session: ClientSession): Promise<VersionPlace | null> {
    const found = await this.checkpoints.findOne({ _id: idOf(view) }, { session });
    const known = this.#known.get(nameOf(view));
    if (!found || found.dropping) {
      this.#known.delete(nameOf(view));
      return null;
    }
    if (known?.place === found.place) return known;
    const { place, kinds } = found;
    const at = { place, kinds: kindCollections(place, JSON.parse(kinds) as Kinds) };
    this.#known.set(nameOf(view), at);
    return at;
  }

  async checkpoint(view: ViewVersion, session: ClientSession): Promise<Checkpoint | null> {
    const found = await this.checkpoints.findOne({ _id: idOf(view) }, { session });
    if (!found || found.dropping || found.position === null) return null;
    const { position, seen, applied, count, digest, epoch, updatedAt } = found;
    return { position, seen, applied, count, digest, epoch, updatedAt };
  }

  async all(session: ClientSession): Promise<readonly ViewVersion[]> {
    const options = { session, projection: { _id: 1 }, sort: { _id: 1 } } as const;
    return (await this.checkpoints.find({ dropping: false }, options).toArray()).map(({ _id: { view, version } }) => {
      return { view, version };
    });
  }

  /** All that a transaction needs is there before it: the collections, and a checkpoint that is nowhere yet. */
  async make(view: ViewVersion, kinds: Kinds, session: ClientSession): Promise<void> {
    const wanted = textOfKinds(kinds);
    let stored = await this.#stored(view, wanted, session);
    if (stored.dropping) {
      await this.drop(view, session);
      stored = await this.#stored(view, wanted, session);
    }
    if (stored.kinds !== wanted) throw otherKinds(view);
    const at = await this.lookUp(view, session);
    for (const { collection } of at?.kinds.values() ?? []) {
      await this.connection.db.createCollection(collection, { session }).catch(unless(isThere));
    }
  }

  /** First nobody can commit any more, then the documents go, then the version. Can be done again where it stopped. */
  async drop(view: ViewVersion, session: ClientSession): Promise<void> {
    const _id = idOf(view);
    const found = await this.checkpoints.findOneAndUpdate({ _id }, { $set: { dropping: true } }, { session });
    this.#known.delete(nameOf(view));
    if (!found) return;
    for (const { collection } of kindCollections(found.place, JSON.parse(found.kinds) as Kinds).values()) {
      await this.connection.db.dropCollection(collection, { session }).catch(unless(isNotThere));
    }
    await this.connection.db.collection('parked').deleteMany({ place: found.place }, { session });
    await this.checkpoints.deleteOne({ _id, place: found.place }, { session });
  }

  /** The version's document, made if there is none. */
  async #stored(view: ViewVersion, kinds: string, session: ClientSession): Promise<VersionDocument> {
    const _id = idOf(view);
    const made = { ...nowhere, _id, place: newPlace(view), kinds };
    const found = await this.checkpoints.findOne({ _id }, { session });
    if (found) return found;
    await this.checkpoints.insertOne(made, { session }).catch(unless(isDuplicate));
    return (await this.checkpoints.findOne({ _id }, { session })) ?? made;
  }
}

const nowhere = {
  position: null,
  seen: 0,
  applied: 0,
  count: 0,
  digest: '0'.repeat(64),
  epoch: 0,
  updatedAt: '',
  parked: 0,
  dropping: false,
} as const;

/** By view, then version, in lists of collections too. */
function newPlace({ view, version }: ViewVersion): string {
  return `${plainName(view)}.${String(version).padStart(4, '0')}-${randomUUID().slice(0, 8)}`;
}

/** Members in one order, since that is part of the identity. */
export function idOf({ view, version }: ViewVersion): ViewVersion {
  return { view, version };
}

function nameOf({ view, version }: ViewVersion): string {
  return `${version} ${view}`;
}

function unless(isExpected: (error: unknown) => boolean): (error: unknown) => void {
  return (error) => {
    if (!isExpected(error)) throw error;
  };
}
