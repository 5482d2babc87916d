import { limits } from '../limits.js';
import type { PastDocuments } from './past-documents.js';

/** What was folded of some streams up to a position, and on how much it rests. */
export interface FoldedPast {
  readonly documents: PastDocuments;
  readonly streams: number;
  readonly events: number;
}

/**
 * What answers about the past have folded last: the next page of a list, and whoever asks for the same moment again,
 * need not fold it anew. The past does not change, so nothing of it goes out of date. Bounded by events; when nobody has
 * asked for a while, all of it goes.
 */
export class KeptPast {
  /** The one that was not used for longest first. */
  readonly #folded = new Map<string, FoldedPast>();
  #events = 0;
  #idle: NodeJS.Timeout | null = null;

  find(name: string): FoldedPast | null {
    const found = this.#folded.get(name);
    if (!found) return null;
    this.#folded.delete(name);
    this.#folded.set(name, found);
    this.#rest();
    return found;
  }

  keep(name: string, folded: FoldedPast): void {
    this.#forget(name);
    this.#folded.set(name, folded);
    this.#events += folded.events;
    for (const oldest of this.#folded.keys()) {
      if (this.#events <= limits.pastEvents) break;
      this.#forget(oldest);
    }
    this.#rest();
  }

  #forget(name: string): void {
    this.#events -= this.#folded.get(name)?.events ?? 0;
    this.#folded.delete(name);
  }

  #rest(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#folded.clear();
      this.#events = 0;
    }, limits.pastKeptMs).unref();
  }
}
