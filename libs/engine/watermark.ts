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
      if (waiter.position <= position) waiter.reached();
    }
  }

  /** True when the position is reached; false when `timeoutMs` passed or `gone` aborted first. Leaves no waiter behind. */
  reach(position: Position, timeoutMs: number, gone?: AbortSignal): Promise<boolean> {
    if (this.hasReached(position)) return Promise.resolve(true);
    if (timeoutMs <= 0 || gone?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (reached: boolean): void => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        gone?.removeEventListener('abort', giveUp);
        resolve(reached);
      };
      const giveUp = (): void => end(false);
      const waiter = { position, reached: () => end(true) };
      const timer = setTimeout(giveUp, timeoutMs);
      gone?.addEventListener('abort', giveUp);
      this.#waiters.add(waiter);
    });
  }
}

/** The position that all of them have reached; null while one has none, or where there are none. */
export function lowestOf(watermarks: Iterable<Watermark>): Position | null {
  let lowest: Position | null = null;
  for (const { position } of watermarks) {
    if (position === null) return null;
    if (lowest === null || position < lowest) lowest = position;
  }
  return lowest;
}
