import { ForeignPositionError, type Position } from '../../engine/ports/event-store.js';

/**
 * Within the adapter a place in the log is its rowid as 20 digits: ordered as text, and never a JavaScript number,
 * which ends at 2^53. SQL writes it as `printf('%020d', position)` and reads it as `CAST(? AS INTEGER)`.
 */
export type Place = string;

const digits = 20;

/** Before every event. */
export const noPlace: Place = '0'.repeat(digits);

export function placeOf(rowid: bigint): Place {
  return rowid.toString().padStart(digits, '0');
}

export function positionOf(logId: string, place: Place): Position {
  return `${logId}.${place}`;
}

export function isPositionOf(logId: string, text: string): boolean {
  const place = text.slice(logId.length + 1);
  return positionOf(logId, place) === text && place.length === digits && /^\d+$/.test(place);
}

/** Throws ForeignPositionError if the position is of another log, or of none. */
export function placeIn(logId: string, position: Position): Place {
  if (isPositionOf(logId, position)) return position.slice(logId.length + 1);
  throw new ForeignPositionError(`${position} is no position of the log ${logId}.`);
}
