import type { Clock } from '#lib/engine/ports/clock.js';
import type { EventStore, Position } from '#lib/engine/ports/event-store.js';
import { versionOf, type ParkedKey, type ViewReader, type ViewVersion } from '#lib/engine/ports/view-store.js';
import type { Action, AnyAction } from '../http/action.js';
import type { Records } from '#lib/engine/ports/records.js';
import { allVerified } from '#lib/engine/rebuilding/verified.js';
import type { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { projections } from '#lib/product/registries.js';
import { ShowProjections, type ProjectionStatus } from './messages.js';

/** Counting a view's lag stops here. */
const mostCounted = 10_000;
const noDigest = '0'.repeat(64);

/** What operators ask about projections; read from checkpoint rows, which nobody folds. */
export function projectionActions(
  views: ViewReader,
  store: EventStore,
  clock: Clock,
  rebuilds: Rebuilds,
  records: Pick<Records, 'list'>,
): readonly AnyAction[] {
  const show: Action<ShowProjections> = {
    message: ShowProjections,
    lists: true,
    async run() {
      const rows: ProjectionStatus[] = [];
      const [rebuilt, verified] = [await rebuilds.byView(), await allVerified(records)];
      for (const projection of projections) {
        const { name } = projection;
        const beside = { verified: verified.get(name) ?? null, rebuild: rebuilt.get(name)?.id ?? null };
        rows.push({ ...(await statusOf(versionOf(projection), views, store, clock)), ...beside });
      }
      return { kind: 'list', rows, next: null };
    },
  };
  return [show];
}

async function statusOf(
  id: ViewVersion,
  views: ViewReader,
  store: EventStore,
  clock: Clock,
): Promise<Omit<ProjectionStatus, 'verified' | 'rebuild'>> {
  const checkpoint = await views.checkpoint(id);
  const parked = await views.parked(id);
  const position = checkpoint?.position ?? null;
  return {
    ...id,
    position,
    documents: checkpoint?.count ?? 0,
    digest: checkpoint?.digest ?? noDigest,
    applied: checkpoint?.applied ?? 0,
    ...(await lagBehind(position, store, clock)),
    parked: parked.map(shown),
  };
}

/** How many events lie behind a position, and how old the first of them is. */
async function lagBehind(position: Position | null, store: EventStore, clock: Clock) {
  const counting = new AbortController();
  let lagEvents = 0;
  let oldest: string | null = null;
  let lagIsAtLeast = false;
  for await (const { events, atHead } of store.follow(position, counting.signal)) {
    oldest ??= events[0]?.meta.recordedAt ?? null;
    lagEvents += events.length;
    lagIsAtLeast = !atHead && lagEvents >= mostCounted;
    if (atHead || lagIsAtLeast) break;
  }
  const ageMs = oldest === null ? 0 : Date.parse(clock.now()) - Date.parse(oldest);
  return { lagEvents, lagIsAtLeast, lagSeconds: Math.max(0, Math.round(ageMs / 1000)) };
}

function shown({ kind, key, event, error, since, waiting }: ParkedKey): ProjectionStatus['parked'][number] {
  return { kind, key, event, error, since, waiting: waiting.length };
}
