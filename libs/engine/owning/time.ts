/** Time as it passes, whatever the time of day is set to; tests bring their own. */
export interface Time {
  /** Milliseconds since some beginning. */
  now(): number;
  /** Calls back once, after so many milliseconds. Returns how to call it off. */
  after(ms: number, callback: () => void): () => void;
}

export const passingTime: Time = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};
