import type { ClientSession, Db } from 'mongodb';
import type { Doc } from '../../engine/model/projection.js';
import {
  docId,
  type Checkpoint,
  type DocAddress,
  type FindRequest,
  type FoundDoc,
  type ParkedKey,
  type SnapshotReader,
  type ViewVersion,
} from '../../engine/ports/view-store.js';
import { docsAt, kindOf, parkedAt } from './view-docs.js';
import { findDocs } from './view-find.js';
import { nameOf, type VersionPlace, type ViewVersions } from './view-versions.js';

/** Reads of one transaction, one after the other, since a session has room for no more. */
export class MongoSnapshot implements SnapshotReader {
  #last: Promise<unknown> = Promise.resolve();
  /** Versions of which this snapshot itself has said where they are. */
  readonly #certain = new Map<string, VersionPlace | null>();

  constructor(
    private readonly db: Db,
    private readonly versions: ViewVersions,
    private readonly session: ClientSession,
  ) {}

  checkpoint(view: ViewVersion): Promise<Checkpoint | null> {
    return this.#inTurn(() => this.versions.checkpoint(view, this.session));
  }

  get(addresses: readonly DocAddress[]): Promise<readonly (Doc | null)[]> {
    return this.#inTurn(async () => {
      const byVersion = new Map<string, DocAddress[]>();
      for (const address of addresses) {
        const name = nameOf(address);
        byVersion.set(name, [...(byVersion.get(name) ?? []), address]);
      }
      const docs = new Map<string, Doc>();
      for (const [name, ofVersion] of byVersion) {
        const [view] = ofVersion;
        if (!view) continue;
        const keys = ofVersion.map(({ kind, key }) => [kind, key] as const);
        const wanted = new Set(keys.map(([kind, key]) => docId(kind, key))).size;
        const found = await this.#read(
          view,
          (at) => docsAt(this.db, at, keys, this.session),
          ({ size }) => size === wanted,
        );
        for (const [id, { doc }] of found ?? []) docs.set(`${name} ${id}`, doc);
      }
      return addresses.map((address) => docs.get(`${nameOf(address)} ${docId(address.kind, address.key)}`) ?? null);
    });
  }

  find(request: FindRequest): Promise<readonly FoundDoc[]> {
    return this.#inTurn(async () => {
      const found = await this.#read(
        request,
        (at) => findDocs(this.db, kindOf(at, request.kind), request, this.session),
        ({ length }) => length === request.limit,
      );
      return found ?? [];
    });
  }

  parked(view: ViewVersion): Promise<readonly ParkedKey[]> {
    return this.#inTurn(async () => {
      const found = await this.#read(
        view,
        (at) => parkedAt(this.db, at, this.session),
        ({ length }) => length > 0,
      );
      return found ?? [];
    });
  }

  /**
   * Reads from where the version was when it was last looked up. Where something is missing, it may have been dropped and
   * made again in another place since: then that is looked up in this snapshot, and read again. Null: it is not there.
   */
  async #read<T>(
    view: ViewVersion,
    read: (at: VersionPlace) => Promise<T>,
    isWhole: (found: T) => boolean,
  ): Promise<T | null> {
    const name = nameOf(view);
    const known = this.#certain.get(name);
    if (known !== undefined) return known && read(known);
    const believed = await this.versions.at(view, this.session);
    const found = believed && (await read(believed));
    if (found !== null && isWhole(found)) return found;
    const certain = await this.versions.lookUp(view, this.session);
    this.#certain.set(name, certain);
    return certain?.place === believed?.place ? found : certain && read(certain);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
