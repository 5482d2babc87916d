import type { ScannedDoc, ViewReader, ViewVersion } from '../ports/view-store.js';

/** A document that two builds do not have alike: the new one lacks it, has it alone, or has it otherwise. */
export interface Difference {
  readonly kind: string;
  readonly key: string;
  readonly is: 'missing' | 'extra' | 'other';
}

/** What is told of, the first in order of kind and key. */
const most = 100;

/**
 * The first documents that differ between two builds of a version, in order of kind and key. Both may move on while they
 * are read: what seemed to differ is looked at once more, in one snapshot.
 */
export async function differencesOf(
  views: ViewReader,
  live: ViewVersion,
  next: ViewVersion,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for await (const address of apart(views.scan(live), views.scan(next))) {
    const difference = await differenceAt(views, live, next, address);
    if (difference) found.push(difference);
    if (found.length >= most) break;
  }
  return found;
}

type Address = Omit<Difference, 'is'>;

/** Addresses of documents that one of two lists has alone, or that the two have otherwise: as they lie, not as they were summed up. */
async function* apart(
  lives: AsyncIterable<readonly ScannedDoc[]>,
  nexts: AsyncIterable<readonly ScannedDoc[]>,
): AsyncIterable<Address> {
  const [left, right] = [documents(lives), documents(nexts)];
  let [live, next] = [await left.next(), await right.next()];
  while (live.value ?? next.value) {
    const order = orderOf(live.value, next.value);
    const first = order > 0 ? next.value : live.value;
    if (first && (order !== 0 || live.value?.json !== next.value?.json)) yield { kind: first.kind, key: first.key };
    if (order <= 0) live = await left.next();
    if (order >= 0) next = await right.next();
  }
}

async function* documents(pages: AsyncIterable<readonly ScannedDoc[]>): AsyncGenerator<ScannedDoc, undefined> {
  for await (const page of pages) yield* page;
  return undefined;
}

/** By kind, then key, both by the bytes of their UTF-8, as stores scan them; what has ended comes last. */
function orderOf(a: ScannedDoc | undefined, b: ScannedDoc | undefined): number {
  if (!a || !b) return a ? -1 : 1;
  return compareBytes(a.kind, b.kind) || compareBytes(a.key, b.key);
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** How it is now; null: the two have it alike. */
async function differenceAt(
  views: ViewReader,
  live: ViewVersion,
  next: ViewVersion,
  address: Address,
): Promise<Difference | null> {
  const both = [live, next].map((one) => ({ ...one, ...address }));
  const [before = null, after = null] = await views.snapshot((reader) => reader.get(both));
  if (before === null) return after === null ? null : { ...address, is: 'extra' };
  if (after === null) return { ...address, is: 'missing' };
  return JSON.stringify(before) === JSON.stringify(after) ? null : { ...address, is: 'other' };
}
