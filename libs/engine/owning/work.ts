/**
 * Something that goes on all the time and that one process does at a time. Its parts are owned one by one; those that
 * a process owns, it does together.
 */
export interface Work {
  /** Names of its parts, each a lease. */
  readonly parts: readonly string[];
  /**
   * Does the parts that are held (part → epoch of its lease) until the signal aborts, and then comes to rest. Begun
   * anew when others are held.
   * Rejects with FencedError when it meets another owner, with any other error when it cannot go on.
   */
  run(held: ReadonlyMap<string, number>, signal: AbortSignal): Promise<void>;
}
