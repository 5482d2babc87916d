import type { KurrentLimits } from './limits.js';
import { noPlace, type Place } from './positions.js';
import type { Patience, Reads } from './reads.js';
import { isOurs, placeOfDelivered, type Delivered, type LogName } from './stored-event.js';

/** What a look at the log's end found: our last event, and how far everybody's events were looked through. */
export interface Look {
  readonly last: Place;
  readonly through: Place;
}

/** Events of everybody that are read before the server is asked for ours alone, which takes longer where there are many. */
const pages = [16, 128, 1_024];

/**
 * Looks for our last event from the log's end backwards, as far as the look before had come: in a store that others
 * fill, what lies between two looks is searched once, and mostly by the server.
 */
export class LogHead {
  #seen: Look;
  #isFirst = true;
  #seenAt = -Infinity;
  /** Looks follow one another; the queued one has not begun, so that whoever comes now may share it. */
  #looking: Promise<Look> | null = null;
  #queued: Promise<Look> | null = null;

  constructor(
    private readonly log: LogName,
    /** Where the log's ID stands: nothing of ours lies before it. */
    private readonly from: Place,
    private readonly reads: Reads,
    private readonly limits: KurrentLimits,
    /** Ends a look; and how long one that fails is tried again. Those who share a look share these, too. */
    private readonly patience: Patience,
  ) {
    this.#seen = { last: noPlace, through: from };
  }

  /** As new as this call. Throws StoreUnavailableError. */
  look(): Promise<Look> {
    if (!this.#looking) return (this.#looking = this.#look().finally(() => (this.#looking = null)));
    return (this.#queued ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.look();
      }));
  }

  /**
   * From where on to read what lies behind a place: a later one if nothing of ours lay between the two when the log was
   * looked at last. Has it looked at again, for next time, when that was a while ago.
   */
  after(place: Place): Place {
    if (performance.now() - this.#seenAt > this.limits.silenceMs) void this.look().catch(() => undefined);
    const { last, through } = this.#seen;
    const start = place === noPlace ? this.from : place;
    return last <= start && start < through ? through : start;
  }

  async #look(): Promise<Look> {
    const { last, through: before } = this.#seen;
    let through: Place | null = null;
    let end: Place | null = null;
    for (const size of pages) {
      const page = await this.reads.backwards(end, size, null, this.patience);
      for (const delivered of page) {
        const place = placeOfDelivered(delivered);
        if (place === null) continue;
        through ??= place;
        end = place;
        if (place <= before) return this.#found(last, through);
        if (isOurs(this.log, delivered)) return this.#found(place, through);
      }
      if (page.length < size) return this.#found(last, through ?? before);
    }
    const ours = this.#isFirst ? await this.#lastBefore(end) : await this.#lastBehind(before);
    return this.#found(ours ?? last, through ?? before);
  }

  /** Null: there is none. */
  async #lastBefore(place: Place | null): Promise<Place | null> {
    const [event] = await this.reads.backwards(place, 1, this.log.namespace, this.patience);
    return event && isOurs(this.log, event) ? placeOfDelivered(event) : null;
  }

  async #lastBehind(place: Place): Promise<Place | null> {
    const { namespace } = this.log;
    const { pageMost } = this.limits;
    let last: Place | null = null;
    for (;;) {
      const page: readonly Delivered[] = await this.reads.forwards(last ?? place, pageMost, namespace, this.patience);
      const event = page.findLast((delivered) => isOurs(this.log, delivered));
      last = (event && placeOfDelivered(event)) ?? last;
      if (page.length < pageMost) return last;
    }
  }

  #found(last: Place, through: Place): Look {
    this.#isFirst = false;
    this.#seenAt = performance.now();
    // One of ours may have come since the newest of everybody's was read.
    return (this.#seen = { last, through: last > through ? last : through });
  }
}
