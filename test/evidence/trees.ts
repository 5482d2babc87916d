import { hash } from 'node:crypto';
import type { NewEvent } from '#lib/engine/ports/event-store.js';
import { GrowingTree } from '#lib/engine/evidence/growing-tree.js';
import { leafHash, leafOf, nodeHash } from '#lib/engine/evidence/merkle.js';
import { envelope, eventId, oddData } from '../contract/events.js';
import { recordsInMemory } from '../support/records.js';

/** MTH of RFC 9162, section 2.1.1, word for word. */
export function naiveRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return hash('sha256', '', 'buffer');
  if (leaves.length === 1) return only;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, half)), naiveRoot(leaves.slice(half)));
}

export const positionOf = (ordinal: number): string => `log.${String(ordinal).padStart(20, '0')}`;

/** Records with the tree of these leaves in them, committed every so many leaves. */
export async function treeOf(leaves: readonly Buffer[], perCommit: number) {
  const records = recordsInMemory();
  let tree = await GrowingTree.load(records);
  for (const [index, leaf] of leaves.entries()) {
    tree.add(leaf, positionOf(index + 1));
    if ((index + 1) % perCommit !== 0 && index + 1 < leaves.length) continue;
    await tree.commit(positionOf(index + 1));
    tree = await GrowingTree.load(records);
  }
  return records;
}

export function leavesOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => leafHash(`leaf ${n}`));
}

/** Events of some streams that take turns, as an export holds them. */
export function historyOf(count: number, streams = 4) {
  return Array.from({ length: count }, (_, n) => {
    const data = n % 5 === 0 ? { amount: n, ...oddData } : { amount: n };
    const event: NewEvent = { id: eventId(`e${n}`), type: 'Added', data, meta: envelope() };
    return { ...event, stream: `tally-${n % streams}`, revision: Math.floor(n / streams) };
  });
}

export const leafHashes = (events: ReturnType<typeof historyOf>): Buffer[] =>
  events.map((event) => leafHash(leafOf(event)));
