import { turnOfEventLoop } from '../event-loop.js';
import { limits } from '../limits.js';
import type { LogReader, Position, StoredEvent } from '../ports/event-store.js';

/** A stream that is being read: what was read and not given yet, and whether there is more. */
interface Source {
  readonly pages: AsyncIterator<readonly StoredEvent[]>;
  events: readonly StoredEvent[];
  hasMore: boolean;
}

/**
 * The events of some streams, each from a revision on, up to a position: in log order, as many at a time as can be told
 * to be the next.
 */
export async function* inLogOrder(
  log: Pick<LogReader, 'read'>,
  streams: readonly string[],
  upTo: Position,
  from: (stream: string) => number = () => 0,
): AsyncGenerator<readonly StoredEvent[], void> {
  const sources = streams.map((stream): Source => {
    return { pages: log.read(stream, from(stream))[Symbol.asyncIterator](), events: [], hasMore: true };
  });
  try {
    for (
      let left = sources;
      left.length > 0;
      left = left.filter(({ hasMore, events }) => hasMore || events.length > 0)
    ) {
      await readOn(left, upTo);
      // Nothing that is still to be read of a stream stands before the last of it that was read.
      const ends = left.filter(({ hasMore }) => hasMore).map(({ events }) => events.at(-1)?.position ?? '');
      const safe = ends.reduce((first, end) => (end < first ? end : first), upTo);
      const next = left.flatMap(({ events }) => events.filter(({ position }) => position <= safe));
      for (const source of left) source.events = source.events.filter(({ position }) => position > safe);
      if (next.length > 0) yield next.sort((a, b) => (a.position < b.position ? -1 : 1));
    }
  } finally {
    for (const { pages } of sources) await pages.return?.();
  }
}

/** Every stream that has more has events in hand afterwards. */
async function readOn(sources: readonly Source[], upTo: Position): Promise<void> {
  const empty = sources.filter(({ events, hasMore }) => hasMore && events.length === 0);
  for (let at = 0; at < empty.length; at += limits.pastReadsAtOnce) {
    await Promise.all(empty.slice(at, at + limits.pastReadsAtOnce).map((source) => readPage(source, upTo)));
    await turnOfEventLoop();
  }
}

async function readPage(source: Source, upTo: Position): Promise<void> {
  const { done, value } = await source.pages.next();
  const page = done ? [] : value;
  source.events = page.filter(({ position }) => position <= upTo);
  source.hasMore = page.length > 0 && source.events.length === page.length;
}
