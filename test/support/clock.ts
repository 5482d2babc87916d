import type { Clock } from '#lib/engine/ports/clock.js';

/** A clock that stands still until a test moves it; what is due is called back while it moves. */
export class ManualClock implements Clock {
  #now: number;
  readonly #waiting = new Map<object, { readonly at: number; readonly callback: () => void }>();

  constructor(instant = '2026-03-01T12:00:00.000Z') {
    this.#now = Date.parse(instant);
  }

  now(): string {
    return new Date(this.#now).toISOString();
  }

  at(instant: string, callback: () => void): () => void {
    const handle = {};
    this.#waiting.set(handle, { at: Date.parse(instant), callback });
    // Past instants call back soon, as with the system's clock.
    setImmediate(() => this.#callDue());
    return () => this.#waiting.delete(handle);
  }

  advance(ms: number): void {
    this.#now += ms;
    this.#callDue();
  }

  #callDue(): void {
    for (const [handle, { at, callback }] of this.#waiting) {
      if (at > this.#now) continue;
      this.#waiting.delete(handle);
      callback();
    }
  }
}
