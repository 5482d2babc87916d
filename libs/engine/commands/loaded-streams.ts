import type { EventCatalog } from '../catalog.js';
import { limits } from '../limits.js';
import type { Aggregate, Fact } from '../model/aggregate.js';
import type { Recorded } from '../model/envelope.js';
import type { EventStore, Position, StoredEvent } from '../ports/event-store.js';

/** What a stream's recent commands wrote, to answer a repetition. */
interface Remembered {
  readonly hash: string;
  readonly firstRevision: number;
  count: number;
}

/** A stream's state as decided so far. `revision` is −1, `position` null where nothing is there. */
export class LoadedStream<S = unknown> {
  revision = -1;
  /** The revision up to which the stream is known to have gone on elsewhere. */
  newest = -1;
  position: Position | null = null;
  recordedAt = '';
  bytes = 200;
  readonly commands = new Map<string, Remembered>();

  constructor(
    readonly aggregate: Aggregate<S>,
    public state: S,
  ) {}

  /** Takes in the next event, as read from the store or as just appended; one that is known already changes nothing. */
  evolve(event: Recorded, position: Position): void {
    if (event.revision <= this.revision) return;
    this.state = this.aggregate.evolve(this.state, event);
    this.revision = event.revision;
    this.position = position;
    this.recordedAt = event.meta.recordedAt;
    this.bytes += 400;
    this.#remember(event);
  }

  #remember({ revision, meta: { commandId, commandHash } }: Recorded): void {
    const known = this.commands.get(commandId);
    if (known) {
      known.count += 1;
      return;
    }
    this.commands.set(commandId, { hash: commandHash, firstRevision: revision, count: 1 });
    if (this.commands.size <= limits.commandsPerStream) return;
    for (const oldest of this.commands.keys()) {
      this.commands.delete(oldest);
      break;
    }
  }
}

/**
 * Decided state in memory, the least recently used forgotten first. A stream is loaded once however many ask for it at
 * the same time; nobody changes a loaded stream but the command that appended to it, after the append.
 */
export class LoadedStreams {
  readonly #loaded = new Map<string, LoadedStream>();
  readonly #loading = new Map<string, Promise<LoadedStream>>();
  /** Newest revisions of streams that are not in memory. */
  readonly #told = new Map<string, number>();
  #bytes = 0;

  constructor(
    private readonly store: EventStore,
    private readonly catalog: EventCatalog,
  ) {}

  async load<S>(aggregate: Aggregate<S>, stream: string): Promise<LoadedStream<S>> {
    const loaded = this.#loaded.get(stream);
    if (loaded) {
      this.#loaded.delete(stream);
      this.#loaded.set(stream, loaded);
      if (loaded.newest > loaded.revision) await this.#refresh(stream, loaded);
      return loaded as LoadedStream<S>;
    }
    let loading = this.#loading.get(stream);
    if (!loading) {
      loading = this.#read(aggregate, stream).finally(() => this.#loading.delete(stream));
      this.#loading.set(stream, loading);
    }
    return (await loading) as LoadedStream<S>;
  }

  /** Many at once: only those are read that there are. In the order in which they were asked for. */
  async loadAll(facts: readonly Fact[]): Promise<readonly LoadedStream[]> {
    const unknown = facts.map(({ stream }) => stream).filter((stream) => !this.#loaded.has(stream));
    const existing = unknown.length > 1 ? await this.store.existing(unknown) : new Set(unknown);
    const absent = new Set(unknown.filter((stream) => !existing.has(stream)));
    const loaded: LoadedStream[] = [];
    for (const { aggregate, stream } of facts) {
      const isAbsent = absent.has(stream);
      loaded.push(isAbsent ? new LoadedStream(aggregate, aggregate.initial()) : await this.load(aggregate, stream));
    }
    return loaded;
  }

  /** Another process, or this one, has appended to a stream: what is in memory is read on before it is used again. */
  goneOn(stream: string, revision: number): void {
    const loaded = this.#loaded.get(stream);
    if (loaded) {
      loaded.newest = Math.max(loaded.newest, revision);
      return;
    }
    // It may be on its way into memory at this moment.
    this.#told.delete(stream);
    this.#told.set(stream, revision);
    const [oldest] = this.#told.keys();
    if (this.#told.size > limits.streamsTold && oldest !== undefined) this.#told.delete(oldest);
  }

  hasGoneOn(stream: string, revision: number): boolean {
    return (this.#loaded.get(stream)?.newest ?? this.#told.get(stream) ?? -1) > revision;
  }

  async #refresh(stream: string, loaded: LoadedStream): Promise<void> {
    const before = loaded.bytes;
    for await (const page of this.store.read(stream, loaded.revision + 1)) this.#fold(loaded, page);
    if (this.#loaded.get(stream) === loaded) this.#bytes += loaded.bytes - before;
  }

  /** Keeps what a command has just brought up to date. */
  keep(stream: string, loaded: LoadedStream): void {
    const known = this.#loaded.get(stream);
    if (known && known !== loaded && known.revision > loaded.revision) return;
    this.forget(stream);
    loaded.newest = Math.max(loaded.newest, known?.newest ?? -1, this.#told.get(stream) ?? -1);
    this.#loaded.set(stream, loaded);
    this.#bytes += loaded.bytes;
    for (const [oldest, { bytes }] of this.#loaded) {
      if (this.#bytes <= limits.loadedBytes || oldest === stream) break;
      this.#bytes -= bytes;
      this.#loaded.delete(oldest);
    }
  }

  forget(stream: string): void {
    const known = this.#loaded.get(stream);
    if (!known) return;
    this.#loaded.delete(stream);
    this.#bytes -= known.bytes;
  }

  async #read<S>(aggregate: Aggregate<S>, stream: string): Promise<LoadedStream> {
    const loaded = new LoadedStream(aggregate, aggregate.initial());
    for await (const page of this.store.read(stream, 0)) this.#fold(loaded, page);
    if (loaded.revision >= 0) this.keep(stream, loaded);
    return loaded;
  }

  #fold(loaded: LoadedStream, page: readonly StoredEvent[]): void {
    for (const event of page) {
      if (event.revision > loaded.revision) loaded.evolve(this.catalog.read(event), event.position);
    }
  }
}
