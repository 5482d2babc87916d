/** The time, as a port: tests set it. */
export interface Clock {
  /** ISO 8601, UTC, milliseconds. */
  now(): string;
  /** Calls back at an instant or soon after, also if it has passed; returns how to call it off. */
  at(instant: string, callback: () => void): () => void;
}

/** setTimeout's longest delay; a later instant is waited for in several turns. */
const longestDelayMs = 2 ** 31 - 1;

/** Asked several times for each request: the text of a millisecond is made once. */
let [shownMs, shown] = [0, new Date(0).toISOString()];

export const systemClock: Clock = {
  now() {
    const nowMs = Date.now();
    if (nowMs !== shownMs) [shownMs, shown] = [nowMs, new Date(nowMs).toISOString()];
    return shown;
  },
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
