import type { Position } from '#lib/engine/ports/event-store.js';

const withDigit = (position: Position, digit: string) =>
  position.replace(/[.].*/, (place) => place.replace(/\d/g, digit));

/** Before every event of the log that a position is of. */
export const beginningOf = (position: Position): Position => withDigit(position, '0');

/** Behind everything that the log will ever hold. */
export const neverReached = (position: Position): Position => withDigit(position, '9');
