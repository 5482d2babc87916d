import type { Recorded } from '#lib/engine/model/envelope.js';
import type { LogPage, LogReader, Position, StoredEvent } from '#lib/engine/ports/event-store.js';

const pageLength = 7;

/** A log that holds a history, in pages of a few events; what is read is nobody else's. Following ends at its end. */
export class ReplayedLog implements LogReader {
  readonly logId = 'past';
  readonly beginning = positionOf(0);
  readonly events: StoredEvent[] = [];

  constructor(events: readonly Recorded[] = []) {
    this.add(events);
  }

  add(events: readonly Recorded[]): void {
    for (const event of events) this.events.push({ ...event, position: positionOf(this.events.length + 1) });
  }

  isPosition(text: string): boolean {
    return /^past[.]\d{8}$/.test(text);
  }

  async head(): Promise<Position> {
    return positionOf(this.events.length);
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(this.events.map(({ stream }) => stream).filter((stream) => streams.includes(stream)));
  }

  async *read(stream: string, fromRevision: number): AsyncIterable<readonly StoredEvent[]> {
    const found = this.events.filter((event) => event.stream === stream && event.revision >= fromRevision);
    for (let at = 0; at < found.length; at += pageLength) yield structuredClone(found.slice(at, at + pageLength));
  }

  async *follow(after: Position | null): AsyncIterable<LogPage> {
    const head = await this.head();
    for (let from = this.events.filter(({ position }) => position <= (after ?? '')).length; ; from += pageLength) {
      const events = structuredClone(this.events.slice(from, from + pageLength));
      const upTo = events.at(-1)?.position ?? after ?? this.beginning;
      yield { events, upTo, atHead: upTo === head };
      if (upTo === head) return;
    }
  }

  async close(): Promise<void> {}
}

export function positionOf(count: number): Position {
  return `past.${String(count).padStart(8, '0')}`;
}
