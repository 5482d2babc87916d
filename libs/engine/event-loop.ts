/** Lets timers, messages and requests have their turn: who reads page after page from memory would keep them waiting. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

let together: (() => void)[] = [];

/**
 * The next turn, for all who ask for it in this one at once: what follows is then done step by step for all of them,
 * instead of from beginning to end for each, and finds its code in the processor's caches.
 */
export function turnTogether(): Promise<void> {
  return new Promise((resolve) => {
    together.push(resolve);
    if (together.length > 1) return;
    setImmediate(() => {
      const all = together;
      together = [];
      for (const go of all) go();
    });
  });
}
