import type { History } from '#lib/engine/history/history.js';
import { TooWideError } from '#lib/engine/history/past-reader.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { Origin } from '#lib/engine/model/projection.js';
import type { PlacedEvent } from '#lib/engine/model/query.js';
import type { Position } from '#lib/engine/ports/event-store.js';
import { everyStream } from '#lib/views/stream-index.js';

/** Events that one question may be about: they are all in memory, twice folded and twice gone on from. */
export const mostEvents = 50_000;

/** Whole streams up to a position, as many as a question turns out to need. */
export class KnownStreams {
  readonly #looked = new Set<string>();
  readonly #events: PlacedEvent[] = [];
  readonly #reader;

  constructor(history: History, position: Position) {
    this.#reader = history.reader(position);
  }

  /** In the order of the log. */
  get events(): readonly Recorded[] {
    return this.#events;
  }

  /** All of a customer's seat pools. */
  async takePoolsOf(tenantId: string): Promise<void> {
    for (const { stream } of await this.#take(everyStream('seatPool', { tenantId }))) this.#looked.add(stream);
    this.#sort();
  }

  /** Reads those that were not looked for yet; false: there was none. Throws TooWideError. */
  async take(streams: Iterable<string>): Promise<boolean> {
    const news = [...streams].filter((stream) => !this.#looked.has(stream));
    for (const stream of news) {
      this.#looked.add(stream);
      await this.#take({ stream });
    }
    if (news.length > 0) this.#sort();
    return news.length > 0;
  }

  #sort(): void {
    this.#events.sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  async #take(eventsOf: Origin): Promise<readonly PlacedEvent[]> {
    let room = mostEvents - this.#events.length;
    const keep = (): boolean => {
      room -= 1;
      if (room < 0) throw new TooWideError(`It rests on more than ${mostEvents} events.`);
      return true;
    };
    const found = await this.#reader.events({ eventsOf, keep });
    for (const event of found) this.#events.push(event);
    return found;
  }
}
