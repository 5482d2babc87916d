import { limits } from '../limits.js';
import { addressOf } from '../model/envelope.js';
import type { AnyProjection, DocKey } from '../model/projection.js';
import type { Position, StoredEvent } from '../ports/event-store.js';
import {
  docId,
  type Checkpoint,
  type ParkedKey,
  type ViewBuild,
  type ViewCommit,
  type ViewStore,
  type ViewVersion,
} from '../ports/view-store.js';
import { Digest } from './digest.js';
import { Documents, type Held } from './documents.js';
import type { LoggedEvent } from './logged-event.js';
import { ParkedKeys, streamKind } from './parked-keys.js';

/** An event could not be folded. What was folded since the last commit must be given up and folded again without it. */
export class FoldFailedError extends Error {}

/** So many documents are parked that something else must be wrong: the view stops. */
export class ViewStoppedError extends Error {
  constructor(readonly view: ViewVersion) {
    super(`${view.view} has more than ${limits.parkedKeys} parked documents.`);
  }
}

/** An event that the view listens to, with the documents that it touches. */
interface Listened {
  readonly event: StoredEvent;
  readonly keys: readonly DocKey[];
  readonly named: readonly Held[];
}

/** A build of a view's version on its way through the log: its documents, checkpoint, digest and parked keys. */
export class FoldingView {
  readonly #documents: Documents;
  #digest: Digest;
  readonly #poison = new Map<string, string>();
  #parked: ParkedKeys;
  #committedParked: readonly ParkedKey[];
  /** While what waits is folded again: which events wait for each document. */
  #waiting: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  #isIndexed = false;
  #seen: number;
  #applied: number;

  private constructor(
    readonly projection: AnyProjection,
    readonly id: ViewBuild,
    private readonly store: ViewStore,
    /** Of the lease under which it is folded. */
    private readonly epoch: number,
    /** Addresses of events that it leaves out. */
    private readonly skipped: ReadonlySet<string>,
    private committed: Checkpoint | null,
    parked: readonly ParkedKey[],
  ) {
    this.#documents = new Documents(projection, id, store, committed === null);
    this.#digest = new Digest(committed?.digest, committed?.count);
    this.#parked = new ParkedKeys(parked, this.#poison);
    this.#committedParked = parked;
    this.#seen = committed?.seen ?? 0;
    this.#applied = committed?.applied ?? 0;
  }

  /** Of a build that is there. */
  static async open(
    projection: AnyProjection,
    id: ViewBuild,
    store: ViewStore,
    epoch: number,
    skipped: ReadonlySet<string>,
  ): Promise<FoldingView> {
    return new FoldingView(projection, id, store, epoch, skipped, await store.checkpoint(id), await store.parked(id));
  }

  get position(): Position | null {
    return this.committed?.position ?? null;
  }

  get changes(): number {
    return this.#documents.changes;
  }

  get parked(): readonly ParkedKey[] {
    return this.#committedParked;
  }

  /** Folds events that follow what was folded before. Throws FoldFailedError or ViewStoppedError. */
  async take(events: readonly LoggedEvent[]): Promise<void> {
    await this.refold(events);
    this.#seen += events.length;
  }

  /**
   * Of events that were seen already, since they waited: call it after `unpark`, with all of them in the order of the
   * log, and commit at the position where the view is. Throws as `take` does.
   */
  async refold(events: readonly LoggedEvent[]): Promise<void> {
    const listened: Listened[] = [];
    for (const event of events) if (this.#listensTo(event.stored)) listened.push(this.#named(event));
    await this.#documents.load();
    for (const next of listened) this.#fold(next);
  }

  /** Nothing waits any more: parked documents are summed up as they are stored. */
  async unpark(): Promise<void> {
    const keys = this.parked.map(({ kind, key }) => [kind, key] as const).filter(([kind]) => kind !== streamKind);
    this.#documents.named(keys);
    await this.#documents.load();
    for (const [kind, key] of keys) this.#digest.replace(null, this.#documents.storedHash(kind, key));
    this.#waiting = new Map(this.parked.map(({ kind, key, waiting }) => [docId(kind, key), new Set(waiting)]));
    this.#parked = ParkedKeys.empty(this.#poison);
  }

  /** What is to be committed to bring the stored view to a position. */
  commit(position: Position, now: string): ViewCommit {
    const writes = this.#documents.writes(this.#digest, (kind, key) => this.#parked.has(kind, key));
    const to: Checkpoint = {
      position,
      seen: this.#seen,
      applied: this.#applied,
      count: this.#digest.count,
      digest: this.#digest.hex,
      epoch: this.epoch,
      updatedAt: now,
    };
    const { view, version, build } = this.id;
    return { view, version, build, from: this.position, to, writes, parked: this.#parked.takeChanges() };
  }

  /** Makes the version's indexes, once. */
  async index(): Promise<void> {
    if (this.#isIndexed) return;
    await this.store.index(this.id);
    this.#isIndexed = true;
  }

  accepted({ to, parked }: ViewCommit): void {
    this.committed = to;
    if (parked) this.#committedParked = parked;
    this.#waiting = null;
    this.#documents.committed();
  }

  /** Gives up all that was folded since the last commit. */
  rollback(): void {
    this.#documents.forget();
    this.#waiting = null;
    this.#parked = new ParkedKeys(this.#committedParked, this.#poison);
    this.#digest = new Digest(this.committed?.digest, this.committed?.count);
    this.#seen = this.committed?.seen ?? 0;
    this.#applied = this.committed?.applied ?? 0;
  }

  #listensTo(event: StoredEvent): boolean {
    if (!this.projection.on[event.type]) return false;
    return this.skipped.size === 0 || !this.skipped.has(addressOf(event));
  }

  #named(event: LoggedEvent): Listened {
    try {
      const { current } = event;
      const keys: readonly DocKey[] = this.projection.on[current.type]?.(current) ?? [];
      if (keys.length > limits.documentsPerEvent)
        throw new Error(`${keys.length} documents are too many for an event.`);
      return { event: current, keys, named: this.#documents.named(keys) };
    } catch (error) {
      if (!this.#parked.isHeld(event.stored)) this.#fail(event.stored, error);
      return { event: event.stored, keys: [], named: [] };
    }
  }

  /** Whether all that an event touches has waited since: what was not known to be touched may have changed after it. */
  #waitedFor(event: StoredEvent, keys: readonly DocKey[]): boolean {
    const address = addressOf(event);
    return keys.every(([kind, key]) => this.#waiting?.get(docId(kind, key))?.has(address));
  }

  #fold({ event, keys, named }: Listened): void {
    const newly = this.#parked.hold(event, keys);
    if (newly) {
      for (const [kind, key] of newly) this.#digest.replace(this.#documents.storedHash(kind, key), null);
      if (this.#parked.size > limits.parkedKeys) throw new ViewStoppedError(this.id);
      return;
    }
    try {
      if (this.#waiting && !this.#waitedFor(event, keys))
        throw new Error('It touches documents that have gone on without it. Build the view anew.');
      this.projection.fold(event, this.#documents.view(named));
    } catch (error) {
      this.#fail(event, error);
    }
    this.#applied += 1;
  }

  #fail(event: StoredEvent, error: unknown): never {
    const address = addressOf(event);
    this.#poison.set(address, String(error));
    throw new FoldFailedError(`${this.id.view} cannot fold ${address}: ${String(error)}`);
  }
}
