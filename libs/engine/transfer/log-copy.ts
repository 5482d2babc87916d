import { canonicalJson } from '../model/canonical.js';
import { Appender } from '../commands/appender.js';
import type { EventStore, Position, StoredEvent } from '../ports/event-store.js';
import { TransferError, type EventLine } from './format.js';
import { logPages } from './log-pages.js';

/** Places in the copy that are kept: one of so many, so that memory does not grow with the log. */
const eventsBetweenPlaces = 1_000;

interface Place {
  readonly ordinal: number;
  readonly position: Position;
}

/** A log that becomes the copy of another: what is there is compared with what must be, the rest is appended in order. */
export class LogCopy {
  readonly #appender: Appender;
  readonly #places: Place[] = [];
  #existing: readonly StoredEvent[] = [];
  #next = 0;
  #count = 0;
  #last: Position;

  private constructor(
    private readonly log: EventStore,
    private readonly pages: AsyncGenerator<readonly StoredEvent[], void>,
    private readonly before: Position,
    private readonly signal: AbortSignal,
  ) {
    this.#appender = new Appender(log);
    this.#last = before;
  }

  /** `before`: a position before every event. */
  static async open(log: EventStore, before: Position, signal: AbortSignal): Promise<LogCopy> {
    const copy = new LogCopy(log, logPages(log, before, await log.head(), signal), before, signal);
    await copy.#readOn();
    return copy;
  }

  /** Whether the log holds events that were not compared yet. */
  get isAhead(): boolean {
    return this.#next < this.#existing.length;
  }

  /** Whether the log ends with what was taken. */
  async isWhole(): Promise<boolean> {
    return !this.isAhead && (await this.log.head()) === this.#last;
  }

  /** Throws TransferError if another event stands where one of these must. */
  async take(events: readonly EventLine[]): Promise<void> {
    let from = 0;
    for (let event = events[0]; event && this.isAhead; event = events[from]) {
      await this.#compare(event);
      from += 1;
    }
    for (let to = from; from < events.length; from = to) {
      this.signal.throwIfAborted();
      to = endOfAppend(events, from);
      await this.#append(events.slice(from, to));
    }
  }

  /** The position of the nth event, n being at most as many as were taken; of 0, one before every event. */
  async positionOf(ordinal: number): Promise<Position> {
    const near = this.#places.findLast((place) => place.ordinal <= ordinal);
    let reached = near?.ordinal ?? 0;
    const from = near?.position ?? this.before;
    if (reached === ordinal) return from;
    for await (const page of logPages(this.log, from, await this.log.head(), this.signal)) {
      const found = page[ordinal - reached - 1];
      if (found) return found.position;
      reached += page.length;
    }
    throw new Error(`The log has no event ${ordinal}.`);
  }

  async #compare(event: EventLine): Promise<void> {
    const found = this.#existing[this.#next];
    if (!found || textOf(found) !== textOf(event)) {
      throw new TransferError(
        `Where ${event.stream}@${event.revision} of the export must be, the target's log holds ` +
          `${found?.stream}@${found?.revision}, which is another event. Name stores that hold nothing.`,
      );
    }
    this.#passed(1, found.position);
    this.#next += 1;
    if (!this.isAhead) await this.#readOn();
  }

  async #append(events: readonly EventLine[]): Promise<void> {
    const [first] = events;
    if (!first) return;
    const { stream, revision } = first;
    const appended = await this.#appender.append(stream, revision === 0 ? 'none' : revision - 1, events);
    if (appended.outcome === 'appended') return this.#passed(events.length, appended.position);
    if (appended.outcome === 'unknown') {
      throw new TransferError(`It is not known whether ${stream}@${revision} was written. Run the same again.`);
    }
    throw new TransferError(
      `${stream}@${revision} cannot be written, since that stream is at revision ${appended.actual}: ` +
        'somebody else writes into the target. Stop it, and import into stores that hold nothing.',
    );
  }

  #passed(events: number, position: Position): void {
    this.#count += events;
    this.#last = position;
    const last = this.#places.at(-1)?.ordinal ?? 0;
    if (this.#count - last >= eventsBetweenPlaces) this.#places.push({ ordinal: this.#count, position });
  }

  async #readOn(): Promise<void> {
    const { done, value } = await this.pages.next();
    this.#existing = done ? [] : value;
    this.#next = 0;
  }
}

/** Events that one command wrote into one stream are appended together. */
function endOfAppend(events: readonly EventLine[], from: number): number {
  const first = events[from];
  const isOther = ({ stream, meta }: EventLine) => stream !== first?.stream || meta.commandId !== first.meta.commandId;
  const to = events.findIndex((event, index) => index > from && isOther(event));
  return to < 0 ? events.length : to;
}

/** Not every store keeps the members of an event in the order in which they were given. */
function textOf({ stream, revision, id, type, data, meta }: Omit<EventLine, 'kind'>): string {
  return canonicalJson([stream, revision, id, type, data, meta]);
}
