import { turnOfEventLoop } from '../event-loop.js';
import { limits } from '../limits.js';
import type { LogReader, Position, StoredEvent } from '../ports/event-store.js';
import { FencedError } from '../ports/leases.js';
import type { RecordRow, Records } from '../ports/records.js';

/** Follows from the log, so it is no part of an export. */
export const logTimesTable = 'log-times';

const rowsPerList = 1_000;

/** When an event was recorded; of what is kept, the latest time up to it, which never falls along the log. A clock may. */
interface LogTime {
  readonly position: Position;
  readonly recordedAt: string;
}

type Log = Pick<LogReader, 'isPosition' | 'beginning' | 'head' | 'follow'>;

/**
 * Which position belongs to an instant: the last at which nothing had been recorded later. The records hold a row for
 * every thousand events, and the log is read on from there. A row that is missing costs time, and nothing else.
 */
export class LogTimes {
  readonly #times: LogTime[] = [];
  #last = '';

  constructor(
    private readonly log: Log,
    private readonly records: Pick<Records, 'list' | 'transact'>,
    /** Events from one row to the next. */
    private readonly every: number = limits.eventsPerLogTime,
  ) {}

  /** ISO 8601, UTC, milliseconds. An instant before every event gives the log's beginning. */
  async positionAt(instant: string): Promise<Position> {
    await this.#read();
    const known = this.#times.findLast(({ recordedAt }) => recordedAt <= instant)?.position ?? this.log.beginning;
    let found = known;
    for await (const { position, meta } of eventsAfter(this.log, known)) {
      if (meta.recordedAt > instant) break;
      found = position;
    }
    return found;
  }

  /** The latest time that was recorded up to a position; null: there is no event. */
  async timeAt(position: Position): Promise<string | null> {
    await this.#read();
    const known = this.#times.findLast((time) => time.position <= position);
    let latest = known?.recordedAt ?? null;
    for await (const event of eventsAfter(this.log, known?.position ?? this.log.beginning)) {
      if (event.position > position) break;
      latest = later(latest, timeOf(event));
    }
    return latest;
  }

  /** Adds rows as the log grows, until the signal aborts. Rejects with FencedError if somebody else does. */
  async extend(signal: AbortSignal): Promise<void> {
    await this.#dropForeign();
    // What was read before may have been dropped.
    this.#times.length = 0;
    this.#last = '';
    await this.#read();
    const known = this.#times.at(-1);
    let latest = known?.recordedAt ?? null;
    let count = 0;
    for await (const page of this.log.follow(known?.position ?? null, signal)) {
      for (const time of page.texts ?? page.events.map(timeOf)) {
        latest = later(latest, time);
        count += 1;
        if (count % this.every === 0) await this.#add({ position: time.position, recordedAt: latest });
      }
      if (!page.atHead) await turnOfEventLoop();
    }
  }

  async #add(time: LogTime): Promise<void> {
    const key = String(Number(this.#last) + 1).padStart(12, '0');
    const row = { table: logTimesTable, key, expect: 'none', value: time, sort: key } as const;
    if (!(await this.records.transact([row])).ok) throw new FencedError("The log's times are kept by somebody else.");
    this.#take({ key, value: time });
  }

  async #read(): Promise<void> {
    for await (const row of this.#rowsAfter(this.#last)) this.#take(row);
  }

  #take({ key, value }: Pick<RecordRow, 'key' | 'value'>): void {
    const time = value as LogTime;
    // Another of this process's callers may have read it meanwhile.
    if (key <= this.#last || !this.log.isPosition(time.position)) return;
    this.#times.push(time);
    this.#last = key;
  }

  async *#rowsAfter(after: string): AsyncGenerator<RecordRow, void> {
    for (let from = after; ;) {
      const rows = await this.records.list({ table: logTimesTable, after: from, limit: rowsPerList });
      yield* rows;
      if (rows.length < rowsPerList) return;
      from = rows.at(-1)?.key ?? from;
    }
  }

  /** Rows of another log, or of what this one held before it was restored to an earlier state. */
  async #dropForeign(): Promise<void> {
    const head = await this.log.head();
    for await (const { key, version, value } of this.#rowsAfter('')) {
      const { position } = value as LogTime;
      if (this.log.isPosition(position) && position <= head) continue;
      const gone = { table: logTimesTable, key, expect: version, value: null } as const;
      if (!(await this.records.transact([gone])).ok)
        throw new FencedError("The log's times are kept by somebody else.");
    }
  }
}

function timeOf({ position, meta }: StoredEvent): LogTime {
  return { position, recordedAt: meta.recordedAt };
}

function later(time: string | null, { recordedAt }: LogTime): string {
  return time === null || recordedAt > time ? recordedAt : time;
}

/** Events after a position, up to the end of the log. */
async function* eventsAfter(log: Log, after: Position): AsyncGenerator<StoredEvent, void> {
  for await (const page of log.follow(after, new AbortController().signal)) {
    yield* page.events;
    if (page.atHead) return;
    await turnOfEventLoop();
  }
}
