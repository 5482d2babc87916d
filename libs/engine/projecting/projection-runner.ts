import { once, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf, allDecisions, nothingDecided, type ParkedDecisions } from '../parking/decisions.js';
import { ParkedRetries, type Retried } from '../parking/retry.js';
import { firstAbort } from '../ports/first-abort.js';
import { limits } from '../limits.js';
import type { AnyProjection } from '../model/projection.js';
import type { Position } from '../ports/event-store.js';
import { FencedError } from '../ports/leases.js';
import type { Records } from '../ports/records.js';
import { versionOf, type ViewBuild, type ViewProgress } from '../ports/view-store.js';
import { FoldingView } from './folding-view.js';
import { Lane, type LaneOptions } from './lane.js';

/** A projection to fold, under the lease of this epoch. */
export interface OwnedProjection {
  readonly projection: AnyProjection;
  readonly epoch: number;
}

export interface ProjectionRunnerOptions extends Omit<LaneOptions, 'committed'> {
  readonly projections: readonly OwnedProjection[];
  /** Where it stands what was decided about documents that wait. */
  readonly records: Pick<Records, 'list'>;
  readonly progress: (progress: ViewProgress) => void;
}

/** A build to fold. */
interface OwnedBuild extends OwnedProjection {
  readonly id: ViewBuild;
  readonly decided: ParkedDecisions;
}

/**
 * Brings every view up to date and keeps it there until the signal aborts: all builds of it that the store says are to
 * be folded, of which one is live. Rejects, with all of them at rest, if a view was moved on by another owner
 * (FencedError) or the log cannot be read.
 */
export async function runProjections(options: ProjectionRunnerOptions, signal: AbortSignal): Promise<void> {
  const { projections, views } = options;
  const retries = new ParkedRetries(options);
  for (const { projection } of projections) await views.prepare(versionOf(projection), projection.kinds);
  while (!signal.aborted) {
    const builds = await buildsOf(options);
    const changed = new AbortController();
    const { signal: ending, release } = firstAbort(signal, changed.signal);
    setMaxListeners(0, ending);
    const watching = whenOthers(builds, options, ending).then(() => changed.abort());
    try {
      await foldBuilds(builds, options, retries, ending);
      // Those that have stopped by themselves leave nothing to do until others are to be folded.
      if (!ending.aborted) await once(ending, 'abort');
    } catch (error) {
      // One of them was taken away in the middle of a commit.
      if (!(error instanceof FencedError) || sameText(builds, await buildsOf(options))) throw error;
    } finally {
      changed.abort();
      release();
      await watching;
    }
  }
}

async function buildsOf({ projections, views, records }: ProjectionRunnerOptions): Promise<readonly OwnedBuild[]> {
  const stored = (await views.builds()).filter(({ isPaused }) => !isPaused);
  // After the builds: one that was begun since a skip was withdrawn must be folded without it.
  const decisions = await allDecisions(records);
  return projections.flatMap((owned) => {
    const { name, version } = owned.projection;
    const decided = decisions.get(name) ?? nothingDecided;
    return stored.filter((id) => id.view === name && id.version === version).map((id) => ({ ...owned, id, decided }));
  });
}

function sameText(some: readonly OwnedBuild[], others: readonly OwnedBuild[]): boolean {
  const text = (builds: readonly OwnedBuild[]) => JSON.stringify(builds.map(({ id, decided }) => [id, decided]));
  return text(some) === text(others);
}

/** Resolves when other builds are to be folded, another one is live, or something was decided about them; or when the signal aborts. */
async function whenOthers(
  builds: readonly OwnedBuild[],
  options: ProjectionRunnerOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(limits.buildsEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    // Whoever folds meets the same failure, and says so.
    const now = signal.aborted ? builds : await buildsOf(options).catch(() => builds);
    if (!sameText(builds, now)) return;
  }
}

/**
 * Views at the same position share one reading of the log; one that is behind the others has its own until it has caught
 * up, so that a new view, or a new build of one, delays no other.
 */
async function foldBuilds(
  builds: readonly OwnedBuild[],
  options: ProjectionRunnerOptions,
  retries: ParkedRetries,
  signal: AbortSignal,
): Promise<void> {
  const { views } = options;
  const open = async ({ projection, epoch, id, decided }: OwnedBuild): Promise<Retried> => {
    return { view: await FoldingView.open(projection, id, views, epoch, addressesOf(decided)), decided };
  };
  const opened = await retries.opened(() => Promise.all(builds.map(open)), signal);
  const committed = (moved: readonly FoldingView[], position: Position): void => tell(moved, position, options);
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

/** Nobody reads a build that is not live. */
function tell(moved: readonly FoldingView[], position: Position, { progress }: ProjectionRunnerOptions): void {
  const live = moved.filter(({ id }) => id.isLive);
  if (live.length === 0) return;
  progress({
    positions: Object.fromEntries(live.map((view) => [view.id.view, position])),
    parked: Object.fromEntries(live.map((view) => [view.id.view, parkedOf(view)])),
  });
}

/** Runs all until all have ended; one that fails ends the others, and what it failed with is thrown when they rest. */
async function untilFirstFails(
  acts: readonly ((ending: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const { signal: ending, release } = firstAbort(signal, failed.signal);
  const ends = acts.map((act) => act(ending).catch((error: unknown) => failed.abort(error)));
  await Promise.all(ends);
  release();
  failed.signal.throwIfAborted();
}

function parkedOf(view: FoldingView): Record<string, string> {
  return Object.fromEntries(view.parked.map(({ kind, key, since }) => [`${kind}/${key}`, since]));
}
