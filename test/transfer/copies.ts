import type { SqliteFolder } from '#lib/adapters/sqlite/open.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventStore, StoredEvent } from '#lib/engine/ports/event-store.js';
import type { RecordChange, RecordRow, Records } from '#lib/engine/ports/records.js';
import { openExport } from '#lib/engine/transfer/export-file.js';
import { exportLog } from '#lib/engine/transfer/export-log.js';
import type { Schema } from '#lib/engine/transfer/format.js';
import { importLog, type Imported } from '#lib/engine/transfer/import-log.js';
import { OrdinalCount, positionsIn, withOrdinals } from '#lib/engine/transfer/references.js';
import { uuidFrom } from '#lib/engine/uuid.js';
import { oddData } from '../contract/events.js';
import { added } from '../faults/views.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';

export const schema = { Added: 1, Reminded: 1 };
export const never = new AbortController().signal;
export const exportedAt = '2026-03-01T12:00:00.000Z';
const ignored = (): void => undefined;

export interface Stores {
  readonly events: EventStore;
  readonly records: Records;
}

export async function exported({ events, records }: Stores, known: Schema = schema): Promise<string> {
  let text = '';
  const options = { events, records, schema: known, exportedAt, progress: ignored, signal: never };
  for await (const block of exportLog(options)) text += block;
  return text;
}

/** The bytes of a file in pieces that end anywhere. */
export async function* inPieces(text: string | Buffer, size = 10_007): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

export async function imported(
  text: string | Buffer,
  { events, records }: Stores,
  known: Schema = schema,
): Promise<Imported> {
  const options = { events, records, schema: known, progress: ignored, signal: never };
  return importLog(await openExport(inPieces(text)), options);
}

/** Events of interleaved streams, several of one command now and then, and records of every kind that there is. */
export async function filledFolder(rounds = 40): Promise<SqliteFolder> {
  const folder = await openTestFolder(newFolder());
  const { events, records } = folder;
  const totals = [0, 0, 0];
  const revisions = [-1, -1, -1];
  for (let round = 0; round < rounds; round += 1) {
    for (let stream = 0; stream < 3; stream += 1) {
      const amounts = Array.from({ length: 1 + ((round + stream) % 4) }, (_, n) => n + 1);
      const [revision = -1, total = 0] = [revisions[stream], totals[stream]];
      const expected = revision < 0 ? 'none' : revision;
      await events.append(`tally-${stream}`, expected, ofOneCommand(added(String(stream), total, ...amounts)));
      revisions[stream] = revision + amounts.length;
      totals[stream] = total + amounts.reduce((sum, amount) => sum + amount, 0);
    }
  }
  const log = await wholeLog(events);
  const at = (ordinal: number) => log[ordinal - 1]?.position ?? null;
  const before = `${events.logId}.${'0'.repeat(20)}`;
  const row = (table: string, key: string, value: object, sort: string | null = null): RecordChange => {
    return { table, key, expect: 'none', value, sort };
  };
  await records.transact([
    row('secrets', 'server', { secret: 'x' }),
    row('people', 'tenant/ada', { ...oddData, name: 'Ada' }, 'tenant/ada'),
    row('processes', 'early', { position: before, appended: null }, 'early'),
    row('processes', 'totals', { position: at(log.length), appended: at(7) }, 'totals'),
    row('operations', 'one', { position: at(Math.ceil(log.length / 2)), rows: [at(1), 'text'] }, 'ended/1'),
    ...Array.from({ length: 9 }, (_, n) => row('timers', `t${n}`, { process: 'totals', n }, `2026-04-${n}`)),
  ]);
  await records.transact([{ table: 'timers', key: 't7', expect: 1, value: { process: 'totals', n: 'again' } }]);
  return folder;
}

function ofOneCommand(events: readonly Recorded[]): Recorded[] {
  const commandId = uuidFrom(events[0]?.id ?? '');
  return events.map((event) => ({ ...event, id: uuidFrom(event.id), meta: { ...event.meta, commandId } }));
}

async function wholeLog(events: Pick<EventStore, 'follow'>): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const page of events.follow(null, never)) {
    found.push(...page.events);
    if (page.atHead) break;
  }
  return found;
}

/** What an import leaves behind, and what is derived from the log in each store for itself. */
const notCopied: ReadonlySet<string> = new Set(['transfer', 'evidence']);

/** All that must be the same in a copy: positions as ordinals, no counts of changes. */
export async function contentOf({ events, records }: Stores) {
  const log = await wholeLog(events);
  const rows: RecordRow[] = [];
  for await (const page of records.snapshot()) rows.push(...page.filter(({ table }) => !notCopied.has(table)));
  const isPosition = (text: string) => events.isPosition(text);
  const count = new OrdinalCount(rows.flatMap(({ value }) => positionsIn(value, isPosition)));
  for (const { position } of log) count.pass(position);
  const ordinals = count.ordinals();
  return {
    events: log.map(({ position: _, ...event }) => event),
    records: rows.map(({ version: _, ...row }) => ({ ...row, value: withOrdinals(row.value, ordinals) })),
  };
}
