import type { AnyProjection } from '../model/projection.js';
import type { Position } from '../ports/event-store.js';
import type { ViewProgress } from '../ports/view-store.js';
import { FoldingView } from './folding-view.js';
import { Lane, type LaneOptions } from './lane.js';

/** A projection to fold, under the lease of this epoch. */
export interface OwnedProjection {
  readonly projection: AnyProjection;
  readonly epoch: number;
}

export interface ProjectionRunnerOptions extends Omit<LaneOptions, 'committed'> {
  readonly projections: readonly OwnedProjection[];
  readonly progress: (progress: ViewProgress) => void;
}

/**
 * Brings every view up to date and keeps it there until the signal aborts. Views at the same position share one reading
 * of the log; one that is behind the others has its own until it has caught up, so that a new view delays no other.
 * Rejects, with all views at rest, if a view was moved on by another owner (FencedError) or the log cannot be read.
 */
export async function runProjections(options: ProjectionRunnerOptions, signal: AbortSignal): Promise<void> {
  const { projections, views, progress } = options;
  const opened = await Promise.all(
    projections.map(({ projection, epoch }) => FoldingView.open(projection, views, epoch)),
  );
  const committed = (moved: readonly FoldingView[], position: Position): void =>
    progress({
      positions: Object.fromEntries(moved.map((view) => [view.id.view, position])),
      parked: Object.fromEntries(moved.map((view) => [view.id.view, parkedOf(view)])),
    });
  for (const view of opened) if (view.position !== null) committed([view], view.position);

  const byPosition = new Map<Position | null, FoldingView[]>();
  for (const view of opened) byPosition.set(view.position, [...(byPosition.get(view.position) ?? []), view]);
  const lanes = [...byPosition]
    .sort(([a], [b]) => ((a ?? '') > (b ?? '') ? -1 : 1))
    .map(([position, members]) => new Lane(members, position, { ...options, committed }));
  const [ahead, ...behind] = lanes;
  if (!ahead) return;
  await untilFirstFails(
    [(ending) => ahead.run(ending), ...behind.map((lane) => (ending: AbortSignal) => lane.run(ending, ahead))],
    signal,
  );
}

/** Runs all until all have ended; one that fails ends the others, and what it failed with is thrown when they rest. */
async function untilFirstFails(
  acts: readonly ((ending: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  const ends = acts.map((act) => act(ending).catch((error: unknown) => failed.abort(error)));
  await Promise.all(ends);
  failed.signal.throwIfAborted();
}

function parkedOf(view: FoldingView): Record<string, string> {
  return Object.fromEntries(view.parked.map(({ kind, key, since }) => [`${kind}/${key}`, since]));
}
