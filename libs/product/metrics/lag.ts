import type { Clock } from '#lib/engine/ports/clock.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
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

/** How far everything is that follows the log, and what should have happened by now. */
export interface Lag {
  /** Documents that wait count as parked. */
  readonly projections: readonly Follower[];
  /** Streams whose events wait in a process count as parked. */
  readonly processes: readonly Follower[];
  readonly overdue: number;
  readonly overdueSeconds: number;
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
  const due = await records.list({ table: timersTable, upTo: now, limit: most.timers });
  return {
    projections: behind.filter(({ kind }) => kind === 'projection'),
    processes: behind.filter(({ kind }) => kind === 'process'),
    overdue: due.length,
    overdueSeconds: secondsBetween(due[0]?.sort ?? null, now),
  };
}

function isPlace(value: object): value is ProcessPlace {
  return 'position' in value && typeof value.position === 'string';
}
