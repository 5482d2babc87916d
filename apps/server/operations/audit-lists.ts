import { leafOf } from '#lib/engine/evidence/merkle.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { Action, ActionCircumstances, ActionOutcome, AnyAction } from '../http/action.js';
import { eventsOf, proven, tooEarly, onTree } from './audit-answers.js';
import { ListProvenEvents, ListTenantStreams, type ProvenEvent } from './audit-messages.js';

export interface AuditListOptions {
  readonly events: Pick<EventStore, 'read' | 'follow' | 'isPosition'>;
  readonly records: Records;
}

/** Events looked through for one page of a tenant's streams. */
const mostLookedThrough = 5_000;
const noSuchCursor = { kind: 'malformed', parameter: 'cursor', detail: 'No page ended there.' } as const;

/** What a bundle of one tenant's evidence is made of. */
export function auditLists({ events, records }: AuditListOptions): readonly AnyAction[] {
  const streams: Action<ListTenantStreams> = {
    message: ListTenantStreams,
    lists: true,
    async run({ tenantId }, { page }) {
      if (page.cursor !== null && !events.isPosition(page.cursor)) return noSuchCursor;
      return streamsNaming(tenantId.toLowerCase(), events, page);
    },
  };

  const provenEvents: Action<ListProvenEvents> = {
    message: ListProvenEvents,
    lists: true,
    async run({ stream, size }, { page: { limit, cursor } }) {
      if (cursor !== null && !/^\d{1,15}$/.test(cursor)) return noSuchCursor;
      return onTree(records, async (tree) => {
        if (size > tree.size) return tooEarly(`The tree holds ${tree.size} events.`);
        const rows: ProvenEvent[] = [];
        for await (const event of eventsOf(events, stream, Number(cursor ?? 0))) {
          if (rows.length === limit) return { kind: 'list', rows, next: String(event.revision) };
          const index = await tree.indexOf(event);
          if (index === null || index >= size) break;
          rows.push(await proven(event, index, size, tree));
        }
        return { kind: 'list', rows, next: null };
      });
    },
  };

  return [streams, provenEvents];
}

/** An event names a tenant if its ID stands anywhere in it: in the stream's name, the payload or the envelope. */
async function streamsNaming(
  tenantId: string,
  events: Pick<EventStore, 'follow'>,
  { cursor, limit }: ActionCircumstances['page'],
): Promise<ActionOutcome> {
  const found = new Set<string>();
  const until = (next: string | null): ActionOutcome => {
    return { kind: 'list', rows: [...found].map((stream) => ({ stream })), next };
  };
  let looked = 0;
  let upTo = cursor;
  for await (const page of events.follow(cursor, new AbortController().signal)) {
    for (const event of page.events) {
      if (leafOf(event).includes(tenantId)) {
        if (found.size === limit && !found.has(event.stream)) return until(upTo);
        found.add(event.stream);
      }
      upTo = event.position;
    }
    looked += page.events.length;
    upTo = page.upTo;
    if (page.atHead) break;
    if (looked >= mostLookedThrough) return until(upTo);
  }
  return until(null);
}
