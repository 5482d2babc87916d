import type { StoredEvent } from '../../engine/ports/event-store.js';
import type { KurrentLimits } from './limits.js';
import type { Place } from './positions.js';

/** An event as text, so that each who reads it has objects of its own. */
interface Row {
  readonly place: Place;
  readonly type: string;
  readonly json: string;
}

/** The last events of the log in memory, for all who follow it closely. */
export class LogRing {
  #rows: Row[] = [];
  /** Rows before this index are given up. */
  #first = 0;
  #bytes = 0;
  /** Every event of ours behind this place is here. */
  #floor: Place;

  constructor(
    floor: Place,
    private readonly limits: KurrentLimits,
  ) {
    this.#floor = floor;
  }

  get floor(): Place {
    return this.#floor;
  }

  add(place: Place, event: StoredEvent): void {
    const { ringEvents, ringBytes } = this.limits;
    const row = { place, type: event.type, json: JSON.stringify(event) };
    this.#rows.push(row);
    this.#bytes += row.json.length;
    while (this.#rows.length - this.#first > ringEvents || this.#bytes > ringBytes) this.#dropFirst();
    if (this.#first > ringEvents) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Events behind a place that is not below the floor, at most so many; those of other types are left out. */
  after(place: Place, most: number, types?: ReadonlySet<string>) {
    let [low, high] = [this.#first, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle]?.place ?? '') > place) high = middle;
      else low = middle + 1;
    }
    const rows = this.#rows.slice(low, low + most);
    const wanted = types ? rows.filter(({ type }) => types.has(type)) : rows;
    return {
      events: wanted.map(({ json }) => JSON.parse(json) as StoredEvent),
      upTo: rows.at(-1)?.place ?? place,
      isAll: low + most >= this.#rows.length,
    };
  }

  #dropFirst(): void {
    const row = this.#rows[this.#first];
    if (!row) return;
    this.#bytes -= row.json.length;
    this.#floor = row.place;
    this.#first += 1;
  }
}
