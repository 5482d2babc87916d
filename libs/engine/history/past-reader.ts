import type { EventCatalog } from '../catalog.js';
import { turnOfEventLoop } from '../event-loop.js';
import { limits } from '../limits.js';
import { addressOf } from '../model/envelope.js';
import type { AnyProjection, Doc, KindDeclaration, Origin } from '../model/projection.js';
import type { EventsRef } from '../model/query.js';
import type { LogReader, Position, StoredEvent } from '../ports/event-store.js';
import type { DocAddress, FindRequest, FoundDoc, SnapshotReader } from '../ports/view-store.js';
import { inLogOrder } from './in-log-order.js';
import type { KeptPast } from './kept-past.js';
import { PastDocuments } from './past-documents.js';

/** An answer would rest on more than one answer may. */
export class TooWideError extends Error {}

/** An event cannot be folded into what was asked for, as the same view of today says of its documents. */
export class PastParkedError extends Error {
  constructor(
    readonly since: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

export interface PastReaderOptions {
  readonly log: Pick<LogReader, 'read'>;
  readonly catalog: EventCatalog;
  readonly projections: ReadonlyMap<string, AnyProjection>;
  /** Addresses of the events that a view leaves out. */
  skippedBy(view: string): Promise<ReadonlySet<string>>;
  /** What other answers have folded. */
  readonly kept: KeptPast;
  /** Names of streams that the index finds, and perhaps others that came later; at most so many. */
  streamsWhere(values: Readonly<Record<string, string>>, most: number): Promise<readonly string[]>;
}

/**
 * Documents as they were when the log ended at a position. What is asked for is folded then, from the beginning of the
 * streams that it comes from, by the same fold as the view of today.
 */
export class PastReader implements Pick<SnapshotReader, 'get' | 'find'> {
  readonly #folded = new Map<string, Promise<PastDocuments>>();
  #streams = 0;
  #events = 0;

  constructor(
    private readonly upTo: Position,
    private readonly options: PastReaderOptions,
  ) {}

  async get(addresses: readonly DocAddress[]): Promise<readonly (Doc | null)[]> {
    const found: (Doc | null)[] = [];
    for (const { view, kind, key } of addresses) {
      const projection = this.#projection(view);
      const origin = kindOf(projection, kind).origins?.key?.(key);
      if (!origin) throw new Error(`Where ${kind} of ${view} comes from is not declared for its keys.`);
      found.push((await this.#documents(projection, origin)).get(kind, key));
    }
    return found;
  }

  async find(request: FindRequest): Promise<readonly FoundDoc[]> {
    const { view, kind, where } = request;
    const projection = this.#projection(view);
    for (const [field, origins] of Object.entries(kindOf(projection, kind).origins?.fields ?? {})) {
      const condition = where[field];
      if (!condition || !('eq' in condition)) continue;
      return (await this.#documents(projection, origins(String(condition.eq)))).find(request);
    }
    throw new Error(`Where ${kind} of ${view} comes from is not declared for ${Object.keys(where).join(', ')}.`);
  }

  /** Events of types that this build does not know are left out, as views leave them out. */
  async events({ eventsOf, keep }: EventsRef): Promise<readonly StoredEvent[]> {
    const kept: StoredEvent[] = [];
    for await (const event of this.#eventsOf(await this.#streamsOf(eventsOf))) {
      if (!this.options.catalog.knows(event.type)) continue;
      const read = this.#attempt(event, 'Nothing can be told of', () => this.options.catalog.read(event));
      if (keep(read)) kept.push(read);
    }
    return kept;
  }

  #projection(view: string): AnyProjection {
    const projection = this.options.projections.get(view);
    if (!projection) throw new Error(`There is no view called ${view}.`);
    return projection;
  }

  /** Two origins may have streams in common: each has its documents for itself. */
  #documents(projection: AnyProjection, origin: Origin): Promise<PastDocuments> {
    const name = `${projection.name} ${JSON.stringify(origin)}`;
    const folded = this.#folded.get(name) ?? this.#fold(projection, origin);
    this.#folded.set(name, folded);
    return folded;
  }

  async #fold(projection: AnyProjection, origin: Origin): Promise<PastDocuments> {
    const skipped = await this.options.skippedBy(projection.name);
    const name = JSON.stringify([this.upTo, projection.name, origin, [...skipped].sort()]);
    const kept = this.options.kept.find(name);
    if (kept) {
      this.#count('streams', (this.#streams += kept.streams), limits.pastStreams);
      this.#count('events', (this.#events += kept.events), limits.pastEvents);
      return kept.documents;
    }
    const documents = new PastDocuments(projection);
    const streams = await this.#streamsOf(origin);
    let events = 0;
    for await (const event of this.#eventsOf(streams)) {
      events += 1;
      if (!projection.on[event.type] || skipped.has(addressOf(event))) continue;
      this.#attempt(event, `${projection.name} cannot fold`, () => documents.fold(this.options.catalog.read(event)));
    }
    this.options.kept.keep(name, { documents, streams: streams.length, events });
    return documents;
  }

  async *#eventsOf(streams: readonly string[]): AsyncGenerator<StoredEvent, void> {
    this.#count('streams', (this.#streams += streams.length), limits.pastStreams);
    for await (const events of inLogOrder(this.options.log, streams, this.upTo)) {
      this.#count('events', (this.#events += events.length), limits.pastEvents);
      for (const [index, event] of events.entries()) {
        yield event;
        if (index % limits.pastEventsPerTurn === 0) await turnOfEventLoop();
      }
    }
  }

  async #streamsOf(origin: Origin): Promise<readonly string[]> {
    if ('stream' in origin) return [origin.stream];
    return this.options.streamsWhere(origin.streamsWhere, limits.pastStreams + 1);
  }

  #attempt<T>(event: StoredEvent, cannot: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw new PastParkedError(event.meta.recordedAt, `${cannot} ${addressOf(event)}.`, error);
    }
  }

  #count(what: string, count: number, most: number): void {
    if (count > most) throw new TooWideError(`It rests on more than ${most} ${what}.`);
  }
}

function kindOf({ name, kinds }: AnyProjection, kind: string): KindDeclaration {
  const declared: KindDeclaration | undefined = kinds[kind];
  if (!declared) throw new Error(`${name} has no documents of kind ${kind}.`);
  return declared;
}
