/** The time, as a port: tests set it. */
export interface Clock {
  /** ISO 8601, UTC, milliseconds. */
  now(): string;
  /** Calls back at an instant or soon after, also if it has passed; returns how to call it off. */
  at(instant: string, callback: () => void): () => void;
}

/** setTimeout's longest delay; a later instant is waited for in several turns. */
const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  at(instant, callback) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const delayMs = Date.parse(instant) - Date.now();
      timer = delayMs > longestDelayMs ? setTimeout(wait, longestDelayMs) : setTimeout(callback, Math.max(0, delayMs));
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
