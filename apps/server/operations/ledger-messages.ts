import type { HttpRoute } from '#lib/engine/model/message.js';
import { Default, OneOf, Text } from '#lib/engine/model/shape.js';
import { auditRoles } from '#lib/domain/roles.js';
import { LedgerEntry } from '#lib/views/license-ledger.js';

/** How rows are written, by the word that asks for it. */
export const mediaTypes = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;
export type LedgerFormat = keyof typeof mediaTypes;

/** The whole ledger, or what of it concerns somebody, in the order of the log. */
export class ExportLedger {
  static readonly type = 'ExportLedger';
  static readonly http: HttpRoute = {
    route: 'GET /ledger/export',
    by: auditRoles,
    summary: 'Every license and seat event up to now, an instant or a position, in one answer of any length.',
  };
  static readonly answers = LedgerEntry;
  static readonly streams = Object.values(mediaTypes);
  @Default('ndjson') @OneOf(Object.keys(mediaTypes)) format!: LedgerFormat;
  @Default('now')
  @Text({ description: 'An instant (RFC 3339), a position, or now.', example: '2026-03-01T12:00:00Z' })
  asOf!: string;
  @Default('*') @Text({ description: "A tenant's GUID, or * for every customer." }) tenantId!: string;
  @Default('*') @Text({ description: 'A publisher, or * for every one.' }) publisherId!: string;
}
