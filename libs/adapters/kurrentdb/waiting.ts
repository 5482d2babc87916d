import { setTimeout as sleep } from 'node:timers/promises';
import { TimedOutError } from './failures.js';
import type { KurrentLimits } from './limits.js';

/** The same, or the signal's reason as soon as it aborts. What is given up goes on unheard. */
export async function unless<T>(stop: AbortSignal, promise: Promise<T>): Promise<T> {
  let abort = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    abort = () => reject(stop.reason as Error);
    if (stop.aborted) abort();
    else stop.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    stop.removeEventListener('abort', abort);
  }
}

/** The same, or TimedOutError when `progress` has given the same for so long. What is given up goes on unheard. */
export async function withinMs<T>(ms: number, promise: Promise<T>, progress: () => number = () => 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    let before = progress();
    timer = setInterval(() => {
      if (progress() === before) reject(new TimedOutError(`No answer within ${ms} ms.`));
      before = progress();
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearInterval(timer);
  }
}

/** Pauses after the nth failure in a row, unless the signal aborts. Many who wait for one server do not come back at once. */
export async function pauseAfter(failures: number, limits: KurrentLimits, stop: AbortSignal): Promise<void> {
  const most = Math.min(limits.pauseMostMs, limits.pauseMs * 2 ** Math.min(failures, 20));
  await sleep(most * (0.5 + Math.random() / 2), undefined, { signal: stop });
}

/** Calls back those who wait, once. */
export class Waiters {
  readonly #waiters = new Set<() => void>();

  /** Until `wake` is called or the signal aborts. Leaves nothing behind. */
  async wait(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiters.delete(done);
        stop.removeEventListener('abort', done);
        resolve();
      };
      this.#waiters.add(done);
      stop.addEventListener('abort', done);
    });
  }

  wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
