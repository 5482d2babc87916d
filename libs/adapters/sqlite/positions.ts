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

/** Throws ForeignPositionError if the position is of another log, or of none. */
export function placeIn(logId: string, position: Position): Place {
  const place = position.slice(logId.length + 1);
  if (positionOf(logId, place) === position && place.length === digits && /^\d+$/.test(place)) return place;
  throw new ForeignPositionError(`${position} is no position of the log ${logId}.`);
}
