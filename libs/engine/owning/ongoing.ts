import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../ports/logger.js';
import { OutcomeUnknownError, StoreUnavailableError } from '../ports/event-store.js';
import { FencedError, type Lease } from '../ports/leases.js';
import type { Work } from './work.js';

const restMs = { first: 100, most: 5_000 } as const;

/** Whether what hindered a work passes by itself, so that it can begin again. */
export function isPassing(error: unknown): boolean {
  return error instanceof FencedError || error instanceof StoreUnavailableError || error instanceof OutcomeUnknownError;
}

/** One work as this process does it: with the parts that it holds at the moment, begun anew when they change. */
export class OngoingWork {
  /** By part. */
  readonly #held = new Map<string, Lease>();
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;

  constructor(
    readonly work: Work,
    private readonly log: Logger,
    /** It cannot go on, and trying again would not help. */
    private readonly failed: (error: unknown) => void,
  ) {}

  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  leaseOf(part: string): Lease | undefined {
    return this.#held.get(part);
  }

  /** Goes on with other parts. Resolves when what ran before is at rest: what it gave up, another may begin. */
  async change(given: ReadonlyMap<string, Lease>, taken: readonly string[]): Promise<void> {
    await this.stop();
    for (const part of taken) this.#held.delete(part);
    for (const [part, lease] of given) this.#held.set(part, lease);
    if (this.#held.size > 0) this.#start();
  }

  async stop(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.ended;
    this.#running = null;
  }

  #start(): void {
    const stop = new AbortController();
    this.#running = { stop, ended: this.#run(stop.signal) };
  }

  /** Never rejects. One that was fenced begins again from what is stored now; if the lease is lost, it is taken away. */
  async #run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const epochs = new Map([...this.#held].map(([part, { epoch }]) => [part, epoch]));
        return await this.work.run(epochs, signal);
      } catch (error) {
        if (signal.aborted) return;
        const { parts } = this.work;
        if (!isPassing(error)) {
          this.log.error({ parts, error }, 'work cannot go on');
          return this.failed(error);
        }
        this.log.warn({ parts, error, failures }, 'work begins again');
      }
      const restFor = Math.min(restMs.most, restMs.first * 2 ** failures);
      await pause(restFor, undefined, { signal }).catch(() => undefined);
    }
  }
}
