import type { EventRow } from './event-row.js';
import type { Place } from './positions.js';

// Few, since rows that live long cost the garbage collector more than reading them again costs the database.
const limits = { events: 256, bytes: 4 * 1024 * 1024 } as const;

/** The last rows of the log in memory, so that those who follow closely need no database. */
export class LogRing {
  #rows: EventRow[] = [];
  /** Rows before this index are given up. */
  #first = 0;
  #bytes = 0;
  /** Every row behind this place is here. */
  #floor: Place;

  constructor(head: Place) {
    this.#floor = head;
  }

  add(row: EventRow): void {
    this.#rows.push(row);
    this.#bytes += bytesOf(row);
    while (this.#rows.length - this.#first > limits.events || this.#bytes > limits.bytes) this.#dropFirst();
    if (this.#first > limits.events) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Rows behind a place, at most so many; null if some of them are not here any more. */
  after(place: Place, most: number): readonly EventRow[] | null {
    if (place < this.#floor) return null;
    let [low, high] = [this.#first, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle]?.place ?? '') > place) high = middle;
      else low = middle + 1;
    }
    return this.#rows.slice(low, low + most);
  }

  #dropFirst(): void {
    const row = this.#rows[this.#first];
    if (!row) return;
    this.#bytes -= bytesOf(row);
    this.#floor = row.place;
    this.#first += 1;
  }
}

function bytesOf({ data, meta }: EventRow): number {
  return data.length + meta.length + 300;
}
