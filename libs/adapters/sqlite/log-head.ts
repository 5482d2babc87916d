import { noPlace, type Place } from './positions.js';

/** Where the log ends, as far as this thread was told; wakes who waits for more. */
export class LogHead {
  #place: Place;
  #isClosed = false;
  readonly #waiters = new Set<() => void>();

  constructor(place: Place = noPlace) {
    this.#place = place;
  }

  get place(): Place {
    return this.#place;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  advance(place: Place): void {
    if (place <= this.#place) return;
    this.#place = place;
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Until the log goes on behind a place, the signal aborts, or this closes. Leaves nothing behind. */
  async beyond(place: Place, signal: AbortSignal): Promise<void> {
    if (this.#place > place || this.#isClosed || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiters.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiters.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
