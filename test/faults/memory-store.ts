import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  LogPage,
  NewEvent,
  StoredEvent,
} from '#lib/engine/ports/event-store.js';

/** A log in memory for one history: appends and reads are exact, nothing else is there. */
export class MemoryStore implements EventStore {
  readonly logId = 'memory';
  readonly beginning = 'memory.00000000000000000000';
  readonly log: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();

  async *read(stream: string, fromRevision: number): AsyncIterable<readonly StoredEvent[]> {
    const events = this.#streams.get(stream)?.slice(fromRevision) ?? [];
    // As out of a database: what is read is nobody else's.
    if (events.length > 0) yield structuredClone(events);
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(streams.filter((stream) => this.#streams.has(stream)));
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const stored = this.#streams.get(stream) ?? [];
    const actual = stored.length - 1;
    if (actual !== (expected === 'none' ? -1 : expected)) return { ok: false, actual };
    for (const { id, type, data, meta } of events) {
      const position = this.#positionOf(this.log.length + 1);
      const event = { id, type, data, meta, stream, revision: stored.length, position };
      const copy = JSON.parse(JSON.stringify(event)) as StoredEvent;
      stored.push(copy);
      this.log.push(copy);
    }
    this.#streams.set(stream, stored);
    return { ok: true, revision: stored.length - 1, position: this.#positionOf(this.log.length) };
  }

  follow(): AsyncIterable<LogPage> {
    throw new Error('A history is not followed.');
  }

  isPosition(text: string): boolean {
    return text.startsWith(`${this.logId}.`);
  }

  async head(): Promise<string> {
    return this.#positionOf(this.log.length);
  }

  async close(): Promise<void> {}

  #positionOf(count: number): string {
    return `${this.logId}.${String(count).padStart(20, '0')}`;
  }
}
