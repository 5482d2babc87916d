import { limits } from '../limits.js';
import { StoreUnavailableError } from '../ports/event-store.js';

interface Queue {
  tail: Promise<unknown>;
  length: number;
}

/**
 * Acts on one stream happen one after another, those on different streams at once. Without it, callers that race for
 * the same stream beat each other at the store over and over.
 */
export class StreamQueues {
  readonly #queues = new Map<string, Queue>();
  #inAll = 0;

  /** Runs the act when all earlier ones on the stream have ended. Refuses what would make a queue too long. */
  run<T>(stream: string, act: () => Promise<T>): Promise<T> {
    let queue = this.#queues.get(stream);
    if ((queue?.length ?? 0) >= limits.queuePerStream || this.#inAll >= limits.queueInAll) {
      return Promise.reject(new StoreUnavailableError('Too many commands are waiting; try again shortly.'));
    }
    if (!queue) {
      queue = { tail: Promise.resolve(), length: 0 };
      this.#queues.set(stream, queue);
    }
    const mine = queue;
    mine.length += 1;
    this.#inAll += 1;
    const done = mine.tail.then(act);
    const ended = (): void => {
      mine.length -= 1;
      this.#inAll -= 1;
      if (mine.length === 0) this.#queues.delete(stream);
    };
    mine.tail = done.then(ended, ended);
    return done;
  }
}
