import { ForeignPositionError, type Position } from '../../engine/ports/event-store.js';

/** What the server calls a position. Never leaves this adapter: JSON has no such numbers. */
export interface ServerPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** Within the adapter a place in the log is commit and prepare, 20 digits each: ordered as text. Commit alone is not unique. */
export type Place = string;

const digits = 20;

/** Before every event. */
export const noPlace: Place = '0'.repeat(2 * digits);

export function placeOf({ commit, prepare }: ServerPosition): Place {
  return `${padded(commit)}${padded(prepare)}`;
}

export function serverPositionOf(place: Place): ServerPosition {
  return { commit: BigInt(place.slice(0, digits)), prepare: BigInt(place.slice(digits)) };
}

export function positionOf(logId: string, place: Place): Position {
  return `${logId}.${place}`;
}

export function isPositionOf(logId: string, text: string): boolean {
  const place = text.slice(logId.length + 1);
  return positionOf(logId, place) === text && place.length === 2 * digits && /^\d+$/.test(place);
}

/** Throws ForeignPositionError if the position is of another log, or of none. */
export function placeIn(logId: string, position: Position): Place {
  if (isPositionOf(logId, position)) return position.slice(logId.length + 1);
  throw new ForeignPositionError(`${position} is no position of the log ${logId}.`);
}

function padded(part: bigint): string {
  return part.toString().padStart(digits, '0');
}
