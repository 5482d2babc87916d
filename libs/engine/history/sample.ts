import { canonicalJson } from '../model/canonical.js';
import type { AnyProjection, Doc, KindDeclaration } from '../model/projection.js';
import type { Position } from '../ports/event-store.js';
import { docId, versionOf, type DocAddress, type ViewReader } from '../ports/view-store.js';
import type { Difference } from '../rebuilding/differences.js';
import type { History } from './history.js';
import { PastParkedError, TooWideError } from './past-reader.js';

export interface SampleOptions {
  readonly views: Pick<ViewReader, 'scan' | 'snapshot'>;
  readonly history: Pick<History, 'reader' | 'reach'>;
  /** From 0 up to 1, but not 1. */
  readonly random: () => number;
}

export interface Sample {
  /** Where the view was when the last of them was looked at. */
  readonly position: Position | null;
  readonly compared: number;
  /** Documents that rest on too many streams or events to be folded by themselves. */
  readonly tooWide: number;
  readonly differences: readonly Difference[];
}

/** How long to wait until the index of streams knows all that the view has folded. */
const waitMs = 5_000;

/** Kinds whose documents can each be folded from the streams that they come from. */
export function sampledKinds({ kinds }: AnyProjection): readonly string[] {
  const declared = Object.entries<KindDeclaration>(kinds);
  return declared.flatMap(([kind, { origins }]) => (origins?.key ? [kind] : []));
}

/**
 * Folds some documents of a view again, each from the streams that it comes from up to where the view is, and compares.
 * Which, is left to chance. Documents that should be there and are not are found only by folding the whole log. Null: the
 * index of streams is too far behind.
 */
export async function sampleOf(
  projection: AnyProjection,
  count: number,
  { views, history, random }: SampleOptions,
): Promise<Sample | null> {
  const differences: Difference[] = [];
  let [position, compared, tooWide]: [Position | null, number, number] = [null, 0, 0];
  for (const address of await drawn(projection, count, views, random)) {
    const live = await liveAt(views, address);
    if (live.position === null || live.isParked) continue;
    if (!(await history.reach(live.position, waitMs))) return null;
    position = live.position;
    const { kind, key } = address;
    const is = await differenceOf(live.doc, () => history.reader(live.position).get([address]));
    if (is === 'tooWide') tooWide += 1;
    else compared += 1;
    if (is !== null && is !== 'tooWide') differences.push({ kind, key, is });
  }
  return { position, compared, tooWide, differences };
}

/** So many documents, each as likely as any other (reservoir sampling, algorithm R). */
async function drawn(
  projection: AnyProjection,
  count: number,
  views: Pick<ViewReader, 'scan'>,
  random: () => number,
): Promise<readonly DocAddress[]> {
  const version = versionOf(projection);
  const kinds = sampledKinds(projection);
  const chosen: DocAddress[] = [];
  let seen = 0;
  for await (const page of views.scan(version)) {
    for (const { kind, key } of page) {
      if (!kinds.includes(kind)) continue;
      const place = seen < count ? seen : Math.floor(random() * (seen + 1));
      if (place < count) chosen[place] = { ...version, kind, key };
      seen += 1;
    }
  }
  return chosen;
}

interface Live {
  readonly position: Position;
  readonly isParked: boolean;
  readonly doc: Doc | null;
}

function liveAt(views: Pick<ViewReader, 'snapshot'>, address: DocAddress): Promise<Live | { position: null }> {
  return views.snapshot(async (reader) => {
    const checkpoint = await reader.checkpoint(address);
    if (!checkpoint) return { position: null };
    const id = docId(address.kind, address.key);
    const isParked = (await reader.parked(address)).some(({ kind, key }) => docId(kind, key) === id);
    const [doc = null] = await reader.get([address]);
    return { position: checkpoint.position, isParked, doc };
  });
}

async function differenceOf(
  live: Doc | null,
  fold: () => Promise<readonly (Doc | null)[]>,
): Promise<Difference['is'] | 'tooWide' | null> {
  try {
    const [folded = null] = await fold();
    if (live === null || folded === null) return live === folded ? null : folded === null ? 'missing' : 'extra';
    return canonicalJson(live) === canonicalJson(folded) ? null : 'other';
  } catch (error) {
    if (error instanceof TooWideError) return 'tooWide';
    // What is read was folded, so it must have been folded otherwise.
    if (error instanceof PastParkedError) return 'other';
    throw error;
  }
}
