import { randomUUID } from 'node:crypto';
import type { Actor } from '../model/envelope.js';
import type { Clock } from '../ports/clock.js';
import type { RecordChange, Records } from '../ports/records.js';
import type { Checkpoint, ViewReader, ViewVersion } from '../ports/view-store.js';
import {
  rebuildActs,
  RebuildRecords,
  type Rebuild,
  type RebuildAct,
  type RebuiltView,
  type StoredClaim,
  type Switching,
} from './rebuild.js';

/** How long a rebuild that has ended can be asked about, and how many are forgotten with each new one. */
const kept = { ms: 30 * 86_400_000, forgottenAtOnce: 20 } as const;

export interface RebuildsOptions {
  readonly records: Records;
  readonly views: ViewReader;
  readonly clock: Clock;
  /** Told that there is something to do for whoever carries rebuilds out. */
  readonly wake: () => void;
}

export interface RebuildRequest {
  readonly versions: readonly ViewVersion[];
  readonly switching: Switching;
  readonly startedBy: Actor;
  /** What is to change in the records together with its beginning, as they are when it is asked for. */
  readonly together?: (id: string) => Promise<readonly RecordChange[]>;
}

/** A view that cannot be built anew now: the rebuild that has it; null: it was not built for the first time yet. */
export interface Busy {
  readonly busy: string;
  readonly id: string | null;
}

/** How far a view's new build is, and the live one. Events, counted from the log's beginning. */
export interface BuildProgress {
  readonly view: string;
  readonly seen: number;
  readonly head: number;
  /** Documents of the new build that wait behind an event which could not be folded. */
  readonly parked: number;
}

/** What is asked of rebuilds: to begin, to go another way, how far they are. A runner carries it out. */
export class Rebuilds {
  readonly #records: RebuildRecords;

  constructor(private readonly options: RebuildsOptions) {
    this.#records = new RebuildRecords(options.records);
  }

  async find(id: string): Promise<Rebuild | null> {
    return (await this.#records.find(id))?.rebuild ?? null;
  }

  /** Those under way, by view. */
  async byView(): Promise<ReadonlyMap<string, Rebuild>> {
    const active = await this.#records.active();
    return new Map(active.flatMap(({ rebuild }) => rebuild.views.map(({ view }) => [view, rebuild] as const)));
  }

  /** The new rebuild, or a view that has one already (`id`), or that is not there yet (null). */
  async begin(request: RebuildRequest): Promise<Rebuild | Busy> {
    const { versions, switching, startedBy, together } = request;
    const { clock, wake } = this.options;
    const builds = await this.options.views.builds();
    const views: RebuiltView[] = [];
    const claims = new Map<string, StoredClaim>();
    for (const { view, version } of versions) {
      const own = builds.filter((build) => build.view === view && build.version === version);
      const live = own.find(({ isLive }) => isLive);
      const claim = await this.#records.claimOf(view);
      if (!live || claim.rebuild !== null) return { busy: view, id: claim.rebuild };
      claims.set(view, claim);
      const build = Math.max(claim.lastBuild, ...own.map((one) => one.build)) + 1;
      views.push({ view, version, before: live.build, build, step: 'building', differences: [] });
    }
    const startedAt = clock.now();
    const rebuild: Rebuild = {
      ...{ id: randomUUID(), status: 'running', views, switching, startedBy, startedAt },
      ...{ switchedAt: null, endedAt: null, pace: null },
    };
    // Somebody else was faster.
    if (!(await this.#records.begin(rebuild, claims, (await together?.(rebuild.id)) ?? []))) return this.begin(request);
    await this.#records.forgetEndedBefore(
      new Date(Date.parse(startedAt) - kept.ms).toISOString(),
      kept.forgottenAtOnce,
    );
    wake();
    return rebuild;
  }

  /** What became of it; null: there is none. `refused`: its status does not allow that. */
  async act(id: string, act: RebuildAct): Promise<Rebuild | { readonly refused: Rebuild } | null> {
    for (;;) {
      const found = await this.#records.find(id);
      if (!found) return null;
      const { from, to } = rebuildActs[act];
      const { rebuild, version } = found;
      if (!from.some((status) => status === rebuild.status)) return { refused: rebuild };
      const changed: Rebuild = { ...rebuild, status: to, pace: null };
      if (!(await this.#records.save(changed, version))) continue;
      this.options.wake();
      return changed;
    }
  }

  async progressOf({ views }: Rebuild): Promise<readonly BuildProgress[]> {
    return Promise.all(
      views.map(async ({ view, version, build }) => {
        const [next, live] = await checkpointsOf(this.options.views, { view, version, build });
        const parked = await this.options.views.parked({ view, version, build });
        const seen = next?.seen ?? 0;
        return { view, seen, head: Math.max(seen, live?.seen ?? 0), parked: parked.length };
      }),
    );
  }
}

/** Of a build and of the live one, at one instant. */
export function checkpointsOf(
  views: ViewReader,
  { view, version, build }: Required<ViewVersion>,
): Promise<readonly [Checkpoint | null, Checkpoint | null]> {
  return views.snapshot(async (reader) => [
    await reader.checkpoint({ view, version, build }),
    await reader.checkpoint({ view, version }),
  ]);
}
