import { requestsTable, type Delivery } from '../model/delivery.js';
import { placeOf } from '../model/envelope.js';
import type { LogReader, Position } from '../ports/event-store.js';
import type { RecordChange, RecordRow, Records } from '../ports/records.js';
import { parkedStreamsTable, type ParkedStream } from '../processes/parked-streams.js';
import { processesTable, type ProcessPlace } from '../processes/process-checkpoint.js';
import { processRefusalsTable } from '../processes/process-runner.js';
import type { Pending } from '../processes/requests.js';
import { timersTable } from '../processes/timers.js';
import { tablesOfViews } from '../rebuilding/tables.js';
import type { ProcessUntil } from './process-until.js';

export interface RecordsUntilOptions {
  readonly log: Pick<LogReader, 'read'>;
  readonly records: Pick<Records, 'snapshot'>;
  /** By name. */
  readonly processes: ReadonlyMap<string, ProcessUntil>;
  /** Whether a row of somebody else's table stays as it is. */
  readonly keeps: (row: RecordRow) => Promise<boolean>;
}

/**
 * Rows as they belong to a log that ends earlier. What processes keep is put back to where each of them goes on; what
 * has no history, keys and people for instance, stays as it is.
 */
export class RecordsUntil {
  readonly #waiting: Map<string, RecordRow>;

  constructor(private readonly options: RecordsUntilOptions) {
    const { processes } = options;
    const requests = [...processes.values()].flatMap(({ requests }) => [...requests.values()]);
    this.#waiting = new Map(requests.map(({ change }) => [change.key, rowOf(change)]));
  }

  async *pages(): AsyncGenerator<readonly RecordRow[], void> {
    for await (const page of this.options.records.snapshot()) {
      const rows: RecordRow[] = [];
      for (const row of page) {
        const kept = await this.#until(row);
        if (kept) rows.push(kept);
      }
      yield rows;
    }
    const timers = [...this.options.processes.values()].flatMap((process) => [...process.timers.values()]);
    yield timers.map(({ change }) => rowOf(change));
    // What is not among the rows any more has ended since, or nobody waited for it: whoever sends it finds out again.
    yield [...this.#waiting.values()];
  }

  async #until(row: RecordRow): Promise<RecordRow | null> {
    switch (row.table) {
      case timersTable:
        return null;
      case processesTable:
        return this.#placeUntil(row);
      case requestsTable:
        return this.#requestUntil(row);
      case parkedStreamsTable:
        return this.#parkedUntil(row);
      case processRefusalsTable:
        return this.#refusalUntil(row);
      default:
        return !tablesOfViews.has(row.table) && (await this.options.keeps(row)) ? row : null;
    }
  }

  #placeUntil(row: RecordRow): RecordRow | null {
    const process = this.options.processes.get(row.key);
    const value: ProcessPlace | null = process ? { ...(row.value as ProcessPlace), position: process.place } : null;
    return value && { ...row, value };
  }

  /** What was asked for again since then is asked for as it was. */
  #requestUntil(row: RecordRow): RecordRow | null {
    const asked = this.#waiting.get(row.key);
    this.#waiting.delete(row.key);
    if (!asked) return null;
    const [then, now] = [asked.value as Pending, row.value as Delivery | Pending];
    const isAnother = 'cause' in now && now.cause.causationId !== then.cause.causationId;
    return isAnother ? asked : row;
  }

  async #parkedUntil(row: RecordRow): Promise<RecordRow | null> {
    const { process, stream, first, last } = row.value as ParkedStream;
    const place = this.options.processes.get(process)?.place;
    if (place === undefined) return null;
    const reached = await this.#lastRevision(stream, first, place);
    return reached === null ? null : { ...row, value: { ...row.value, last: Math.min(last, reached) } };
  }

  async #refusalUntil(row: RecordRow): Promise<RecordRow | null> {
    const { process, event } = row.value as { readonly process: string; readonly event: string };
    const place = this.options.processes.get(process)?.place;
    const { stream, revision } = placeOf(event);
    const isHandled = place !== undefined && (await this.#lastRevision(stream, revision, place)) !== null;
    return isHandled ? row : null;
  }

  /** Of a stream's events from a revision on that are not behind a position; null: there are none. */
  async #lastRevision(stream: string, from: number, place: Position): Promise<number | null> {
    let found: number | null = null;
    for await (const page of this.options.log.read(stream, from)) {
      const last = page.findLast(({ position }) => position <= place);
      found = last?.revision ?? found;
      if (last !== page.at(-1)) break;
    }
    return found;
  }
}

function rowOf({ table, key, sort = null, value }: RecordChange): RecordRow {
  return { table, key, sort, value: value ?? {}, version: 1 };
}
