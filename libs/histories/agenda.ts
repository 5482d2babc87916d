interface Entry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of entries at the same instant, the one that was added first comes first. */
  readonly order: number;
  readonly act: () => void;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** What is going to happen, the earliest first: a binary heap. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #added = 0;

  /** When the next thing happens; null: nothing will. */
  get nextAt(): number | null {
    return this.#heap[0]?.at ?? null;
  }

  add(at: number, act: () => void): void {
    const entry = { at, order: this.#added, act };
    this.#added += 1;
    let index = this.#heap.length;
    for (let above = (index - 1) >> 1; index > 0; above = (index - 1) >> 1) {
      const parent = this.#heap[above];
      if (!parent || isBefore(parent, entry)) break;
      this.#heap[index] = parent;
      index = above;
    }
    this.#heap[index] = entry;
  }

  /** Takes the next thing out; undefined: there is none. */
  take(): Entry | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [this.#heap[left], this.#heap[left + 1]];
      if (!a) break;
      const [child, at] = b && isBefore(b, a) ? [b, left + 1] : [a, left];
      if (isBefore(entry, child)) break;
      this.#heap[index] = child;
      index = at;
    }
    this.#heap[index] = entry;
  }
}
