import type { Clock } from '#lib/engine/ports/clock.js';
import type { LogReader, Position } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import { activeRebuilds } from '#lib/engine/rebuilding/rebuild.js';
import { allVerified } from '#lib/engine/rebuilding/verified.js';
import { versionOf, type ViewReader } from '#lib/engine/ports/view-store.js';
import { parkedStreamsTable } from '#lib/engine/processes/parked-streams.js';
import { processesTable, type ProcessPlace } from '#lib/engine/processes/process-checkpoint.js';
import { timersTable } from '#lib/engine/processes/timers.js';

/** Counting stops here: who is so far behind is read about in `GET /v1/projections`. */
const most = { events: 10_000, timers: 1_000, parked: 1_000 } as const;

export interface Behind {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
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

interface Parked {
  readonly parked: number;
}

/** How far everything is that follows the log, and what should have happened by now. */
export interface Lag {
  /** Documents that wait count as parked. */
  readonly projections: readonly (Behind & Parked & Checked)[];
  /** Streams whose events wait in a process count as parked. */
  readonly processes: readonly (Behind & Parked)[];
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
  const walked = await walk(
    events,
    places.map(({ position }) => position),
  );
  const behind = places.map((place) => ({ ...place, ...behindOf(walked, place.position, now) }));
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

interface Passed {
  readonly position: Position;
  readonly recordedAt: string;
}

/**
 * The events behind each of these positions, no more than counting needs, by position. Who is far behind and who is near
 * the end are looked at one after the other, so that what lies between is not read.
 */
async function walk(
  log: Pick<LogReader, 'follow'>,
  positions: readonly (Position | null)[],
): Promise<ReadonlyMap<Position | null, readonly Passed[]>> {
  const found = new Map<Position | null, readonly Passed[]>();
  const waiting = [...new Set(positions)].sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
  for (let from = waiting[0]; from !== undefined; from = waiting[0]) {
    const passed = await eventsAfter(log, from);
    const last = passed.length < most.events ? null : (passed.at(-1)?.position ?? null);
    while (waiting[0] !== undefined && (last === null || (waiting[0] ?? '') <= last)) {
      const position = waiting.shift() ?? null;
      const first = position === null ? 0 : passed.findIndex((event) => event.position > position);
      found.set(position, first < 0 ? [] : passed.slice(first));
    }
  }
  return found;
}

async function eventsAfter(log: Pick<LogReader, 'follow'>, from: Position | null): Promise<readonly Passed[]> {
  const passed: Passed[] = [];
  for await (const { events, atHead } of log.follow(from, new AbortController().signal)) {
    for (const { position, meta } of events) passed.push({ position, recordedAt: meta.recordedAt });
    if (atHead || passed.length >= most.events) break;
  }
  return passed.slice(0, most.events);
}

function behindOf(
  walked: ReadonlyMap<Position | null, readonly Passed[]>,
  position: Position | null,
  now: string,
): Omit<Behind, 'name'> {
  const passed = walked.get(position) ?? [];
  return { events: passed.length, seconds: secondsBetween(passed[0]?.recordedAt ?? null, now) };
}

function secondsBetween(from: string | null, to: string): number {
  return from === null ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000);
}
