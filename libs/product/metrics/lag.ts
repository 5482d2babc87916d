import type { Clock } from '#lib/engine/ports/clock.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import { activeRebuilds } from '#lib/engine/rebuilding/rebuild.js';
import { allVerified } from '#lib/engine/rebuilding/verified.js';
import { versionOf, type ViewReader } from '#lib/engine/ports/view-store.js';
import { parkedStreamsTable } from '#lib/engine/processes/parked-streams.js';
import { processesTable, type ProcessPlace } from '#lib/engine/processes/process-checkpoint.js';
import { timersTable } from '#lib/engine/processes/timers.js';
import { behindOf, secondsBetween, type Behind } from './behind.js';

/** Counting stops here. */
const most = { timers: 1_000, parked: 1_000 } as const;

interface Follower extends Pick<Behind, 'events' | 'seconds'> {
  readonly name: string;
  readonly parked: number;
}

/** What was found when a view was last verified. */
interface Checked {
  /** Null: it was not, or has been built anew since. */
  readonly verified: { readonly at: string; readonly isEqual: boolean } | null;
}

/** A new build of a view, and how many events it and the one that is read have folded. */
export interface UnderWay {
  readonly name: string;
  readonly build: number;
  readonly done: number;
  readonly head: number;
}

/** How far everything is that follows the log, and what should have happened by now. */
export interface Lag {
  /** Documents that wait count as parked. */
  readonly projections: readonly (Follower & Checked)[];
  /** Streams whose events wait in a process count as parked. */
  readonly processes: readonly Follower[];
  readonly overdue: number;
  readonly overdueSeconds: number;
  readonly builds: readonly UnderWay[];
}

export interface LagOptions {
  readonly events: Pick<LogReader, 'follow'>;
  readonly records: Pick<Records, 'get' | 'list'>;
  readonly views: Pick<ViewReader, 'checkpoint' | 'parked'>;
  readonly projections: readonly { readonly name: string; readonly version: number }[];
  readonly processes: readonly { readonly name: string }[];
  readonly clock: Clock;
}

/** Reads it from checkpoints, the log and the timers. */
export async function lagOf({ events, records, views, projections, processes, clock }: LagOptions): Promise<Lag> {
  const stopped = await records.list({ table: parkedStreamsTable, limit: most.parked });
  const places = await Promise.all([
    ...projections.map(async (projection) => {
      const { name } = projection;
      const id = versionOf(projection);
      const [checkpoint, parked] = [await views.checkpoint(id), await views.parked(id)];
      return { kind: 'projection', name, position: checkpoint?.position ?? null, parked: parked.length } as const;
    }),
    ...processes.map(async ({ name }) => {
      const place = (await records.get(processesTable, name))?.value;
      const position = place && isPlace(place) ? place.position : null;
      const parked = stopped.filter(({ key }) => key.startsWith(`${name}/`)).length;
      return { kind: 'process', name, position, parked } as const;
    }),
  ]);
  const now = clock.now();
  const counted = await behindOf(
    events,
    places.map(({ position }) => position),
    now,
  );
  const behind = places.map((place, index) => ({ events: 0, seconds: 0, ...place, ...counted[index] }));
  const verified = await allVerified(records);
  const due = await records.list({ table: timersTable, upTo: now, limit: most.timers });
  return {
    projections: behind
      .filter(({ kind }) => kind === 'projection')
      .map((one) => ({ ...one, verified: verified.get(one.name) ?? null })),
    processes: behind.filter(({ kind }) => kind === 'process'),
    overdue: due.length,
    overdueSeconds: secondsBetween(due[0]?.sort ?? null, now),
    builds: await buildsUnderWay(records, views),
  };
}

async function buildsUnderWay(
  records: LagOptions['records'],
  views: LagOptions['views'],
): Promise<readonly UnderWay[]> {
  const rebuilds = await activeRebuilds(records);
  const building = rebuilds.flatMap(({ rebuild }) => rebuild.views.filter(({ step }) => step === 'building'));
  return Promise.all(
    building.map(async ({ view, version, build }) => {
      const [next, live] = [
        await views.checkpoint({ view, version, build }),
        await views.checkpoint({ view, version }),
      ];
      const done = next?.seen ?? 0;
      return { name: view, build, done, head: Math.max(done, live?.seen ?? 0) };
    }),
  );
}

function isPlace(value: object): value is ProcessPlace {
  return 'position' in value && typeof value.position === 'string';
}
