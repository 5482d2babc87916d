/** Lets timers, messages and requests have their turn: who reads page after page from memory would keep them waiting. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
