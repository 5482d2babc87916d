import { passingTime, type Time } from './time.js';

/** Lets one who rests be woken before the time is over; being woken while at work makes the next rest none. */
export class Wake {
  #isWoken = false;
  #end: (() => void) | null = null;

  constructor(private readonly time: Time = passingTime) {}

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
        callOff?.();
        signal.removeEventListener('abort', end);
        this.#end = null;
        this.#isWoken = false;
        resolve();
      };
      const callOff = ms === null ? null : this.time.after(ms, end);
      signal.addEventListener('abort', end);
      this.#end = end;
    });
  }
}
