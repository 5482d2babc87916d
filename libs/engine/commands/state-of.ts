import type { EventCatalog } from '../catalog.js';
import type { Aggregate } from '../model/aggregate.js';
import type { EventStore } from '../ports/event-store.js';

/** Reads a stream to its end and folds it: for those who decide nothing, and ask seldom. */
export async function stateOf<S>(
  store: EventStore,
  catalog: EventCatalog,
  aggregate: Aggregate<S>,
  stream: string,
): Promise<S> {
  let state = aggregate.initial();
  for await (const page of store.read(stream, 0)) {
    for (const event of page) state = aggregate.evolve(state, catalog.read(event));
  }
  return state;
}
