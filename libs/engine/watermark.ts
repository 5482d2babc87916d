import type { Position } from './ports/event-store.js';

/** A position that only rises, and who waits for it. */
export class Watermark {
  #position: Position | null;
  #waiters = new Set<{ readonly position: Position; readonly reached: () => void }>();

  constructor(position: Position | null = null) {
    this.#position = position;
  }

  get position(): Position | null {
    return this.#position;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  hasReached(position: Position): boolean {
    return this.#position !== null && this.#position >= position;
  }

  raise(position: Position): void {
    if (this.hasReached(position)) return;
    this.#position = position;
    for (const waiter of this.#waiters) {
      if (waiter.position > position) continue;
      this.#waiters.delete(waiter);
      waiter.reached();
    }
  }

  /** True when the position is reached, false when `timeoutMs` passed first. Leaves no waiter behind. */
  reach(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.hasReached(position)) return Promise.resolve(true);
    if (timeoutMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter = {
        position,
        reached: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        resolve(false);
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }
}
