import type { Recorded } from '../model/envelope.js';
import type { RecordChange, Records } from '../ports/records.js';

/** Rows of all processes, by `process/stream`. */
export const parkedStreamsTable = 'processParked';

/** A stream whose events wait because one of them could not be handled: revisions `first` to `last`. */
export interface ParkedStream {
  readonly process: string;
  readonly stream: string;
  readonly first: number;
  readonly last: number;
  readonly error: string;
  readonly since: string;
}

/** What one process could not handle, by stream: later events of the same stream wait in order, all others go on. */
export class ParkedStreams {
  readonly #parked = new Map<string, ParkedStream>();

  constructor(
    private readonly process: string,
    private readonly records: Records,
  ) {}

  async load(): Promise<void> {
    let after: { after: string; afterKey: string } | undefined;
    for (;;) {
      const rows = await this.records.list({ table: parkedStreamsTable, limit: 200, ...after });
      for (const row of rows) {
        const parked = row.value as ParkedStream;
        if (parked.process === this.process) this.#parked.set(parked.stream, parked);
      }
      const last = rows.at(-1);
      if (!last) return;
      after = { after: last.sort ?? '', afterKey: last.key };
    }
  }

  all(): readonly ParkedStream[] {
    return [...this.#parked.values()];
  }

  has(stream: string): boolean {
    return this.#parked.has(stream);
  }

  park(event: Recorded, error: unknown): RecordChange {
    const { stream, revision, meta } = event;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return this.#put({
      process: this.process,
      stream,
      first: revision,
      last: revision,
      error: text,
      since: meta.recordedAt,
    });
  }

  /** Lets a later event of a parked stream wait behind the first. */
  wait(event: Recorded): RecordChange {
    const parked = this.#parked.get(event.stream);
    if (!parked) throw new Error(`${event.stream} is not parked.`);
    return this.#put({ ...parked, last: Math.max(parked.last, event.revision) });
  }

  release(stream: string): RecordChange {
    this.#parked.delete(stream);
    return { table: parkedStreamsTable, key: this.#key(stream), expect: 'any', value: null };
  }

  #put(parked: ParkedStream): RecordChange {
    this.#parked.set(parked.stream, parked);
    return {
      table: parkedStreamsTable,
      key: this.#key(parked.stream),
      expect: 'any',
      value: parked,
      sort: parked.since,
    };
  }

  #key(stream: string): string {
    return `${this.process}/${stream}`;
  }
}
