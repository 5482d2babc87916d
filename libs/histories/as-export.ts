import { uuidFrom } from '#lib/engine/uuid.js';
import type { Block, ExportFile } from '#lib/engine/transfer/export-file.js';
import { blockLimits, format, type EventLine, type Schema } from '#lib/engine/transfer/format.js';
import { domainEvents } from '#lib/domain/events.js';
import { History, type HistoryOptions } from './history.js';

const schema: Schema = Object.fromEntries(domainEvents.map(({ type, v }) => [type, v]));

/**
 * A history in the form in which one is brought into stores, so that it is written as an import is: only where nothing
 * is, in order, and going on where it was cut off. `goOn` says how.
 */
export function historyAsExport(options: HistoryOptions, goOn: string): ExportFile {
  const { seed, events } = options;
  const id = uuidFrom('history', String(seed), String(events));
  const { name, version } = format;
  const header = { kind: 'header', format: name, version, id, logId: id, exportedAt: '', schema } as const;
  return { header, origin: { name: `a history of ${events} events by seed ${seed}`, goOn }, blocks: blocksOf(options) };
}

async function* blocksOf(options: HistoryOptions): AsyncGenerator<Block, void> {
  const history = new History(options);
  for (const lines of inBlocks(eventLines(history))) yield { kind: 'event', lines, bytes: 0 };
  for (const lines of inBlocks(history.records())) yield { kind: 'record', lines, bytes: 0 };
}

function* eventLines(history: History): Generator<EventLine> {
  for (const turn of history.turns()) for (const event of turn) yield { kind: 'event', ...event };
}

function* inBlocks<L>(all: Iterable<L>): Generator<readonly L[]> {
  let lines: L[] = [];
  for (const line of all) {
    lines.push(line);
    if (lines.length < blockLimits.lines) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}
