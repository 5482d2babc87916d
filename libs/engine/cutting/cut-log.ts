import type { EventCatalog } from '../catalog.js';
import type { AnyProcessManager } from '../model/process.js';
import type { LogReader, Position } from '../ports/event-store.js';
import { valueAt, type RecordRow, type Records } from '../ports/records.js';
import { ParkedStreams } from '../processes/parked-streams.js';
import { processesTable, type ProcessPlace } from '../processes/process-checkpoint.js';
import type { ExportOptions } from '../transfer/export-log.js';
import { TransferError } from '../transfer/format.js';
import { logPages } from '../transfer/log-pages.js';
import { cutOffAfter } from './cut-off.js';
import { ProcessUntil } from './process-until.js';
import { RecordsUntil } from './records-until.js';

export interface CutOptions {
  readonly events: LogReader;
  readonly records: Records;
  /** The last position that stays. */
  readonly at: Position;
  readonly processes: readonly AnyProcessManager[];
  readonly catalog: EventCatalog;
  /** Whether a row that is not the processes' belongs to a log that ends like this. */
  readonly keeps: (row: RecordRow, end: LogEnd) => Promise<boolean>;
  readonly signal: AbortSignal;
}

const mostProcesses = 1_000;

/** Where a log ends. */
export interface LogEnd {
  readonly position: Position;
  /** The latest time that was recorded up to there; null: there is no event. */
  readonly recordedAt: string | null;
}

/** What an export of it needs: log and records as if nothing had happened after a position. */
export interface CutLog extends Pick<ExportOptions, 'events' | 'records'>, LogEnd {
  readonly eventsCutOff: number;
}

/**
 * Cuts a log that nobody writes to, which stays as it is: reading what comes of it leaves out what comes after. Each
 * process goes on from the earliest event whose results are left out; its timers are those that it had set there and that
 * have not fired in what stays. Reads the whole log. Throws TransferError if it is of a process that this build lacks.
 */
export async function cutLog(options: CutOptions): Promise<CutLog> {
  const { events, records, at, signal } = options;
  const cutOff = await cutOffAfter(events, at, signal);
  const processes = await processesBefore(options, cutOff.causes);
  let end: LogEnd = { position: events.beginning, recordedAt: null };
  for await (const page of logPages(events, null, at, signal)) {
    for (const event of page) {
      const { position, meta } = event;
      if (cutOff.first !== null && position >= cutOff.first) break;
      for (const process of processes.values()) process.pass(event);
      const isLater = end.recordedAt === null || meta.recordedAt > end.recordedAt;
      end = { position, recordedAt: isLater ? meta.recordedAt : end.recordedAt };
    }
  }
  const keeps = (row: RecordRow): Promise<boolean> => options.keeps(row, end);
  return {
    ...end,
    eventsCutOff: cutOff.events,
    events: {
      logId: events.logId,
      isPosition: (text) => events.isPosition(text),
      head: () => Promise.resolve(end.position),
      follow: (after, until, types) => events.follow(after, until, types),
    },
    records: {
      get: (table, key) => records.get(table, key),
      snapshot: () => new RecordsUntil({ log: events, records, processes, keeps }).pages(),
    },
  };
}

/** Those that had a place: others begin anew, as they would have. */
async function processesBefore(
  { events, records, processes, catalog }: CutOptions,
  causes: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlyMap<string, ProcessUntil>> {
  await requireKnown(records, new Set(processes.map(({ name }) => name)));
  const known = new Map<string, ProcessUntil>();
  for (const process of processes) {
    const { name } = process;
    const place = await valueAt<ProcessPlace>(records, { table: processesTable, key: name });
    if (!place) continue;
    const waiting = new ParkedStreams(name, records);
    await waiting.load();
    const parked = waiting.all();
    const { beginning } = events;
    const options = { process, catalog, reached: place.position, parked, beginning };
    known.set(name, new ProcessUntil({ ...options, causes: causes.get(name) ?? new Set() }));
  }
  return known;
}

async function requireKnown(records: Records, known: ReadonlySet<string>): Promise<void> {
  const rows = await records.list({ table: processesTable, limit: mostProcesses });
  const unknown = rows.find(({ key }) => !known.has(key));
  if (!unknown) return;
  throw new TransferError(
    `The process ${unknown.key} is of another build, and what it waited for then is not known here. ` +
      'Restore with that build, or restore the whole.',
  );
}
