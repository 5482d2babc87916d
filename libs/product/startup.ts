import type { Clock } from '#lib/engine/ports/clock.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import { versionOf, type ViewReader } from '#lib/engine/ports/view-store.js';
import { behindOf } from './metrics/behind.js';
import type { Startup } from './http/health.js';
import { projections } from './registries.js';

export interface StartupOptions {
  readonly events: Pick<LogReader, 'follow'>;
  readonly views: Pick<ViewReader, 'checkpoint'>;
  readonly clock: Clock;
  /** Whether there is nothing left to be done. */
  isThere(): Promise<boolean>;
}

/** How far a start is. Views that have not caught up yet are what it takes long for: a first start on a large log. */
export interface StartupProgress extends Startup {
  /** Of all views, those that are still behind, and events that the last of them has folded and has before it. */
  readonly views: { readonly all: number; readonly behind: number };
  readonly events: { readonly folded: number; readonly left: number; readonly leftIsAtLeast: boolean };
}

/** Once it has been there it has started, however far its views are behind later. */
export function startupOf({ events, views, clock, isThere }: StartupOptions): () => Promise<Startup | StartupProgress> {
  let started = false;
  return async () => {
    started ||= await isThere();
    if (started) return { started };
    const checkpoints = await Promise.all(projections.map((projection) => views.checkpoint(versionOf(projection))));
    const places = checkpoints.map((checkpoint) => checkpoint?.position ?? null);
    const behind = await behindOf(events, places, clock.now());
    const left = behind.map((one) => one.events);
    return {
      started,
      views: { all: projections.length, behind: left.filter((count) => count > 0).length },
      events: {
        folded: Math.min(...checkpoints.map((checkpoint) => checkpoint?.seen ?? 0)),
        left: Math.max(...left),
        leftIsAtLeast: behind.some(({ isAtLeast }) => isAtLeast),
      },
    };
  };
}
