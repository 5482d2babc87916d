import type { AnyProjection } from '../model/projection.js';
import type { Position } from '../ports/event-store.js';
import { FoldingView } from './folding-view.js';
import { Lane, type LaneOptions } from './lane.js';

/** What became visible: where the views are now, and which of their documents wait. */
export interface ViewProgress {
  readonly positions: Readonly<Record<string, Position>>;
  /** Parked documents by view, as `kind/key` → since; only views that have any. */
  readonly parked: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ProjectionRunnerOptions extends Omit<LaneOptions, 'committed'> {
  readonly projections: readonly AnyProjection[];
  readonly progress: (progress: ViewProgress) => void;
}

/**
 * Brings every view up to date and keeps it there until the signal aborts. Views at the same position share one reading
 * of the log; one that is behind the others has its own until it has caught up, so that a new view delays no other.
 */
export async function runProjections(options: ProjectionRunnerOptions, signal: AbortSignal): Promise<void> {
  const { projections, views, progress } = options;
  const opened = await Promise.all(projections.map((projection) => FoldingView.open(projection, views)));
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
  await Promise.all([ahead.run(signal), ...behind.map((lane) => lane.run(signal, ahead))]);
}

function parkedOf(view: FoldingView): Record<string, string> {
  return Object.fromEntries(view.parked.map(({ kind, key, since }) => [`${kind}/${key}`, since]));
}
