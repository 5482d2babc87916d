import { isPassing } from '../owning/ongoing.js';
import { Wake } from '../owning/wake.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { Records } from '../ports/records.js';
import type { BuildControl, ViewBuild, ViewReader } from '../ports/view-store.js';
import { liveRefusal } from '../ports/builds.js';
import { differencesOf } from './differences.js';
import { checkpointsOf } from './rebuilds.js';
import {
  RebuildRecords,
  type Rebuild,
  type RebuildStatus,
  type RebuiltView,
  type StoredRebuild,
  type Switching,
} from './rebuild.js';

/** How often builds under way are looked at, and their pace is noted; how long the way back stays open. */
const every = { lookMs: 200, paceMs: 1_000, keptMs: 600_000 } as const;

export interface RebuildRunnerOptions {
  readonly records: Records;
  readonly views: ViewReader;
  readonly control: BuildControl;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often to look for what another process has begun; null: none does. */
  readonly lookEveryMs: number | null;
}

/**
 * Makes the views' builds be as the rebuilds in the records say, again and again: whatever was cut off goes on from what
 * is stored. One process does it at a time; who folds sees the builds in the store.
 */
export class RebuildRunner {
  readonly #records: RebuildRecords;
  readonly #wake = new Wake();

  constructor(private readonly options: RebuildRunnerOptions) {
    this.#records = new RebuildRecords(options.records);
  }

