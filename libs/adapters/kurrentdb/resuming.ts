import { ForeignPositionError, StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { KurrentLimits } from './limits.js';
import { noPlace, placeOf, serverPositionOf, type Place } from './positions.js';
import type { Reads } from './reads.js';
import { placeOfDelivered, type Delivered } from './stored-event.js';
import { pauseAfter } from './waiting.js';

/** The server's positions are signed numbers of 64 bits. */
const beyondAll = 2n ** 63n;

/** How often a position must have failed while the store could be read elsewhere. */
const proofs = 3;

/**
 * Throws ForeignPositionError unless an event stands at a place, or stood there before the server threw it away; those
 * of others may go. Where no event begins, the server's answer is the one that it gives when it is not there.
 */
export async function checkResume(place: Place, reads: Reads, limits: KurrentLimits, stop: AbortSignal): Promise<void> {
  if (place === noPlace) return;
  const { commit, prepare } = serverPositionOf(place);
  if (prepare > commit || commit >= beyondAll) throw foreign(place);
  const once = { stop, ms: 0 };
  for (let failures = 0, proved = 0; ; failures += 1) {
    const found = await reads.forwards(place, 1, null, once).catch(orUnavailable);
    if (found) {
      if (!isAtOrBehind(place, commit, found)) throw foreign(place);
      return;
    }
    if (await reads.forwards(noPlace, 1, null, once).catch(orUnavailable)) proved += 1;
    if (proved === proofs) throw foreign(place);
    await pauseAfter(failures, limits, stop);
  }
}

function isAtOrBehind(place: Place, commit: bigint, [first]: readonly Delivered[]): boolean {
  const found = first && placeOfDelivered(first);
  // Behind: in a part of the log that the server has cleared up. Of one commit no part goes.
  return found === place || (typeof found === 'string' && found > placeOf({ commit, prepare: commit }));
}

/** In place of what could not be read. */
export function orUnavailable(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null;
  throw error;
}

function foreign(place: Place): ForeignPositionError {
  return new ForeignPositionError(`No event of this log stands at ${place}.`);
}
