import type { LogReader, Position, StoredEvent } from '../ports/event-store.js';

/** The events after one position up to another, in pages. Throws the signal's reason when it aborts before. */
export async function* logPages(
  log: Pick<LogReader, 'follow'>,
  after: Position | null,
  upTo: Position,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[], void> {
  for await (const page of log.follow(after, signal)) {
    const events = page.events.filter(({ position }) => position <= upTo);
    if (events.length > 0) yield events;
    if (page.atHead || page.upTo >= upTo) return;
  }
  signal.throwIfAborted();
  throw new Error('The log was closed while it was read.');
}