  /** To be called when a rebuild was begun, or is to go another way. */
  wake(): void {
    this.#wake.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const active = await this.#records.active();
      const builds = await this.options.views.builds();
      await this.#discardOrphans(active, builds);
      for (const stored of active) if (!signal.aborted) await this.#carryOut(stored, builds);
      await this.#wake.rest(active.length > 0 ? every.lookMs : this.options.lookEveryMs, signal);
    }
  }

  /** One that fails by a bug is tried again with the next look, and holds up no other. */
  async #carryOut({ rebuild, version }: StoredRebuild, builds: readonly ViewBuild[]): Promise<void> {
    try {
      const next = await this.#next(rebuild, builds);
      // If somebody wants it to go another way meanwhile, that counts, and is seen with the next look.
      if (next !== rebuild) await this.#records.save(next, version);
    } catch (error) {
      if (isPassing(error)) throw error;
      this.options.log.error({ rebuild: rebuild.id, error }, 'rebuild could not go on');
    }
  }

  /** `builds`: those that there are at this look. A view has one rebuild at a time, so no other changes its own. */
  async #next(rebuild: Rebuild, builds: readonly ViewBuild[]): Promise<Rebuild> {
    const { clock } = this.options;
    switch (rebuild.status) {
      case 'running':
        return this.#build(rebuild, builds);
      case 'paused':
        await this.#pause(rebuild, true, builds);
        return rebuild;
      case 'switching':
        return this.#switchAnyhow(rebuild);
      case 'canceling':
        return this.#goBack(rebuild, 'canceled', builds);
      case 'rollingBack':
        return this.#goBack(rebuild, 'rolledBack', builds);
      case 'switched': {
        const until = Date.parse(rebuild.switchedAt ?? '') + every.keptMs;
        return Date.parse(clock.now()) < until ? rebuild : this.#finish(rebuild);
      }
      case 'finishing':
        return this.#finish(rebuild);
      default:
        return rebuild;
    }
  }

  async #build(rebuild: Rebuild, builds: readonly ViewBuild[]): Promise<Rebuild> {
    const { control, clock } = this.options;
    const views: RebuiltView[] = [];
    for (const view of rebuild.views) {
      if (view.step === 'building' && !isThere(view, builds)) await control.begin(view, view.build);
      views.push(view.step === 'building' ? await this.#compare(view, rebuild.switching) : view);
    }
    await this.#pause(rebuild, false, builds);
    const isChanged = views.some((view, at) => view !== rebuild.views[at]);
    const next = isChanged ? { ...rebuild, views } : rebuild;
    if (views.every(({ step }) => step === 'live')) return { ...next, status: 'switched', switchedAt: clock.now() };
    if (views.every(({ step }) => step !== 'building')) {
      return rebuild.switching === 'never' ? this.#goBack(next, 'done', builds) : { ...next, status: 'ready' };
    }
    return this.#paced(next);
  }

  /** One view further: switched to, or compared, as soon as its build stands where the live one does. */
  async #compare(view: RebuiltView, switching: Switching): Promise<RebuiltView> {
    const { views, control } = this.options;
    const { version, build } = view;
    const [next, live] = await checkpointsOf(views, { view: view.view, version, build });
    const when = switching === 'anyhow' ? 'anyhow' : 'equal';
    const refusal = next === null ? 'behind' : liveRefusal(next, live, when);
    if (refusal === 'behind') return view;
    if (refusal === null && switching === 'byHand') return { ...view, step: 'equal' };
    if (switching === 'never') return this.#verified(view, refusal === null);
    const outcome = refusal ?? (await control.makeLive(view, build, when));
    if (outcome === 'behind') return view;
    if (outcome === 'live') return { ...view, step: 'live' };
    return this.#verified(view, false);
  }

  /** Compared document by document: what lies in the store may not be what its digest says. */
  async #verified(view: RebuiltView, hasEqualDigest: boolean): Promise<RebuiltView> {
    const { version, build } = view;
    const live = { view: view.view, version };
    const differences = await differencesOf(this.options.views, live, { ...live, build });
    if (hasEqualDigest && differences.length === 0) return { ...view, step: 'equal' };
    const told = { view: view.view, hasEqualDigest, differences: differences.slice(0, 5) };
    this.options.log.error(told, 'a view that was folded anew is not as the live one');
    return { ...view, step: 'different', differences };
  }

  async #pause({ views }: Rebuild, isPaused: boolean, builds: readonly ViewBuild[]): Promise<void> {
    for (const view of views.filter(({ step }) => step !== 'live')) {
      const stored = builds.find((build) => isBuildOf(view, build));
      if (stored && stored.isPaused !== isPaused) await this.options.control.pause(view, view.build, isPaused);
    }
  }

  async #switchAnyhow(rebuild: Rebuild): Promise<Rebuild> {
    const views: RebuiltView[] = [];
    for (const view of rebuild.views) {
      const outcome = await this.options.control.makeLive(view, view.build, 'anyhow');
      views.push(outcome === 'live' ? { ...view, step: 'live' } : view);
    }
    if (views.some(({ step }) => step !== 'live')) return { ...rebuild, views };
    return { ...rebuild, views, status: 'switched', switchedAt: this.options.clock.now() };
  }

  /** There is no way back any more. */
  async #finish(rebuild: Rebuild): Promise<Rebuild> {
    for (const { before, ...view } of rebuild.views) await this.options.control.discard(view, before);
    return { ...rebuild, status: 'done', endedAt: this.options.clock.now() };
  }

  /** The builds that were live before are so again, and nothing is left of the new ones; then it is in its last status. */
  async #goBack(rebuild: Rebuild, status: RebuildStatus, builds: readonly ViewBuild[]): Promise<Rebuild> {
    const { control, clock } = this.options;
    for (const view of rebuild.views) {
      const isLive = builds.some((build) => isBuildOf(view, build) && build.isLive);
      // Views that were lost meanwhile were built again, and there is nothing to go back to.
      if (isLive && !isThere({ ...view, build: view.before }, builds)) continue;
      if (isLive && (await control.makeLive(view, view.before, 'anyhow')) !== 'live') return rebuild;
      await control.discard(view, view.build);
    }
    return { ...rebuild, status, endedAt: clock.now() };
  }

  /** Notes how far the slowest is, about once a second. */
  async #paced(rebuild: Rebuild): Promise<Rebuild> {
    const { clock, views } = this.options;
    const { pace } = rebuild;
    const at = clock.now();
    const passedMs = pace === null ? Infinity : Date.parse(at) - Date.parse(pace.at);
    if (passedMs < every.paceMs) return rebuild;
    const building = rebuild.views.filter(({ step }) => step === 'building');
    const seen = await Promise.all(building.map(async (view) => (await views.checkpoint(buildOf(view)))?.seen ?? 0));
    const slowest = Math.min(...seen);
    const perSecond = pace === null ? null : Math.max(0, Math.round(((slowest - pace.seen) / passedMs) * 1_000));
    return { ...rebuild, pace: { at, seen: slowest, perSecond } };
  }

  /** What an owner that woke up late has begun for a rebuild that has ended since. */
  async #discardOrphans(active: readonly StoredRebuild[], builds: readonly ViewBuild[]): Promise<void> {
    const known = active.flatMap(({ rebuild }) => rebuild.views);
    for (const build of builds) {
      const isKnown = known.some((view) => isBuildOf(view, build) || isBuildOf({ ...view, build: view.before }, build));
      if (!build.isLive && !isKnown) await this.options.control.discard(build, build.build);
    }
  }
}

type Built = Pick<RebuiltView, 'view' | 'version' | 'build'>;

function buildOf({ view, version, build }: Built): Built {
  return { view, version, build };
}

function isBuildOf({ view, version, build }: Built, stored: ViewBuild): boolean {
  return stored.view === view && stored.version === version && stored.build === build;
}

function isThere(view: Built, builds: readonly ViewBuild[]): boolean {
  return builds.some((stored) => isBuildOf(view, stored));
}
