import { firstAbort } from '../../engine/ports/first-abort.js';
import { StoreCorruptError } from '../../engine/ports/event-store.js';
import type { LogPage, LogReader, Position, StoredEvent } from '../../engine/ports/event-store.js';
import { CatchUp, nextSize } from './catch-up.js';
import type { KurrentLimits } from './limits.js';
import type { LivePage, LiveLog } from './live-log.js';
import type { LogHead } from './log-head.js';
import { isPositionOf, noPlace, placeIn, positionOf } from './positions.js';
import type { Reads } from './reads.js';
import { storedEventOf, type LogName } from './stored-event.js';
import { streamName } from './stream-name.js';
import { unless } from './waiting.js';

/** What a reader reads by; made by `open.ts`. */
export interface Reading {
  readonly log: LogName;
  readonly reads: Reads;
  readonly head: LogHead;
  readonly live: LiveLog;
  readonly limits: KurrentLimits;
  /** Aborts when the reader closes. */
  readonly closing: AbortController;
  /** Ends the connections. */
  disconnect(): Promise<unknown>;
}

/** Reads streams and follows the log. Has no client that appends. */
export class KurrentLogReader implements LogReader {
  readonly logId: string;
  readonly beginning: Position;

  constructor(protected readonly reading: Reading) {
    this.logId = reading.log.logId;
    this.beginning = positionOf(this.logId, noPlace);
  }

  isPosition(text: string): boolean {
    return isPositionOf(this.logId, text);
  }

  async head(): Promise<Position> {
    const { head, live } = this.reading;
    const { last } = await head.look();
    live.expect(last);
    return positionOf(this.logId, last);
  }

  async *read(stream: string, fromRevision: number): AsyncIterable<readonly StoredEvent[]> {
    const { log, reads, limits } = this.reading;
    const name = streamName(log, stream);
    let from = fromRevision;
    for (let size: number = limits.pageFirst; ;) {
      const found = await reads.stream(name, from, size, this.#patience);
      const events = (found ?? []).map((delivered) => storedEventOf(log, delivered));
      events.forEach(({ revision }, index) => {
        if (revision !== from + index) throw new StoreCorruptError(`The log lacks ${stream}@${from + index}.`);
      });
      if (events.length > 0) yield events;
      if (events.length < size) return;
      from += events.length;
      size = nextSize(size, events, limits.pageGiven, limits);
    }
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    const { log, reads, limits } = this.reading;
    const rest = new Set(streams).values();
    const found = new Set<string>();
    const ask = async () => {
      for (const stream of rest) {
        const events = await reads.stream(streamName(log, stream), 0, 1, this.#patience);
        if (events && events.length > 0) found.add(stream);
      }
    };
    await Promise.all(Array.from({ length: limits.readsAtOnce }, ask));
    return found;
  }

  async *follow(after: Position | null, signal: AbortSignal, types?: ReadonlySet<string>): AsyncIterable<LogPage> {
    const { log, reads, head, live, limits, closing } = this.reading;
    let place = after === null ? noPlace : placeIn(this.logId, after);
    const { signal: stop, release } = firstAbort(signal, closing.signal);
    const catchUp = new CatchUp(log, reads, limits);
    try {
      await catchUp.begin(place, head.after(place), stop);
      // What is in memory may lack what was acknowledged just before the call.
      let wasAtHead = false;
      for (let told: LivePage | null = null; !stop.aborted;) {
        const inMemory = wasAtHead && catchUp.isEmpty ? live.after(place, types) : null;
        const page: LivePage = inMemory ?? (await catchUp.after(place, stop, types));
        if (told && isSaid(told, page)) {
          await live.changed(stop);
          continue;
        }
        place = page.upTo;
        told = page;
        wasAtHead ||= page.atHead;
        yield { events: page.events, upTo: positionOf(this.logId, place), atHead: page.atHead };
        if (page.atHead) await unless(stop, live.start());
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      release();
    }
  }

  async close(): Promise<void> {
    this.reading.closing.abort();
    await this.reading.disconnect();
  }

  get #patience() {
    return { stop: this.reading.closing.signal, ms: this.reading.limits.readingMs };
  }
}

/** A page without events is given only if it says how far, or that this is the head, for the first time. */
function isSaid(told: LivePage, { events, upTo, atHead }: LivePage): boolean {
  return events.length === 0 && upTo === told.upTo && (told.atHead || !atHead);
}
