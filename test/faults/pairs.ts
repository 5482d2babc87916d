import type { Recorded } from '#lib/engine/model/envelope.js';
import { addressOf } from '#lib/engine/model/envelope.js';
import { projecting } from '#lib/engine/model/projection.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import { storedView, type Stored } from './views.js';
import type { TallyEvent } from '../engine/tally.js';

/** Addresses of events that `pairs` cannot fold, and of those whose documents it cannot even name. */
export const failing = { fold: new Set<string>(), keys: new Set<string>() };

interface Kinds {
  letter: { events: string[] };
}

/** What is added to `a+b` touches two documents, each of which holds its events in the order in which they were folded. */
export const pairs = projecting<TallyEvent>()<Kinds>({
  name: 'pairs',
  version: 1,
  kinds: { letter: {} },
  on: {
    Added(event) {
      if (failing.keys.has(addressOf(event))) throw new Error('no keys');
      return lettersOf(event).map((letter) => ['letter', letter] as const);
    },
  },
  fold(event, docs) {
    if (event.type !== 'Added') return;
    if (failing.fold.has(addressOf(event))) throw new Error('no fold');
    for (const letter of lettersOf(event)) {
      const events = docs.get('letter', letter)?.events ?? [];
      docs.put('letter', letter, { events: [...events, addressOf(event)] });
    }
  },
});

function lettersOf({ data }: Recorded<Extract<TallyEvent, { type: 'Added' }>>): string[] {
  return [...new Set(data.name.split('+'))];
}

/** Documents and checkpoint, and for each document that waits its events. */
export interface StoredPairs extends Stored {
  readonly waiting: Readonly<Record<string, readonly string[]>>;
}

export async function storedPairs(views: Pick<ViewReader, 'scan' | 'checkpoint' | 'parked'>): Promise<StoredPairs> {
  const parked = await views.parked({ view: pairs.name, version: pairs.version });
  const waiting = Object.fromEntries(parked.map(({ kind, key, waiting }) => [`${kind}/${key}`, waiting]));
  return { ...(await storedView(views, pairs)), waiting };
}
