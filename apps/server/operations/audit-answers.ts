import { leafOf } from '#lib/engine/evidence/merkle.js';
import { HistoryChangedError, StoredTree } from '#lib/engine/evidence/stored-tree.js';
import { TreeDamagedError } from '#lib/engine/evidence/tiles.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { EventStore, StoredEvent } from '#lib/engine/ports/event-store.js';
import { rejected, type ActionOutcome } from '../http/action.js';
import type { ProvenEvent } from './audit-messages.js';
import { refuse } from './audit-refusals.js';

export const one = (body: object): ActionOutcome => ({ kind: 'one', body });
export const tooEarly = (detail: string): ActionOutcome => rejected(refuse('NOT_IN_TREE_YET', detail));
export const inBase64 = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

/** Acts on the tree; refuses if log and tree do not agree, or if the tree is damaged, which then begins anew. */
export async function onTree(
  records: Records,
  act: (tree: StoredTree) => Promise<ActionOutcome>,
): Promise<ActionOutcome> {
  try {
    return await act(await StoredTree.open(records));
  } catch (error) {
    if (error instanceof HistoryChangedError) return rejected(refuse('HISTORY_CHANGED', error.message));
    if (!(error instanceof TreeDamagedError)) throw error;
    await StoredTree.forget(records);
    return rejected(refuse('TREE_DAMAGED', error.message));
  }
}

export async function proven(event: StoredEvent, index: number, size: number, tree: StoredTree): Promise<ProvenEvent> {
  return { leaf: leafOf(event), index, path: inBase64(await tree.inclusion(index, size)) };
}

export async function* eventsOf(
  events: Pick<EventStore, 'read'>,
  stream: string,
  from: number,
): AsyncGenerator<StoredEvent, void> {
  for await (const page of events.read(stream, from)) yield* page;
}
