/** Lets one who rests be woken before the time is over; being woken while at work makes the next rest none. */
export class Wake {
  #isWoken = false;
  #end: (() => void) | null = null;

  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }

  /** Resolves when woken, when the signal aborts, or after so many milliseconds (null: never). */
  rest(ms: number | null, signal: AbortSignal): Promise<void> {
    if (this.#isWoken || signal.aborted) {
      this.#isWoken = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const end = (): void => {
        if (timer) clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#end = null;
        this.#isWoken = false;
        resolve();
      };
      const timer = ms === null ? null : setTimeout(end, ms);
      signal.addEventListener('abort', end);
      this.#end = end;
    });
  }
}
