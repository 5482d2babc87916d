import type { StoredEvent } from '../../engine/ports/event-store.js';
import type { KurrentLimits } from './limits.js';
import type { LivePage } from './live-log.js';
import { noPlace, type Place } from './positions.js';
import type { Reads } from './reads.js';
import { checkResume, orUnavailable } from './resuming.js';
import { isOurs, placeOfDelivered, storedEventOf, type Delivered, type LogName } from './stored-event.js';

/** Reads the log in large pages for one who is far from its end, and gives them on in small ones. */
export class CatchUp {
  #pending: readonly StoredEvent[] = [];
  /** Nothing lay behind what is pending when it was read. */
  #isEnd = false;
  /** What was read has not been given yet, even if nothing is pending. */
  #isFresh = false;
  /** Where the first reading begins, if nothing of ours lies before that. */
  #from: Place | null = null;
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

  /**
   * Checks that one can resume behind a place. Where an event of ours stands there, as nearly always, it comes first
   * when what lies behind is read, so that this costs nothing. `from`: nothing of ours lies between the two.
   */
  async begin(place: Place, from: Place, stop: AbortSignal): Promise<void> {
    if (from !== place) {
      this.#from = from;
      return checkResume(place, this.reads, this.limits, stop);
    }
    if (place === noPlace) return;
    const most = this.#most;
    const once = { stop, ms: 0 };
    const found = await this.reads.forwards(place, most, this.log.namespace, once).catch(orUnavailable);
    const [first] = found ?? [];
    if (!found || !first || placeOfDelivered(first) !== place) {
      return checkResume(place, this.reads, this.limits, stop);
    }
    this.#take(found, most, place);
  }

  /** What lies behind a place: that of the page before, unless all of it was given on. */
  async after(place: Place, stop: AbortSignal, types?: ReadonlySet<string>): Promise<LivePage> {
    if (this.isEmpty && !this.#isFresh) {
      const most = this.#most;
      const from = this.#from ?? place;
      this.#from = null;
      const found = await this.reads.forwards(from, most, this.log.namespace, { stop, ms: Infinity });
      this.#take(found, most, place);
    }
    this.#isFresh = false;
    const events = this.#pending.slice(0, this.limits.pageGiven);
    this.#pending = this.#pending.slice(events.length);
    return {
      events: types ? events.filter(({ type }) => types.has(type)) : events,
      upTo: events.at(-1)?.position.slice(this.log.logId.length + 1) ?? place,
      atHead: this.isEmpty && this.#isEnd,
    };
  }

  /** The event at the place itself comes again; the last one shows only that there is more. */
  get #most(): number {
    return this.#size + 2;
  }

  #take(found: readonly Delivered[], most: number, place: Place): void {
    this.#isFresh = true;
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
