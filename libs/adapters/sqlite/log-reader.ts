import { ForeignPositionError, StoreCorruptError } from '../../engine/ports/event-store.js';
import type { LogPage, LogReader, Position, StoredEvent } from '../../engine/ports/event-store.js';
import type { Database } from './database.js';
import { rowColumns, RowText, toEvent, toRow, verify, type EventRow } from './event-row.js';
import type { LogHead } from './log-head.js';
import type { LogRing } from './log-ring.js';
import { isPositionOf, noPlace, placeIn, positionOf, type Place } from './positions.js';

/** A page grows while its events are small, and shrinks when they are large, so that no page fills the memory. */
const page = { least: 16, first: 128, most: 1_000, bytes: 4 * 1024 * 1024 } as const;

/** Reads streams and follows the log, on any thread, by a read-only connection. Every row read is checked. */
export class SqliteLogReader implements LogReader {
  readonly logId: string;
  readonly beginning: Position;

  constructor(
    protected readonly db: Database,
    protected readonly logHead: LogHead,
    /** What was appended by this thread. */
    private readonly ring: LogRing | null = null,
  ) {
    this.logId = db.sql('SELECT id FROM log').get()?.[0] as string;
    this.beginning = positionOf(this.logId, noPlace);
  }

  isPosition(text: string): boolean {
    return isPositionOf(this.logId, text);
  }

  async head(): Promise<Position> {
    return positionOf(this.logId, this.logHead.place);
  }

  async close(): Promise<void> {
    this.logHead.close();
    this.db.close();
  }

  async *read(stream: string, fromRevision: number): AsyncIterable<readonly StoredEvent[]> {
    let from = fromRevision;
    for (let size: number = page.first; ;) {
      const rows = this.#rowsOfStream(stream, from, size);
      if (rows.length > 0) yield rows.map((row) => toEvent(this.logId, row));
      if (rows.length < size) return;
      from += rows.length;
      size = nextSize(size, rows);
    }
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    const found = this.db
      .sql(
        `SELECT s.name FROM streams s WHERE s.name IN (SELECT value FROM json_each(?))
         AND EXISTS (SELECT 1 FROM events e WHERE e.stream_id = s.id)`,
      )
      .all(JSON.stringify(streams));
    return new Set(found.map(([name]) => name as string));
  }

  async *follow(after: Position | null, signal: AbortSignal, types?: ReadonlySet<string>): AsyncIterable<LogPage> {
    let place = after === null ? noPlace : placeIn(this.logId, after);
    if (place > this.logHead.place) {
      throw new ForeignPositionError(`${after} lies beyond the end of the log.`);
    }
    let size: number = page.first;
    for (let isFirst = true; !signal.aborted && !this.logHead.isClosed; isFirst = false) {
      const head = this.logHead.place;
      if (place === head && !isFirst) {
        await this.logHead.beyond(place, signal);
        continue;
      }
      const own = this.ring?.after(place, size) ?? null;
      const rows = own ?? this.#rowsOfLog(place, head, size);
      place = rows.at(-1)?.place ?? place;
      size = nextSize(size, rows);
      const wanted = types ? rows.filter(({ type }) => types.has(type)) : rows;
      yield this.#pageOf(wanted, own !== null, place, place === head);
    }
  }

  /**
   * Reading JSON costs more than all else: it is done when somebody asks for the events, not for who hashes or counts their texts.
   * `areOwn`: written by this process, and so canonical; others may be of an earlier build.
   */
  #pageOf(rows: readonly EventRow[], areOwn: boolean, upTo: Place, atHead: boolean): LogPage {
    const { logId } = this;
    let events: readonly StoredEvent[] | null = null;
    return {
      get events() {
        return (events ??= rows.map((row) => toEvent(logId, row)));
      },
      get texts() {
        return areOwn && rows.length > 0 ? rows.map((row) => new RowText(logId, row)) : undefined;
      },
      upTo: positionOf(logId, upTo),
      atHead,
    };
  }

  #rowsOfStream(stream: string, from: number, size: number): readonly EventRow[] {
    const found = this.db
      .sql(
        `SELECT ${rowColumns}, (SELECT hash FROM events WHERE position = e.position - 1)
         FROM streams s JOIN events e ON e.stream_id = s.id
         WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`,
      )
      .all(stream, from, size);
    return found.map((cells, index) => {
      const { row, hash } = toRow(cells);
      if (row.revision !== from + index) throw missing(`${stream}@${from + index}`);
      verify(row, (cells[10] ?? this.logId) as string, hash);
      return row;
    });
  }

  #rowsOfLog(after: Place, head: Place, size: number): readonly EventRow[] {
    if (after === head) return [];
    let previous = this.db.sql('SELECT hash FROM events WHERE position = CAST(? AS INTEGER)').get(after)?.[0] as string;
    previous ??= this.logId;
    const found = this.db
      .sql(
        `SELECT ${rowColumns} FROM events e JOIN streams s ON s.id = e.stream_id
         WHERE e.position > CAST(? AS INTEGER) AND e.position <= CAST(? AS INTEGER) ORDER BY e.position LIMIT ?`,
      )
      .all(after, head, size);
    if (found.length === 0) throw missing(`the event after ${after}`);
    return found.map((cells) => {
      const { row, hash } = toRow(cells);
      verify(row, previous, hash);
      previous = hash;
      return row;
    });
  }
}

function nextSize(size: number, rows: readonly EventRow[]): number {
  const bytes = rows.reduce((sum, { data, meta }) => sum + data.length + meta.length, 0);
  if (bytes > page.bytes) return Math.max(page.least, size >>> 1);
  return bytes * 2 <= page.bytes ? Math.min(page.most, size * 2) : size;
}

function missing(what: string): StoreCorruptError {
  return new StoreCorruptError(`The log lacks ${what}. Restore the data folder from a backup.`);
}
