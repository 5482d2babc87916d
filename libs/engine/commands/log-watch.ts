import { limits } from '../limits.js';
import { StoreUnavailableError, type EventStore, type Position } from '../ports/event-store.js';

/**
 * What other processes append, for a store that is not this process's alone: says which streams have gone on, and when
 * everything is known that was in the log at the time of asking. It reads on in the log when somebody asks, all who ask
 * at once by one reading, so that a command need not read again each stream that it rests on; and now and then when
 * nobody does, so that it is never far behind. A subscription would cost each command more than its append does.
 */
export class LogWatch {
  /** Everything up to here has been told; null: not begun. */
  #known: Position | null = null;
  #starting: Promise<void> | null = null;
  /** Readings follow one another; the queued one has not begun, so that whoever comes now may share it. */
  #reading: Promise<void> | null = null;
  #queued: Promise<void> | null = null;
  #endReading: () => void = () => undefined;
  #keepingUp: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(
    private readonly store: EventStore,
    private readonly goneOn: (stream: string, revision: number) => void,
  ) {}

  /** What is read after this has resolved can be kept: whatever is appended later is told. */
  started(): Promise<void> {
    return (this.#starting ??= this.store.head().then(
      (head) => {
        this.#known = head;
        this.#keepUp();
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
    try {
      await this.#read();
    } catch (cause) {
      throw new StoreUnavailableError('What other processes have written is not known here yet.', { cause });
    }
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#keepingUp) clearInterval(this.#keepingUp);
    this.#endReading();
  }

  #keepUp(): void {
    if (this.#isStopped) return;
    let before = this.#known;
    this.#keepingUp = setInterval(() => {
      // Who fails here will be told when somebody asks.
      if (this.#known === before) void this.#read().catch(() => undefined);
      before = this.#known;
    }, limits.knownEveryMs).unref();
  }

  #read(): Promise<void> {
    if (!this.#reading) return (this.#reading = this.#readOn().finally(() => (this.#reading = null)));
    return (this.#queued ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.#read();
      }));
  }

  /** The first pages of a follower are read when it asks: `atHead` says that everything from before is known. */
  async #readOn(): Promise<void> {
    const ending = new AbortController();
    const late = setTimeout(() => ending.abort(), limits.knownWithinMs);
    this.#endReading = () => ending.abort();
    if (this.#isStopped) ending.abort();
    try {
      for await (const { events, upTo, atHead } of this.store.follow(this.#known, ending.signal)) {
        for (const { stream, revision } of events) this.goneOn(stream, revision);
        this.#known = upTo;
        if (atHead) return;
      }
    } finally {
      clearTimeout(late);
    }
    throw new Error('The log was not read in time.');
  }
}
