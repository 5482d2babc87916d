import { randomUUID } from 'node:crypto';
import type { ClientSession, Collection, Filter } from 'mongodb';
import { liveRefusal } from '../../engine/ports/builds.js';
import { otherKinds, textOfKinds, type Kinds } from '../../engine/ports/kinds.js';
import type { Checkpoint, LiveRefusal, ViewBuild, ViewVersion } from '../../engine/ports/view-store.js';
import type { MongoConnection } from './connection.js';
import { isDuplicate, isNotThere, isThere } from './errors.js';
import { kindCollections, plainName, type KindCollection } from './view-kinds.js';

/** Members in one order, since that is part of the identity. */
export interface BuildId {
  readonly view: string;
  readonly version: number;
  readonly build: number;
}

/** One build of a view's version: what it holds and how far it is folded. */
export interface VersionDocument extends Omit<Checkpoint, 'position'> {
  readonly _id: BuildId;
  /** Where its documents are: the middle of their collections' names. */
  readonly place: string;
  /** JSON of the declared kinds. */
  readonly kinds: string;
  readonly position: string | null;
  /** Documents that wait. */
  readonly parked: number;
  /** Queries read it. */
  readonly live: boolean;
  readonly paused: boolean;
  /** Nothing of it is to be read or written any more. */
  readonly dropping: boolean;
}

/** Where a build's documents are. */
export interface VersionPlace {
  readonly id: BuildId;
  readonly place: string;
  readonly kinds: ReadonlyMap<string, KindCollection>;
}

/**
 * Which builds of versions there are, each a document of `checkpoints`. One that is dropped and made again has another
 * place, so that whoever is late with dropping or folding the old one touches nothing of the new one.
 */
export class ViewVersions {
  readonly checkpoints: Collection<VersionDocument>;
  readonly #known = new Map<string, VersionPlace>();

  constructor(private readonly connection: MongoConnection) {
    this.checkpoints = connection.db.collection('checkpoints');
  }

  /** Where it was when it was last looked up; null if it is not there. */
  async at(view: ViewVersion, session: ClientSession): Promise<VersionPlace | null> {
    return this.#known.get(nameOf(view)) ?? (await this.lookUp(view, session));
  }

  async lookUp(view: ViewVersion, session: ClientSession): Promise<VersionPlace | null> {
    const found = await this.checkpoints.findOne(filterOf(view), { session });
    if (found) return this.saw(view, found);
    this.#known.delete(nameOf(view));
    return null;
  }

  /** Notes where it is, as somebody has just read. */
  saw(view: ViewVersion, { _id: id, place, kinds }: Pick<VersionDocument, '_id' | 'place' | 'kinds'>): VersionPlace {
    const known = this.#known.get(nameOf(view));
    if (known?.place === place) return known;
    const at = { id, place, kinds: kindCollections(place, JSON.parse(kinds) as Kinds) };
    this.#known.set(nameOf(view), at);
    return at;
  }

  async checkpoint(view: ViewVersion, session: ClientSession): Promise<Checkpoint | null> {
    return checkpointOf(await this.checkpoints.findOne(filterOf(view), { session }));
  }

  async all(session: ClientSession): Promise<readonly ViewBuild[]> {
    const options = { session, projection: { _id: 1, live: 1, paused: 1 }, sort: { _id: 1 } } as const;
    const found = await this.checkpoints.find({ dropping: false }, options).toArray();
    return found.map(({ _id: { view, version, build }, live, paused }) => {
      return { view, version, build, isLive: live, isPaused: paused };
    });
  }

