import type { LogPage, LogReader, Position } from '#lib/engine/ports/event-store.js';

type Paging = (pages: AsyncIterable<LogPage>, after: Position | null) => AsyncIterable<LogPage>;

/** A port with some members replaced; all others are its own. */
export function replaced<P extends object>(port: P, members: Partial<P>): P {
  return new Proxy(port, {
    get(target, name) {
      if (name in members) return Reflect.get(members, name) as unknown;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

/** A reader whose pages come in another way; everything else is the given one's. */
export function paging(reader: LogReader, repage: Paging): LogReader {
  return replaced(reader, { follow: (after, signal) => repage(reader.follow(after, signal), after) });
}

/** Cuts pages into smaller ones, each of which says that it is the last: every one of them is committed. */
export function inSmallPages(reader: LogReader, size: number): LogReader {
  return paging(reader, async function* (pages) {
    for await (const { events, upTo } of pages) {
      for (let from = 0; from + size < events.length; from += size) {
        const part = events.slice(from, from + size);
        yield { events: part, upTo: part.at(-1)?.position ?? upTo, atHead: true };
      }
      yield { events: events.slice(Math.floor(Math.max(0, events.length - 1) / size) * size), upTo, atHead: true };
    }
  });
}

/** Tells of each event that is read by following the log. */
export function counted<R extends LogReader>(reader: R, read: () => void): R {
  const members: Partial<LogReader> = {
    async *follow(after, signal) {
      for await (const page of reader.follow(after, signal)) {
        page.events.forEach(read);
        yield page;
      }
    },
  };
  return replaced<R>(reader, members as Partial<R>);
}
