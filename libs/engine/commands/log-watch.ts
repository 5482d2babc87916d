import { limits } from '../limits.js';
import { StoreUnavailableError, type EventStore } from '../ports/event-store.js';
import { Watermark } from '../watermark.js';

/**
 * What other processes append, for a store that is not this process's alone: says which streams have gone on, and when
 * everything is known that was in the log at the time of asking. All who ask at once share one look at the log's head,
 * so that a command need not read again each stream that it rests on.
 */
export class LogWatch {
  readonly #stopping = new AbortController();
  readonly #known = new Watermark();
  #starting: Promise<void> | null = null;
  #failure: unknown = null;
  /** Looks at the head one after the other; the queued one has not begun, so that whoever comes now may share it. */
  #looking: Promise<string> | null = null;
  #queued: Promise<string> | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly goneOn: (stream: string, revision: number) => void,
  ) {}

  /** What is read after this has resolved can be kept: whatever is appended later is told. */
  started(): Promise<void> {
    return (this.#starting ??= this.store.head().then(
      (head) => {
        this.#known.raise(head);
        void this.#follow(head);
      },
      (error: unknown) => {
        this.#starting = null;
        throw error;
      },
    ));
  }

  /** Resolves when every append that was answered before the call has been told. */
  async caughtUp(): Promise<void> {
    await this.started();
    const head = await this.#look();
    if (this.#known.hasReached(head)) return;
    if (!this.#failure && (await this.#known.reach(head, limits.knownWithinMs, this.#stopping.signal))) return;
    const cause = this.#failure;
    throw new StoreUnavailableError('What other processes have written is not known here yet.', { cause });
  }

  stop(): void {
    this.#stopping.abort();
  }

  #look(): Promise<string> {
    if (!this.#looking) return (this.#looking = this.store.head().finally(() => (this.#looking = null)));
    return (this.#queued ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.#look();
      }));
  }

  async #follow(from: string): Promise<void> {
    try {
      for await (const { events, upTo } of this.store.follow(from, this.#stopping.signal)) {
        for (const { stream, revision } of events) this.goneOn(stream, revision);
        this.#known.raise(upTo);
      }
    } catch (error) {
      this.#failure = error;
    }
  }
}
