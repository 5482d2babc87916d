import { MongoNetworkTimeoutError, type ClientSession } from 'mongodb';
import type { DocKey } from '../../engine/model/projection.js';
import type { Kinds } from '../../engine/ports/kinds.js';
import type {
  Checkpoint,
  LiveRefusal,
  ParkedKey,
  ScannedDoc,
  SnapshotReader,
  StoredDoc,
  ViewBuild,
  ViewCommit,
  ViewStore,
  ViewVersion,
} from '../../engine/ports/view-store.js';
import { Calls } from './calls.js';
import type { MongoConnection } from './connection.js';
import { isReached, moveOn, placed, write, type PlacedCommit } from './view-commit.js';
import { docsAfter, docsAt, parkedAt } from './view-docs.js';
import { MongoSnapshot } from './view-snapshot.js';
import type { ViewVersions } from './view-versions.js';

const docsOfPage = 1_000;

/**
 * Views in MongoDB, read and written by any number of processes; what one of them folds, nobody else does, or one of the
 * two is fenced. A call that fails with StoreUnavailableError has changed nothing.
 */
export class MongoViewStore implements ViewStore {
  readonly #calls = new Calls();

  constructor(
    private readonly connection: MongoConnection,
    private readonly places: ViewVersions,
  ) {}

  prepare(view: ViewVersion, kinds: Kinds): Promise<void> {
    return this.#write((session) => this.places.make(view, kinds, session));
  }

  index(view: ViewVersion): Promise<void> {
    return this.#write(async (session) => {
      // An index of what was dropped would make the collection again.
      const at = await this.places.lookUp(view, session);
      for (const { collection, indexes } of at?.kinds.values() ?? []) {
        for (const fields of indexes) {
          const key = Object.fromEntries([...fields.map(({ path }) => [path, 1] as const), ['_id', 1] as const]);
          await this.#makeIndex(collection, key, session);
        }
      }
    });
  }

  checkpoint(view: ViewVersion): Promise<Checkpoint | null> {
    return this.#read((session) => this.places.checkpoint(view, session));
  }

  parked(view: ViewVersion): Promise<readonly ParkedKey[]> {
    return this.#read(async (session) => {
      const at = await this.places.lookUp(view, session);
      return at ? parkedAt(this.connection.db, at, session) : [];
    });
  }

  builds(): Promise<readonly ViewBuild[]> {
    return this.#read((session) => this.places.all(session));
  }

  begin(view: ViewVersion, build: number): Promise<void> {
    return this.#write((session) => this.places.begin(view, build, session));
  }

  pause(view: ViewVersion, build: number, isPaused: boolean): Promise<void> {
    return this.#write((session) => this.places.pause(view, build, isPaused, session));
  }

  makeLive(view: ViewVersion, build: number, when: 'equal' | 'anyhow'): Promise<'live' | LiveRefusal> {
    return this.#calls.read(async () => {
      const made = await this.connection.transaction((session) => this.places.makeLive(view, build, when, session));
      this.places.forget(view);
      return made;
    });
  }

  discard(view: ViewVersion, build: number): Promise<void> {
    return this.#write((session) => this.places.discard(view, build, session));
  }

  load(view: ViewVersion, keys: readonly DocKey[]): Promise<ReadonlyMap<string, StoredDoc>> {
    return this.#read(async (session) => {
      const at = await this.places.at(view, session);
      return at ? docsAt(this.connection.db, at, keys, session) : new Map();
    });
  }

  /** Rejects with OutcomeUnknownError if the commit got no answer: the same commit again tells, or any that follows. */
  commit(commits: readonly ViewCommit[]): Promise<'committed' | 'fenced'> {
    return this.#calls.read(async () => {
      if (commits.length === 0) return 'committed';
      const all = await this.connection.inSession((session) => this.#placed(commits, session));
      if (all === null) return 'fenced';
      const { db } = this.connection;
      const isCommitted = await this.connection.transaction(async (session) => {
        if (!(await moveOn(this.places, all, session))) {
          await session.abortTransaction();
          return false;
        }
        for (const one of all) await write(db, one, session);
        return true;
      });
      return isCommitted || (await this.#areReached(commits)) ? 'committed' : 'fenced';
    });
  }

  /**
   * What it shows is true, since the log has it, also if a majority does not have it yet: another primary would fold the
   * same again. That it is no older than what was read before is seen to by the session.
   */
  snapshot<T>(read: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    return this.#calls.read(() =>
      this.connection.snapshot((session) => read(new MongoSnapshot(this.connection.db, this.places, session))),
    );
  }

  async *scan(view: ViewVersion): AsyncIterable<readonly ScannedDoc[]> {
    const at = await this.#read((session) => this.places.lookUp(view, session));
    for (const kind of at?.kinds.values() ?? []) {
      for (let after = ''; ;) {
        const page = await this.#read((session) => docsAfter(this.connection.db, kind, after, docsOfPage, session));
        if (page.length > 0) yield page;
        if (page.length < docsOfPage) break;
        after = page.at(-1)?.key ?? after;
      }
    }
  }

  drop(view: ViewVersion): Promise<void> {
    return this.#write((session) => this.places.drop(view, session));
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  /** The server goes on making it when the answer is not waited for any longer; asked again, it waits for the same. */
  async #makeIndex(collection: string, key: Record<string, number>, session: ClientSession): Promise<void> {
    const until = performance.now() + this.connection.waits.index;
    for (;;) {
      try {
        await this.connection.db.collection(collection).createIndex(key, { session });
        return;
      } catch (error) {
        if (!(error instanceof MongoNetworkTimeoutError) || performance.now() > until) throw error;
      }
    }
  }

  /** Null: one of the versions is not there any more. */
  async #placed(commits: readonly ViewCommit[], session: ClientSession): Promise<readonly PlacedCommit[] | null> {
    const all: PlacedCommit[] = [];
    for (const commit of commits) {
      const at = await this.places.at(commit, session);
      if (at === null) return null;
      all.push(placed(commit, at));
    }
    return all;
  }

  #areReached(commits: readonly ViewCommit[]): Promise<boolean> {
    return this.connection.inSession(async (session) => {
      for (const commit of commits) {
        if (!isReached(await this.places.checkpoint(commit, session), commit)) return false;
      }
      return true;
    });
  }

  #read<T>(read: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.#calls.read(() => this.connection.inSession(read));
  }

  #write<T>(act: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.#calls.write(() => this.connection.inSession(act));
  }
}
