/** An event in its place. Position, revision and time are whole numbers; the time counts 100 ns since 1970. */
export interface LoggedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly created: bigint;
}

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export type Expected = 'no_stream' | 'any' | 'stream_exists' | number;

/** Place of the last event, written now or when the same was sent before; `actual` is −1 without a stream. */
export type Written = { ok: true; position: bigint; revision: number } | { ok: false; actual: number };

/** Where a server's log stands before anyone wrote to it: it begins with records of its own. */
const FIRST = 548n;
const OVERHEAD = 96n;

/**
 * The log of the double, in memory. Positions are byte offsets, as on the server: an event's record ends where the next
 * one begins, and between the two is no position.
 */
export class EventLog {
  readonly events: LoggedEvent[] = [];
  /** Where the next record will begin. */
  end = FIRST;
  /** Events that reads of all streams have looked at so far, given or left out by a filter. */
  looked = 0;
  readonly #listeners = new Set<() => void>();
  readonly #streams = new Map<string, LoggedEvent[]>();
  /** What is compared for appends that expect nothing; a server keeps it in memory only. */
  readonly #recent = new Map<string, LoggedEvent>();

  constructor() {
    const text = (value: object) => Buffer.from(JSON.stringify(value));
    this.#write('$$$scavenges', {
      id: '0b28fac0-c19d-41b8-ac8a-6cff0e554862',
      type: '$metadata',
      contentType: 'application/json',
      data: text({ $maxAge: 2592000 }),
      metadata: text({}),
    });
    this.forgetRecent();
  }

  stream(name: string): readonly LoggedEvent[] | undefined {
    return this.#streams.get(name);
  }

  /** Index of the first event at or after a position. */
  indexOf(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a record begins there. Reading from anywhere else is an error, beyond the end it is not. */
  isBoundary(position: bigint): boolean {
    return position === 0n || position >= this.end || this.events[this.indexOf(position)]?.position === position;
  }

  append(stream: string, expected: Expected, proposed: readonly ProposedEvent[]): Written {
    const present = this.#streams.get(stream) ?? [];
    const actual = present.length - 1;
    if (expected === 'stream_exists' && actual < 0) return { ok: false, actual };
    const known = this.#known(stream, present, expected, proposed);
    if (known === 'partly') return { ok: false, actual };
    if (known !== 'no') return { ok: true, position: known.position, revision: known.revision };
    if (typeof expected === 'number' && expected !== actual) return { ok: false, actual };
    if (expected === 'no_stream' && actual >= 0) return { ok: false, actual };
    if (proposed.length === 0) return this.#writeNothing(actual);
    for (const event of proposed) this.#write(stream, event);
    for (const listener of this.#listeners) listener();
    return { ok: true, position: this.events.at(-1)?.position ?? FIRST, revision: actual + proposed.length };
  }

  /** Calls after each append, until the function that it answers is called. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Until a stream holds so many events. */
  async untilWritten(stream: string, count: number): Promise<void> {
    while ((this.stream(stream)?.length ?? 0) < count) {
      let forget = () => undefined as unknown;
      await new Promise<void>((resolve) => (forget = this.onAppend(resolve)));
      forget();
    }
  }

  /** What a restart forgets. */
  forgetRecent(): void {
    this.#recent.clear();
  }

  /** Whether all of these events stand already where they would be written, or some of them do. */
  #known(
    stream: string,
    present: readonly LoggedEvent[],
    expected: Expected,
    proposed: readonly ProposedEvent[],
  ): LoggedEvent | 'partly' | 'no' {
    const first = expected === 'no_stream' ? 0 : typeof expected === 'number' ? expected + 1 : undefined;
    let last: LoggedEvent | undefined;
    for (const [index, { id }] of proposed.entries()) {
      const there = first === undefined ? this.#recent.get(id) : present[first + index];
      if (there?.id !== id || there.stream !== stream) return index === 0 ? 'no' : 'partly';
      last = there;
    }
    return last ?? 'no';
  }

  /** An append of no events is no event in the stream, and a record in the log all the same. */
  #writeNothing(actual: number): Written {
    const position = this.end;
    this.end += OVERHEAD;
    return { ok: true, position, revision: actual };
  }

  #write(stream: string, proposed: ProposedEvent): void {
    const present = this.#streams.get(stream) ?? [];
    const created = BigInt(Date.now()) * 10_000n;
    const event = { ...proposed, stream, revision: present.length, position: this.end, created };
    this.end +=
      OVERHEAD + BigInt(stream.length + proposed.type.length + proposed.data.length + proposed.metadata.length);
    present.push(event);
    this.#streams.set(stream, present);
    this.events.push(event);
    if (!this.#recent.has(event.id)) this.#recent.set(event.id, event);
  }
}
