import type { Envelope } from '#lib/engine/model/envelope.js';
import type { LogPage, LogReader, NewEvent, Position, StoredEvent } from '#lib/engine/ports/event-store.js';
import { uuidFrom } from '#lib/engine/uuid.js';

/** An envelope with every field set to something of its own, so that a lost or swapped one shows. */
export function envelope(recordedAt = '2026-03-01T10:00:00.001Z'): Envelope {
  return {
    v: 3,
    recordedAt,
    occurredAt: '2026-03-01T10:00:00.000Z',
    commandId: 'b0a3f7a0-0000-5000-8000-000000000001',
    commandHash: 'c'.repeat(64),
    actor: { kind: 'user', id: 'u1', role: 'publisherOwner', personId: 'p1' },
    tenant: 'fabrikam',
    context: [{ stream: 'relationship-fabrikam.t1', revision: 4 }],
    traceparent: null,
    $correlationId: 'corr',
    $causationId: 'cause',
  };
}

/** Two surrogates that belong together, a NUL, a line feed, markup, numbers at the edge, nesting, null. */
export const oddData = {
  text: 'Ünïcode 😀 \u0000 \n " \\ </script> \u2028',
  numbers: [0, -1, 0.1, 1e21, 2 ** 53, -(2 ** 53)],
  nested: { deeper: [{ null: null, true: true, empty: '' }, []] },
};

/** The ID of the event of a name. */
export function eventId(name: string): string {
  return uuidFrom('test event', name);
}

export function newEvent(name: string, data: object = { name }, meta: Envelope = envelope()): NewEvent {
  return { id: eventId(name), type: 'ThingHappened', data, meta };
}

export function newEvents(prefix: string, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, index) => newEvent(`${prefix}${index}`));
}

/** A whole stream, its pages checked for their size. */
export async function readAll(store: LogReader, stream: string, from = 0): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of store.read(stream, from)) {
    expect(page.length).toBeGreaterThan(0);
    expect(page.length).toBeLessThanOrEqual(1_000);
    events.push(...page);
  }
  return events;
}

/** Follows until the head is reached. */
export async function followToHead(store: LogReader, after: Position | null): Promise<LogPage[]> {
  const pages: LogPage[] = [];
  const stop = new AbortController();
  for await (const page of store.follow(after, stop.signal)) {
    pages.push(page);
    if (page.atHead) stop.abort();
  }
  return pages;
}

/** What is stored of an event that was appended, but for its position. */
export function stored(event: NewEvent, stream: string, revision: number): Omit<StoredEvent, 'position'> {
  return { ...event, stream, revision };
}

export function bare(events: readonly StoredEvent[]): Omit<StoredEvent, 'position'>[] {
  return events.map(({ position: _, ...event }) => event);
}
