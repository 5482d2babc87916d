import { setMaxListeners } from 'node:events';
import type { Logger } from '../ports/logger.js';
import { OutcomeUnknownError, StoreUnavailableError } from '../ports/event-store.js';
import { FencedError, type Lease } from '../ports/leases.js';
import type { Time } from './time.js';
import { Wake } from './wake.js';
import type { Work } from './work.js';

const restMs = { first: 100, most: 5_000 } as const;

/** Whether what hindered a work passes by itself, so that it can begin again. */
export function isPassing(error: unknown): boolean {
  return error instanceof FencedError || error instanceof StoreUnavailableError || error instanceof OutcomeUnknownError;
}

export interface OngoingOptions {
  readonly log: Logger;
  readonly time: Time;
  /** It has met another owner: it is time to see which leases are still held. */
  readonly fenced: () => void;
  /** It cannot go on, and trying again would not help. */
  readonly failed: (error: unknown) => void;
}

/** One work as this process does it: with the parts that it holds at the moment, begun anew when they change. */
export class OngoingWork {
  /** By part. What is held is renewed, also while it comes to rest. */
  readonly #held = new Map<string, Lease>();
  readonly #leaving = new WeakSet<Lease>();
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;
  /** Changes follow one another. */
  #changing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(
    readonly work: Work,
    private readonly options: OngoingOptions,
  ) {}

  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  leaseOf(part: string): Lease | undefined {
    return this.#held.get(part);
  }

  /** Goes on with these parts too. */
  give(given: ReadonlyMap<string, Lease>): void {
    for (const [part, lease] of given) this.#held.set(part, lease);
    void this.#change();
  }

  /** Goes on without these parts. Resolves when they are at rest, and not held any more: another may begin. */
  async leave(parts: readonly string[]): Promise<void> {
    const leases = parts.map((part) => this.#held.get(part)).filter((lease) => lease !== undefined);
    if (leases.length === 0) return;
    for (const lease of leases) this.#leaving.add(lease);
    await this.#change();
    for (const [part, lease] of this.#held) if (leases.includes(lease)) this.#held.delete(part);
  }

  /** Goes on with nothing any more, whatever is given; `leave` tells when it is at rest. */
  stop(): void {
    this.#isStopped = true;
    this.#running?.stop.abort();
  }

  /** Resolves when what ran before is at rest, and what is held now has begun. */
  #change(): Promise<void> {
    this.#running?.stop.abort();
    return (this.#changing = this.#changing.then(async () => {
      this.#running?.stop.abort();
      await this.#running?.ended;
      this.#running = null;
      const worked = [...this.#held].filter(([, lease]) => !this.#leaving.has(lease));
      if (worked.length > 0 && !this.#isStopped) this.#start(new Map(worked.map(([part, { epoch }]) => [part, epoch])));
    }));
  }

  #start(epochs: ReadonlyMap<string, number>): void {
    const stop = new AbortController();
    // Whatever a work does at once, and waits for, listens to it.
    setMaxListeners(0, stop.signal);
    this.#running = { stop, ended: this.#run(epochs, stop.signal) };
  }

  /** Never rejects. One that was fenced begins again from what is stored now; if the lease is lost, it is taken away. */
  async #run(epochs: ReadonlyMap<string, number>, signal: AbortSignal): Promise<void> {
    const { log, time, fenced, failed } = this.options;
    const rest = new Wake(time);
    for (let failures = 0; !signal.aborted; failures += 1) {
      const begunAt = time.now();
      try {
        return await this.work.run(epochs, signal);
      } catch (error) {
        if (signal.aborted) return;
        const { parts } = this.work;
        if (!isPassing(error)) {
          log.error({ parts, error }, 'work cannot go on');
          return failed(error);
        }
        if (time.now() - begunAt > restMs.most) failures = 0;
        log.warn({ parts, error, failures }, 'work begins again');
        if (error instanceof FencedError) fenced();
      }
      await rest.rest(Math.min(restMs.most, restMs.first * 2 ** failures), signal);
    }
  }
}
