import { EventCatalog } from '#lib/engine/catalog.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { AnyProjection, Doc } from '#lib/engine/model/projection.js';
import type { LogReader, StoredEvent } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import { docId, versionOf, type Checkpoint, type ViewProgress, type ViewStore } from '#lib/engine/ports/view-store.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { uuidFrom } from '#lib/engine/uuid.js';
import { ManualClock } from '../support/clock.js';
import type { FoldingStores, OpenStores } from '../support/installations.js';
import { tallyEvents, tallyProjection } from '../engine/tally.js';

/** A runner that folds views of open stores, with something put between it and its own. */
export interface Folding {
  readonly visible: VisibleViews;
  readonly stores: FoldingStores;
  /** What the runner ended with, if it ended by itself. */
  readonly ended: Promise<unknown>;
  /** Resolves when every view has passed the log's end as it is now. Rejects when the runner has ended before. */
  caughtUp(): Promise<void>;
  /** A runner that has crashed, so that it hangs in a call for ever, is not waited for. */
  stop(crashed?: Promise<void>): Promise<void>;
}

interface FoldingOptions {
  readonly projections?: readonly AnyProjection[];
  readonly reader?: (reader: LogReader) => LogReader;
  readonly views?: (views: ViewStore) => ViewStore;
  readonly progress?: (progress: ViewProgress) => void;
  /** Of the owner of all of them. */
  readonly epoch?: number;
}

export async function startFolding(
  { events, records, openFolding }: Pick<OpenStores, 'events' | 'records' | 'openFolding'>,
  { projections = [tallyProjection], epoch = 1, ...through }: FoldingOptions = {},
): Promise<Folding> {
  const stores = await openFolding();
  const visible = new VisibleViews(projections.map(({ name }) => name));
  const stopping = new AbortController();
  const running = runProjections(
    {
      store: through.reader?.(stores.events) ?? stores.events,
      views: through.views?.(stores.views) ?? stores.views,
      projections: projections.map((projection) => ({ projection, epoch })),
      records,
      catalog: new EventCatalog(tallyEvents),
      clock: new ManualClock(),
      log: silent,
      progress(reached) {
        visible.report(reached);
        through.progress?.(reached);
      },
    },
    stopping.signal,
  );
  const ended = running.then(
    () => null,
    (error: unknown) => error,
  );
  return {
    visible,
    stores,
    ended,
    async caughtUp() {
      const head = await events.head();
      const reached = Promise.all(projections.map(({ name }) => visible.of(name).reach(head, 20_000)));
      const first = await Promise.race([reached, ended.then((error) => ({ error }))]);
      if ('error' in first) throw new Error('The runner has ended.', { cause: first.error });
      if (first.includes(false)) throw new Error('The views did not catch up.');
    },
    async stop(crashed = new Promise(() => undefined)) {
      stopping.abort();
      await Promise.race([ended, crashed]);
      // Lets go of who still waits.
      for (const { name } of projections) visible.of(name).raise(await events.head());
      await stores.close();
    },
  };
}

/** A view as it is stored: documents by `kind/key`, and the checkpoint without what depends on the clock. */
export interface Stored {
  readonly documents: Record<string, Doc>;
  readonly checkpoint: Omit<Checkpoint, 'updatedAt'> | null;
}

export async function storedView(views: Pick<ViewStore, 'scan' | 'checkpoint'>, view: AnyProjection): Promise<Stored> {
  const documents: [string, Doc][] = [];
  for await (const page of views.scan(versionOf(view))) {
    for (const { kind, key, json } of page) documents.push([docId(kind, key), JSON.parse(json) as Doc]);
  }
  const checkpoint = await views.checkpoint(versionOf(view));
  documents.sort(([a], [b]) => (a < b ? -1 : 1));
  const { updatedAt: _, ...comparable } = checkpoint ?? { updatedAt: '' };
  return { documents: Object.fromEntries(documents), checkpoint: checkpoint && (comparable as Stored['checkpoint']) };
}

/** The whole log, as it is now. */
export async function wholeLog(reader: LogReader): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of reader.follow(null, new AbortController().signal)) {
    events.push(...page.events);
    if (page.atHead) break;
  }
  return events;
}

/** Events that one append writes into a stream of tallies, as the engine would. */
export function added(name: string, from: number, ...amounts: readonly number[]): Recorded[] {
  let total = from;
  return amounts.map((amount, index) => {
    total += amount;
    return tallyEvent('Added', { name, owner: 'fabrikam', amount, total }, `${name} ${from} ${index}`);
  });
}

/** An event without a place: appending gives it one. Its ID follows from a name that no other event has. */
export function tallyEvent(type: string, data: object, name: string, v = 1): Recorded {
  const at = '2026-03-01T12:00:00.000Z';
  const meta = {
    v,
    recordedAt: at,
    occurredAt: at,
    commandId: name,
    commandHash: '',
    actor: { kind: 'system', id: 'test', role: 'system', personId: null },
    tenant: null,
    context: [],
    traceparent: null,
    $correlationId: name,
    $causationId: name,
  } as const;
  return { id: uuidFrom(name), type, data, stream: '', revision: -1, meta };
}
