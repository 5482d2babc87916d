import type { LogReader, Position } from '#lib/engine/ports/event-store.js';

/** Counting stops here. */
export const mostCounted = 10_000;

/** What lies behind a place in the log. */
export interface Behind {
  readonly events: number;
  /** Counting stopped: there are more. */
  readonly isAtLeast: boolean;
  /** How long ago the first of them was recorded. */
  readonly seconds: number;
}

interface Counted extends Omit<Behind, 'seconds'> {
  readonly oldest: string | null;
}

/**
 * How far each of these places is behind the log's end; null: it has not begun. The log is read once for all of them,
 * and what lies between those far behind and those near the end is not read.
 */
export async function behindOf(
  log: Pick<LogReader, 'follow'>,
  places: readonly (Position | null)[],
  now: string,
): Promise<readonly Behind[]> {
  const waiting = [...new Set(places)].sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
  const counted = new Map<Position | null, Counted>();
  while (waiting.length > 0) await count(log, waiting, counted);
  return places.map((place) => {
    const { events = 0, isAtLeast = false, oldest = null } = counted.get(place) ?? {};
    return { events, isAtLeast, seconds: secondsBetween(oldest, now) };
  });
}

/** Takes out of `waiting` the first place and those that are passed before all of them have been counted. */
async function count(
  log: Pick<LogReader, 'follow'>,
  waiting: (Position | null)[],
  counted: Map<Position | null, Counted>,
): Promise<void> {
  const open: { readonly place: Position | null; readonly from: number; readonly oldest: string }[] = [];
  let passed = 0;
  const close = (isAtLeast: boolean): void => {
    const { place = null, from = passed, oldest = null } = open.shift() ?? {};
    counted.set(place, { events: Math.min(passed - from, mostCounted), isAtLeast, oldest });
  };
  for await (const { events, atHead } of log.follow(waiting[0] ?? null, new AbortController().signal)) {
    for (const { position, meta } of events) {
      for (let next = waiting[0]; next !== undefined && (next ?? '') < position; next = waiting[0]) {
        open.push({ place: next, from: passed, oldest: meta.recordedAt });
        waiting.shift();
      }
      passed += 1;
      while (open[0] && passed - open[0].from > mostCounted) close(true);
    }
    if (atHead) {
      while (open.length > 0) close(false);
      waiting.length = 0;
    }
    if (open.length === 0) return;
  }
  // The log was closed meanwhile: nobody is told anything of it any more.
  waiting.length = 0;
}

/** Never negative: clocks differ. */
export function secondsBetween(from: string | null, to: string): number {
  return from === null ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000);
}