  /** All that a transaction needs is there before it: the collections, and a checkpoint that is nowhere yet. */
  async make(view: ViewVersion, kinds: Kinds, session: ClientSession): Promise<void> {
    const wanted = textOfKinds(kinds);
    const id = idOf({ ...view, build: 1 });
    this.forget(view);
    await this.#endDropping(view, session);
    const found = await this.#any(view, session);
    if (!found) await this.#insert(id, wanted, true, session);
    const stored = found ?? (await this.#any(view, session));
    if (stored && stored.kinds !== wanted) throw otherKinds(view);
    await this.#makeCollections(stored?._id ?? id, session);
  }

  async begin(view: ViewVersion, build: number, session: ClientSession): Promise<void> {
    const id = idOf({ ...view, build });
    const stored = await this.checkpoints.findOne({ _id: id }, { session });
    if (stored?.dropping) await this.#remove(stored, session);
    const found = await this.#any(view, session);
    if (!found) throw new Error(`${view.view} version ${view.version} is not there to be built anew.`);
    if (!stored || stored.dropping) await this.#insert(id, found.kinds, false, session);
    await this.#makeCollections(id, session);
  }

  async pause(view: ViewVersion, build: number, paused: boolean, session: ClientSession): Promise<void> {
    await this.checkpoints.updateOne({ _id: idOf({ ...view, build }), live: false }, { $set: { paused } }, { session });
  }

  /** Within a transaction: whoever commits to one of the two meanwhile makes it begin again. */
  async makeLive(
    view: ViewVersion,
    build: number,
    when: 'equal' | 'anyhow',
    session: ClientSession,
  ): Promise<'live' | LiveRefusal> {
    const _id = idOf({ ...view, build });
    const next = await this.checkpoints.findOne({ _id, dropping: false }, { session });
    const live = await this.checkpoints.findOne(filterOf({ view: view.view, version: view.version }), { session });
    if (next?.live) return 'live';
    const refusal = liveRefusal(checkpointOf(next), checkpointOf(live), when);
    if (refusal !== null) return refusal;
    if (live) await this.checkpoints.updateOne({ _id: live._id }, { $set: { live: false } }, { session });
    await this.checkpoints.updateOne({ _id }, { $set: { live: true, paused: false } }, { session });
    return 'live';
  }

  /** What is live is looked up anew. */
  forget(view: ViewVersion): void {
    this.#known.delete(nameOf({ view: view.view, version: view.version }));
  }

  async discard(view: ViewVersion, build: number, session: ClientSession): Promise<void> {
    const _id = idOf({ ...view, build });
    const live = await this.checkpoints.findOne({ _id, live: true, dropping: false }, { session });
    if (live) throw new Error(`Build ${build} of ${view.view} version ${view.version} is live.`);
    await this.checkpoints.updateOne({ _id, live: false }, { $set: { dropping: true } }, { session });
    const found = await this.checkpoints.findOne({ _id, dropping: true }, { session });
    if (found) await this.#remove(found, session);
  }

  /** First nobody can commit any more, then the documents go, then the version. Can be done again where it stopped. */
  async drop(view: ViewVersion, session: ClientSession): Promise<void> {
    await this.checkpoints.updateMany(filterOfAll(view), { $set: { dropping: true } }, { session });
    await this.#endDropping(view, session);
  }

  async #endDropping(view: ViewVersion, session: ClientSession): Promise<void> {
    const filter = { '_id.view': view.view, '_id.version': view.version, dropping: true };
    for (const found of await this.checkpoints.find(filter, { session }).toArray()) await this.#remove(found, session);
  }

  async #remove({ _id, place, kinds }: VersionDocument, session: ClientSession): Promise<void> {
    this.#known.delete(nameOf(_id));
    this.forget(_id);
    for (const { collection } of kindCollections(place, JSON.parse(kinds) as Kinds).values()) {
      await this.connection.db.dropCollection(collection, { session }).catch(unless(isNotThere));
    }
    await this.connection.db.collection('parked').deleteMany({ place }, { session });
    await this.checkpoints.deleteOne({ _id, place }, { session });
  }

  async #makeCollections(id: BuildId, session: ClientSession): Promise<void> {
    const at = await this.lookUp(id, session);
    for (const { collection } of at?.kinds.values() ?? []) {
      await this.connection.db.createCollection(collection, { session }).catch(unless(isThere));
    }
  }

  #any(view: ViewVersion, session: ClientSession): Promise<VersionDocument | null> {
    return this.checkpoints.findOne({ ...filterOfAll(view), dropping: false }, { session, sort: { _id: 1 } });
  }

  async #insert(id: BuildId, kinds: string, live: boolean, session: ClientSession): Promise<void> {
    const made = { ...nowhere, _id: id, place: newPlace(id), kinds, live };
    await this.checkpoints.insertOne(made, { session }).catch(unless(isDuplicate));
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
  paused: false,
  dropping: false,
} as const;

/** By view, then version, in lists of collections too. */
function newPlace({ view, version, build }: BuildId): string {
  return `${plainName(view)}.${String(version).padStart(4, '0')}.${build}-${randomUUID().slice(0, 8)}`;
}

export function idOf({ view, version, build }: BuildId): BuildId {
  return { view, version, build };
}

/** Finds the build that is named, or else the live one. */
export function filterOf({ view, version, build }: ViewVersion): Filter<VersionDocument> {
  return build === undefined
    ? { '_id.view': view, '_id.version': version, live: true, dropping: false }
    : { _id: idOf({ view, version, build }), dropping: false };
}

function filterOfAll({ view, version }: ViewVersion): Filter<VersionDocument> {
  return { '_id.view': view, '_id.version': version };
}

function checkpointOf(found: VersionDocument | null): Checkpoint | null {
  if (!found || found.position === null) return null;
  const { position, seen, applied, count, digest, epoch, updatedAt } = found;
  return { position, seen, applied, count, digest, epoch, updatedAt };
}

/** One string for a version, or one of its builds. */
export function nameOf({ view, version, build }: ViewVersion): string {
  return `${build ?? 'live'} ${version} ${view}`;
}

function unless(isExpected: (error: unknown) => boolean): (error: unknown) => void {
  return (error) => {
    if (!isExpected(error)) throw error;
  };
}
