import { writtenUpTo } from '#lib/engine/history/written-up-to.js';
import type { History } from '#lib/engine/history/history.js';
import { skippedBy } from '#lib/engine/parking/decisions.js';
import type { EventStore, Position } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import { catalog } from '#lib/product/registries.js';
import { ledgerEntry, licenseLedgerProjection, type EntryDoc, type LedgerEntry } from '#lib/views/license-ledger.js';
import type { Action, AnyAction } from '../http/action.js';
import { momentOf } from '#lib/engine/history/as-of.js';
import { csvLine } from './csv.js';
import { ExportLedger, mediaTypes, type LedgerFormat } from './ledger-messages.js';

/** The ledger as a file: the log itself is read and folded, so that nothing has to be waited for or fits in memory. */
export function ledgerActions(
  events: EventStore,
  records: Pick<Records, 'get'>,
  history: Pick<History, 'present' | 'moment'>,
): readonly AnyAction[] {
  const exportLedger: Action<ExportLedger> = {
    message: ExportLedger,
    async run(message) {
      const found = await momentOf(message.asOf, history, (text) => events.isPosition(text));
      if ('fault' in found) return { kind: 'malformed', parameter: 'asOf', detail: found.fault };
      const skipped = await skippedBy(records, licenseLedgerProjection.name);
      const chunks = written(entriesUpTo(events, found.position, skipped, message), message.format);
      return { kind: 'stream', mediaType: mediaTypes[message.format], position: found.position, chunks };
    },
  };
  return [exportLedger];
}

async function* entriesUpTo(
  events: EventStore,
  position: Position,
  skipped: ReadonlySet<string>,
  { tenantId, publisherId }: ExportLedger,
): AsyncGenerator<readonly LedgerEntry[], void> {
  for await (const docs of writtenUpTo(events, catalog, licenseLedgerProjection, position, skipped)) {
    const entries = docs.map((doc) => ledgerEntry(doc as EntryDoc));
    yield entries.filter(
      (entry) => isOf(entry.tenantId, tenantId.toLowerCase()) && isOf(entry.publisherId, publisherId),
    );
  }
}

const isOf = (whose: string, asked: string): boolean => asked === '*' || whose === asked;

/** Fields in the order in which they are declared. */
const columns = [
  'reference',
  'event',
  'recordedAt',
  'occurredAt',
  'onBehalfOf',
  'publisherId',
  'offer',
  'tenantId',
  'serviceId',
  'planId',
  'dealId',
  'personId',
  'from',
  'to',
  'reason',
  'policy',
  'dueAt',
  'licenses',
  'seats',
  'commandId',
  'correlationId',
  'causationId',
] as const satisfies readonly (keyof LedgerEntry)[];
const whoColumns = ['kind', 'id', 'role', 'personId'] as const satisfies readonly (keyof LedgerEntry['who'])[];

async function* written(
  pages: AsyncIterable<readonly LedgerEntry[]>,
  format: LedgerFormat,
): AsyncGenerator<string, void> {
  if (format === 'csv') yield csvLine([...columns, ...whoColumns.map((name) => `who.${name}`)]);
  for await (const entries of pages) {
    const lines = entries.map((entry) => (format === 'csv' ? csvOf(entry) : `${JSON.stringify(entry)}\n`));
    if (lines.length > 0) yield lines.join('');
  }
}

function csvOf(entry: LedgerEntry): string {
  return csvLine([...columns.map((name) => entry[name]), ...whoColumns.map((name) => entry.who[name])]);
}
