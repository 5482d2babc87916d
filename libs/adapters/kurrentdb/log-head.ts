import type { KurrentLimits } from './limits.js';
import { noPlace, type Place } from './positions.js';
import type { Patience, Reads } from './reads.js';
import { isOurs, placeOfDelivered, type LogName } from './stored-event.js';

/** What a look at the log's end found: our last event, and how far everybody's events were looked through. */
export interface Look {
  readonly last: Place;
  readonly through: Place;
}

/**
 * Looks for our last event from the log's end backwards, as far as the look before had come: in a store that others
 * fill, what lies between two looks is searched once.
 */
export class LogHead {
  #seen: Look;
  /** Looks follow one another; the queued one has not begun, so that whoever comes now may share it. */
  #looking: Promise<Look> | null = null;
  #queued: Promise<Look> | null = null;

  constructor(
    private readonly log: LogName,
    /** Where the log's ID stands: nothing of ours lies before it. */
    from: Place,
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

  async #look(): Promise<Look> {
    let through: Place | null = null;
    let before: Place | null = null;
    for (let size = 16; ; size = Math.min(size * 8, this.limits.pageMost)) {
      const page = await this.reads.backwards(before, size, this.patience);
      for (const delivered of page) {
        const place = placeOfDelivered(delivered);
        if (place === null) continue;
        through ??= place;
        before = place;
        if (place <= this.#seen.through) return this.#found(this.#seen.last, through);
        if (isOurs(this.log, delivered)) return this.#found(place, through);
      }
      if (page.length < size) return this.#found(this.#seen.last, through ?? this.#seen.through);
    }
  }

  #found(last: Place, through: Place): Look {
    return (this.#seen = { last, through });
  }
}
