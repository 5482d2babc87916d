import { History, type AsOf } from '#lib/engine/history/history.js';
import { LogTimes } from '#lib/engine/history/log-times.js';
import { PastDocuments } from '#lib/engine/history/past-documents.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { QueryClass } from '#lib/engine/model/message.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import type { QueryOutcome } from '#lib/engine/queries/ask.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { catalog, projections } from '#lib/product/registries.js';
import { streamIndexProjection } from '#lib/views/stream-index.js';
import { views } from '#lib/views/views.js';
import { system } from '../support/given.js';
import { recordsInMemory } from '../support/records.js';
import { settings } from '../support/settings.js';
import { ReplayedLog } from './replayed-log.js';

export const pageRows = 5;

/** The queries that can be asked as of an earlier state, on a log with this history, at this time. */
export async function pastOf(events: readonly Recorded[], now: string) {
  const log = new ReplayedLog(events);
  const records = recordsInMemory();
  const index = new PastDocuments(streamIndexProjection);
  for (const event of log.events) index.fold(event);
  const visible = new VisibleViews([streamIndexProjection.name]);
  const times = new LogTimes(log, records, 50);
  await times.extend(new AbortController().signal);
  visible.report({ positions: { [streamIndexProjection.name]: await log.head() }, parked: {} });
  const clock = { now: () => now, at: () => () => undefined };
  const reader = { find: async (request: Parameters<PastDocuments['find']>[0]) => index.find(request) };
  const indexed = {
    snapshot: (read: (from: typeof reader) => Promise<unknown>) => read(reader),
  } as unknown as ViewReader;
  const history = new History({
    ...{ log, times, catalog, projections, visible, clock },
    index: streamIndexProjection,
    views: indexed,
    records,
  });
  const settlement = { ignores: () => true, settle: async () => true, consequencesOf: (position: string) => position };
  const engine = new QueryEngine({
    queries: views.flatMap(({ queries }) => queries),
    views: indexed,
    ...{ records, visible, settlement, clock, settings, history },
    secret: 'secret',
  });
  const askOnce = (query: object, asOf: AsOf, cursor: string | null): Promise<QueryOutcome> => {
    const { by } = (query.constructor as QueryClass).http;
    const actor = { ...system, role: by === 'anyone' ? 'anyone' : (by[0] ?? '') };
    const page = { limit: pageRows, cursor, filter: {} };
    return engine.ask(query, { actor, caller: { installation: true }, after: null, asOf, waitMs: 0, page });
  };
  return {
    log,
    /** One answer, or all rows of all pages; null: not found. */
    async ask(query: object, asOf: AsOf): Promise<unknown> {
      const rows: object[] = [];
      for (let cursor: string | null = null; ;) {
        const outcome: QueryOutcome = await askOnce(query, asOf, cursor);
        if (outcome.kind === 'notFound') return null;
        if (outcome.kind === 'one') return outcome.body;
        if (outcome.kind !== 'list') return outcome;
        rows.push(...outcome.rows);
        if (outcome.next === null) return rows;
        cursor = outcome.next;
      }
    },
    askOnce,
  };
}
