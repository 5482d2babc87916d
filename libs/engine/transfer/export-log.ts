import { randomUUID } from 'node:crypto';
import { logTimesTable } from '../history/log-times.js';
import { evidenceTable } from '../evidence/tiles.js';
import { tablesOfViews } from '../rebuilding/tables.js';
import type { LogReader, Position } from '../ports/event-store.js';
import type { RecordRow, Records } from '../ports/records.js';
import { BlockWriter } from './block-writer.js';
import { format, type Header, type RecordLine, type Schema, type TransferProgress } from './format.js';
import { requireWholeImport, transferTable } from './import-mark.js';
import { logPages } from './log-pages.js';
import { OrdinalCount, positionsIn, withOrdinals } from './references.js';

/** A store's own affair, or derived from the log and made anew by whoever imports it. */
const neverExported: ReadonlySet<string> = new Set([
  ...[transferTable, evidenceTable, logTimesTable],
  ...tablesOfViews,
]);

export interface ExportOptions {
  readonly events: Pick<LogReader, 'logId' | 'isPosition' | 'head' | 'follow'>;
  readonly records: Pick<Records, 'get' | 'snapshot'>;
  readonly schema: Schema;
  readonly exportedAt: string;
  readonly progress: (progress: TransferProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Everything that must be kept, as text to be written one after the other, a block at a time. May run beside servers:
 * records are of one instant, and the log goes on to a head that was read after it, so that every place of a process is
 * in the log, and timers and requests belong to that place. What processes did after it is in the log, and is recognised
 * when they do it again.
 */
export async function* exportLog(options: ExportOptions): AsyncGenerator<string, void> {
  await requireWholeImport(options.records);
  const writer = new BlockWriter();
  writer.add(headerOf(options));
  yield writer.take();
  const { waiting, head } = yield* exportRecords(writer, options);
  const ordinals = yield* exportEvents(writer, head, waiting, options);
  for (const row of waiting) {
    writer.add(recordLine({ ...row, value: withOrdinals(row.value, ordinals) as object }));
    if (writer.isFull) yield writer.take();
  }
  yield writer.take();
  yield writer.end();
  options.progress(writer.progress);
}

function headerOf({ events, schema, exportedAt }: ExportOptions): Header {
  const { name, version } = format;
  return {
    kind: 'header',
    format: name,
    version,
    id: randomUUID(),
    logId: events.logId,
    exportedAt,
    schema,
  };
}

interface ExportedRecords {
  /** Rows that name places in the log: there are few, and they wait until the log has passed. */
  readonly waiting: readonly RecordRow[];
  /** Of the log, after the instant of the records. */
  readonly head: Position;
}

async function* exportRecords(
  writer: BlockWriter,
  { events, records, progress, signal }: ExportOptions,
): AsyncGenerator<string, ExportedRecords> {
  const waiting: RecordRow[] = [];
  let head: Position | null = null;
  for await (const page of records.snapshot()) {
    signal.throwIfAborted();
    head ??= await events.head();
    for (const row of page) {
      if (neverExported.has(row.table)) continue;
      if (placesIn(row, events).length > 0) waiting.push(row);
      else writer.add(recordLine(row));
      if (writer.isFull) yield writer.take();
    }
    progress(writer.progress);
  }
  yield writer.take();
  return { waiting, head: head ?? (await events.head()) };
}

/** Answers which of all events stand at the places that rows name. */
async function* exportEvents(
  writer: BlockWriter,
  head: Position,
  waiting: readonly RecordRow[],
  { events, progress, signal }: ExportOptions,
): AsyncGenerator<string, ReadonlyMap<Position, number>> {
  const count = new OrdinalCount(waiting.flatMap((row) => placesIn(row, events)));
  for await (const page of logPages(events, null, head, signal)) {
    for (const { position, stream, revision, id, type, data, meta } of page) {
      count.pass(position);
      writer.add({ kind: 'event', stream, revision, id, type, data, meta });
      if (writer.isFull) yield writer.take();
    }
    progress(writer.progress);
  }
  yield writer.take();
  return count.ordinals();
}

function placesIn({ value }: RecordRow, log: Pick<LogReader, 'isPosition'>): Position[] {
  return positionsIn(value, (text) => log.isPosition(text));
}

function recordLine({ table, key, sort, value }: Omit<RecordRow, 'version'>): RecordLine {
  return { kind: 'record', table, key, sort, value };
}
