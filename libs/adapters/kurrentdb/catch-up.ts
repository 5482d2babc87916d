import type { StoredEvent } from '../../engine/ports/event-store.js';
import type { KurrentLimits } from './limits.js';
import type { LivePage } from './live-log.js';
import type { Place } from './positions.js';
import type { Reads } from './reads.js';
import { isOurs, placeOfDelivered, storedEventOf, type LogName } from './stored-event.js';

/** Reads the log in large pages for one who is far from its end, and gives them on in small ones. */
export class CatchUp {
  #pending: readonly StoredEvent[] = [];
  /** Nothing lay behind what is pending when it was read. */
  #isEnd = false;
  #size: number;

  constructor(
    private readonly log: LogName,
    private readonly reads: Reads,
    private readonly limits: KurrentLimits,
  ) {
    this.#size = limits.pageFirst;
  }

  /** Nothing is left that was read ahead. */
  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** What lies behind a place: that of the page before, unless all of it was given on. */
  async after(place: Place, stop: AbortSignal, types?: ReadonlySet<string>): Promise<LivePage> {
    if (this.isEmpty) await this.#read(place, stop);
    const events = this.#pending.slice(0, this.limits.pageGiven);
    this.#pending = this.#pending.slice(events.length);
    return {
      events: types ? events.filter(({ type }) => types.has(type)) : events,
      upTo: events.at(-1)?.position.slice(this.log.logId.length + 1) ?? place,
      atHead: this.isEmpty && this.#isEnd,
    };
  }

  async #read(place: Place, stop: AbortSignal): Promise<void> {
    // The event at the place itself comes again; the last one shows only that there is more.
    const most = this.#size + 2;
    const found = await this.reads.forwards(place, most, this.log.namespace, { stop, ms: Infinity });
    this.#isEnd = found.length < most;
    const taken = this.#isEnd ? found : found.slice(0, -1);
    const ours = taken.filter((delivered) => isOurs(this.log, delivered) && placeOfDelivered(delivered) !== place);
    this.#pending = ours.map((delivered) => storedEventOf(this.log, delivered));
    this.#size = nextSize(this.#size, this.#pending, this.limits.pageMost, this.limits);
  }
}

/** Twice as many, if so many of the size of some of those that were read are not too large. */
export function nextSize(size: number, read: readonly StoredEvent[], most: number, limits: KurrentLimits): number {
  const some = read.filter((_, index) => index % 16 === 0);
  const bytes = some.reduce((sum, { data, meta }) => sum + JSON.stringify([data, meta]).length, 0);
  const fitting = Math.floor((limits.pageBytes * some.length) / Math.max(1, bytes));
  return Math.max(16, Math.min(most, size * 2, some.length > 0 ? fitting : most));
}
