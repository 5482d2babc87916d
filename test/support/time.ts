import type { Time } from '#lib/engine/owning/time.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  readonly of: ProcessTime;
}

/** Time that passes when a test says so, for several processes, each of which may sleep meanwhile. In milliseconds. */
export class ManualTime {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  /** Time as one process has it. */
  ofProcess(): ProcessTime {
    return new ProcessTime(this, this.#timers);
  }

  /** Whoever is awake is called when it is time, one after the other, each with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settled();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && !timer.of.isAsleep && (!next || timer.at < next.at)) next = timer;
    }
    return next;
  }
}

/** What it is called for while it is asleep comes when it wakes up. */
export class ProcessTime implements Time {
  isAsleep = false;

  constructor(
    private readonly all: ManualTime,
    private readonly timers: Set<Timer>,
  ) {}

  now(): number {
    return this.all.now();
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.all.now() + ms, callback, of: this };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
}

/** Everything that waits for nothing but promises has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
