import type { DocKey } from '../model/projection.js';
import { addressOf, type Recorded } from '../model/envelope.js';
import { docId, type ParkedKey } from '../ports/view-store.js';

/** The kind under which a whole stream is parked, where an event could not even be read or its keys not computed. */
export const streamKind = '$stream';

/**
 * Documents of one view that wait behind an event which could not be folded. Events that touch a waiting document wait
 * too, and with them every other document that they touch, so that each document's events stay in order.
 */
export class ParkedKeys {
  readonly #keys: Map<string, ParkedKey>;
  #changed = false;

  /** `poison`: what events are known to fail with, by address; found while folding, applied when folding again. */
  constructor(
    keys: readonly ParkedKey[],
    private readonly poison: ReadonlyMap<string, string>,
  ) {
    this.#keys = new Map(keys.map((parked) => [docId(parked.kind, parked.key), parked]));
  }

  get size(): number {
    return this.#keys.size;
  }

  has(kind: string, key: string): boolean {
    return this.#keys.size > 0 && this.#keys.has(docId(kind, key));
  }

  all(): readonly ParkedKey[] {
    return [...this.#keys.values()];
  }

  /** None, to fold again what waits: whatever is taken next is a change. */
  static empty(poison: ReadonlyMap<string, string>): ParkedKeys {
    const keys = new ParkedKeys([], poison);
    keys.#changed = true;
    return keys;
  }

  /** Whether this event waits in any case: it is known to fail, or its whole stream waits. */
  isHeld(event: Recorded): boolean {
    return this.poison.has(addressOf(event)) || this.#keys.has(docId(streamKind, event.stream));
  }

  /**
   * Whether the event must wait; then its keys wait with it, and its stream if no key of it is known or the stream waits
   * already. Answers the documents that are newly parked.
   */
  hold(event: Recorded, keys: readonly DocKey[]): readonly DocKey[] | null {
    if (this.#keys.size === 0 && this.poison.size === 0) return null;
    const address = addressOf(event);
    const error = this.poison.get(address) ?? this.#blocking(event, keys)?.error;
    if (error === undefined) return null;
    const stream: DocKey = [streamKind, event.stream];
    const isStreams = keys.length === 0 || this.#keys.has(docId(...stream));
    const newly: DocKey[] = [];
    for (const [kind, key] of isStreams ? [...keys, stream] : keys) {
      const id = docId(kind, key);
      const parked = this.#keys.get(id);
      if (!parked) newly.push([kind, key]);
      const first = parked ?? { kind, key, event: address, error, since: event.meta.recordedAt, waiting: [] };
      this.#keys.set(id, { ...first, waiting: [...first.waiting, address] });
    }
    this.#changed = true;
    return newly;
  }

  /** The whole set if it changed since it was last taken. */
  takeChanges(): readonly ParkedKey[] | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return this.all();
  }

  #blocking(event: Recorded, keys: readonly DocKey[]): ParkedKey | undefined {
    for (const [kind, key] of keys) {
      const parked = this.#keys.get(docId(kind, key));
      if (parked) return parked;
    }
    return this.#keys.get(docId(streamKind, event.stream));
  }
}
