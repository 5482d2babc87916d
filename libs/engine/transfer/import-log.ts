import { canonicalJson } from '../model/canonical.js';
import type { EventStore, Position } from '../ports/event-store.js';
import type { RecordRow, Records } from '../ports/records.js';
import type { ExportFile } from './export-file.js';
import { TransferError, type RecordLine, type Schema, type TransferCounts, type TransferProgress } from './format.js';
import { importMark, markChange, type ImportMark } from './import-mark.js';
import { LogCopy } from './log-copy.js';
import { ordinalsIn, withPositions } from './references.js';

export interface ImportOptions {
  readonly events: EventStore;
  readonly records: Records;
  /** What this build knows. */
  readonly schema: Schema;
  readonly progress: (progress: TransferProgress) => void;
  readonly signal: AbortSignal;
}

export interface Imported extends TransferCounts {
  /** `already`: this file was imported here before; nothing was done. */
  readonly outcome: 'imported' | 'already';
}

/** Reads a file to its end. Throws TransferError if it is not whole and as it was written. */
export async function checkExport(
  file: ExportFile,
  progress: (progress: TransferProgress) => void,
): Promise<TransferCounts> {
  let counts: TransferCounts = { records: 0, events: 0 };
  for await (const block of file.blocks) {
    counts = counted(counts, block.kind, block.lines.length);
    progress({ ...counts, bytes: block.bytes });
  }
  return counts;
}

/**
 * Brings an export into stores that hold nothing, or that hold a part of this very export: then it goes on. Events get
 * the same order, streams, revisions, IDs and envelopes, and places of processes are those of the same events. Throws
 * TransferError, and leaves a store that holds anything else as it was.
 */
export async function importLog(file: ExportFile, options: ImportOptions): Promise<Imported> {
  const { events, records, schema, progress, signal } = options;
  requireKnown(file.header.schema, schema);
  let counts: TransferCounts = { records: 0, events: 0 };
  const mark = await begin(file, options);
  if (mark.isDone) return { outcome: 'already', ...counts };
  const copy = await LogCopy.open(events, mark.before, signal);
  for await (const block of file.blocks) {
    signal.throwIfAborted();
    if (block.kind === 'record') await bringRows(records, copy, block.lines);
    if (block.kind === 'event') await copy.take(block.lines);
    counts = counted(counts, block.kind, block.lines.length);
    progress({ ...counts, bytes: block.bytes });
  }
  if (!(await copy.isWhole())) throw new TransferError(`The target's log holds more than the export. ${elsewhere}`);
  await records.transact([markChange({ ...mark, isDone: true }, 'any')]);
  return { outcome: 'imported', ...counts };
}

const elsewhere = 'Name stores that hold nothing.';

function counted({ records, events }: TransferCounts, kind: string, lines: number): TransferCounts {
  return { records: records + (kind === 'record' ? lines : 0), events: events + (kind === 'event' ? lines : 0) };
}

function requireKnown(exported: Schema, known: Schema): void {
  const missing = Object.entries(exported).filter(([type, v]) => v > (known[type] ?? 0));
  if (missing.length === 0) return;
  const names = missing.map(([type, v]) => `${type} of version ${v}`).join(', ');
  throw new TransferError(
    `The export was made by a newer build: this one does not know ${names}. Import it with that build or a later one.`,
  );
}

/** The mark of this file, made if nothing is there. */
async function begin({ header, origin }: ExportFile, { events, records }: ImportOptions): Promise<ImportMark> {
  const mark = await importMark(records);
  if (mark?.id === header.id) return mark;
  if (mark && !mark.isDone) {
    throw new TransferError(
      `Another import was begun here and has not ended, that of ${mark.origin.name}. ${mark.origin.goOn} ` +
        `Or: ${elsewhere}`,
    );
  }
  const before = await requireNothing(events, records);
  const { id, logId } = header;
  const begun: ImportMark = { id, logId, origin, isDone: false, before };
  const { ok } = await records.transact([markChange(begun, 'none')]);
  if (!ok) throw new TransferError('Another import was begun here at this moment. Wait until it has ended.');
  return begun;
}

/** The position of an empty log's head. */
async function requireNothing(events: EventStore, records: Records): Promise<Position> {
  for await (const [row] of records.snapshot()) {
    if (row) throw new TransferError(`The target is in use: its records hold rows (${row.table}, …). ${elsewhere}`);
    break;
  }
  const before = await events.head();
  for await (const page of events.follow(null, new AbortController().signal)) {
    const [event] = page.events;
    if (event) throw new TransferError(`The target is in use: its log holds ${event.stream}, … ${elsewhere}`);
    if (page.atHead) break;
  }
  return before;
}

/** Rows that are there from an earlier run are compared, the others written, all those of a block or none. */
async function bringRows(records: Records, copy: LogCopy, lines: readonly RecordLine[]): Promise<void> {
  const positions = new Map<number, Position>();
  for (const ordinal of lines.flatMap(({ value }) => ordinalsIn(value))) {
    if (!positions.has(ordinal)) positions.set(ordinal, await copy.positionOf(ordinal));
  }
  const rows = lines.map((line) => ({ ...line, value: withPositions(line.value, positions) as object }));
  const found = await Promise.all(rows.map(({ table, key }) => records.get(table, key)));
  const missing = rows.filter((row, index) => !isThere(row, found[index]));
  if (missing.length === 0) return;
  // Events come after these rows: if there are any, this import has not written them.
  if (copy.isAhead) throw new TransferError(`The target's log holds events of something else. ${elsewhere}`);
  const changes = missing.map(({ table, key, sort, value }) => ({ table, key, sort, value, expect: 'none' }) as const);
  const { ok } = await records.transact(changes);
  if (!ok) throw new TransferError('Somebody else writes into the target. Stop it, and run the same again.');
}

function isThere(row: RecordLine, found: RecordRow | null | undefined): boolean {
  if (!found) return false;
  if (found.sort === row.sort && canonicalJson(found.value) === canonicalJson(row.value)) return true;
  throw new TransferError(`The target holds another record ${row.table}/${row.key}. ${elsewhere}`);
}
