import type { EventCatalog } from '../catalog.js';
import { turnOfEventLoop } from '../event-loop.js';
import { addressOf } from '../model/envelope.js';
import type { AnyProjection, Doc } from '../model/projection.js';
import type { LogReader, Position } from '../ports/event-store.js';
import { PastDocuments } from './past-documents.js';

/**
 * All documents of a view that are written once, in the order of the log, up to a position. They are folded as they are
 * asked for and none is kept, so there may be any number; what the fold keeps beside them is in memory.
 */
export async function* writtenUpTo(
  log: Pick<LogReader, 'follow'>,
  catalog: EventCatalog,
  projection: AnyProjection,
  upTo: Position,
  /** Addresses of events that the view leaves out. */
  skipped: ReadonlySet<string>,
): AsyncGenerator<readonly Doc[], void> {
  const written: Doc[] = [];
  const documents = new PastDocuments(projection, (_kind, doc) => written.push(doc));
  const types = new Set(Object.keys(projection.on));
  for await (const page of log.follow(null, new AbortController().signal, types)) {
    const events = page.events.filter((event) => event.position <= upTo && !skipped.has(addressOf(event)));
    for (const event of events) documents.fold(catalog.read(event));
    if (written.length > 0) yield written.splice(0);
    if (page.atHead || page.upTo >= upTo) return;
    await turnOfEventLoop();
  }
}
