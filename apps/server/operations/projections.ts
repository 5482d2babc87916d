import type { Clock } from '#lib/engine/ports/clock.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import { versionOf, type ParkedKey, type ViewReader, type ViewVersion } from '#lib/engine/ports/view-store.js';
import type { Action, AnyAction } from '../http/action.js';
import type { Records } from '#lib/engine/ports/records.js';
import { allVerified } from '#lib/engine/rebuilding/verified.js';
import type { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { behindOf } from '#lib/product/metrics/behind.js';
import { projections } from '#lib/product/registries.js';
import { ShowProjections, type ProjectionStatus } from './messages.js';

const noDigest = '0'.repeat(64);

/** What operators ask about projections; read from checkpoint rows, which nobody folds. */
export function projectionActions(
  views: ViewReader,
  log: Pick<LogReader, 'follow'>,
  clock: Clock,
  rebuilds: Rebuilds,
  records: Pick<Records, 'list'>,
): readonly AnyAction[] {
  const show: Action<ShowProjections> = {
    message: ShowProjections,
    lists: true,
    async run() {
      const [rebuilt, verified] = [await rebuilds.byView(), await allVerified(records)];
      const found = await Promise.all(projections.map((projection) => statusOf(versionOf(projection), views)));
      const behind = await behindOf(
        log,
        found.map(({ position }) => position),
        clock.now(),
      );
      const rows = found.map((status, index): ProjectionStatus => {
        const { view } = status;
        const { events = 0, isAtLeast = false, seconds = 0 } = behind[index] ?? {};
        const lag = { lagEvents: events, lagIsAtLeast: isAtLeast, lagSeconds: Math.round(seconds) };
        return { ...status, ...lag, verified: verified.get(view) ?? null, rebuild: rebuilt.get(view)?.id ?? null };
      });
      return { kind: 'list', rows, next: null };
    },
  };
  return [show];
}

type Status = Omit<ProjectionStatus, 'verified' | 'rebuild' | 'lagEvents' | 'lagIsAtLeast' | 'lagSeconds'>;

async function statusOf(id: ViewVersion, views: ViewReader): Promise<Status> {
  const checkpoint = await views.checkpoint(id);
  const parked = await views.parked(id);
  return {
    ...id,
    position: checkpoint?.position ?? null,
    documents: checkpoint?.count ?? 0,
    digest: checkpoint?.digest ?? noDigest,
    applied: checkpoint?.applied ?? 0,
    parked: parked.map(shown),
  };
}

function shown({ kind, key, event, error, since, waiting }: ParkedKey): ProjectionStatus['parked'][number] {
  return { kind, key, event, error, since, waiting: waiting.length };
}
