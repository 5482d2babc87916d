import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewStore } from '#lib/engine/ports/view-store.js';
import type { Stores } from '../stores.js';
import type { CommittedTo } from './metrics.js';

/** Is told of each commit that was acknowledged. */
type Committed = (store: CommittedTo, seconds: number) => void;

/** The same stores, with their commits timed. Views that another thread folds are not seen here. */
export function timedStores(stores: Stores, committed: Committed): Stores {
  const { folding } = stores;
  return {
    ...stores,
    events: timedEvents(stores.events, committed),
    records: timedRecords(stores.records, committed),
    folding: folding.by === 'thread' ? folding : { by: 'holders', views: timedViews(folding.views, committed) },
  };
}

async function timed<T>(store: CommittedTo, committed: Committed, act: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await act();
  committed(store, (performance.now() - startedAt) / 1_000);
  return result;
}

function timedEvents(events: EventStore, committed: Committed): EventStore {
  return {
    logId: events.logId,
    beginning: events.beginning,
    isPosition: (text) => events.isPosition(text),
    read: (stream, fromRevision) => events.read(stream, fromRevision),
    existing: (streams) => events.existing(streams),
    append: (stream, expected, added) => timed('events', committed, () => events.append(stream, expected, added)),
    follow: (after, signal, types) => events.follow(after, signal, types),
    head: () => events.head(),
    close: () => events.close(),
  };
}

function timedRecords(records: Records, committed: Committed): Records {
  return {
    get: (table, key) => records.get(table, key),
    list: (request) => records.list(request),
    transact: (changes) => timed('records', committed, () => records.transact(changes)),
    snapshot: () => records.snapshot(),
    erase: (table, key) => records.erase(table, key),
    close: () => records.close(),
  };
}

function timedViews(views: ViewStore, committed: Committed): ViewStore {
  return {
    prepare: (view, kinds) => views.prepare(view, kinds),
    index: (view) => views.index(view),
    checkpoint: (view) => views.checkpoint(view),
    parked: (view) => views.parked(view),
    load: (view, keys) => views.load(view, keys),
    commit: (commits) => timed('views', committed, () => views.commit(commits)),
    snapshot: (read) => views.snapshot(read),
    scan: (view) => views.scan(view),
    builds: () => views.builds(),
    begin: (view, build) => views.begin(view, build),
    pause: (view, build, isPaused) => views.pause(view, build, isPaused),
    makeLive: (view, build, when) => views.makeLive(view, build, when),
    discard: (view, build) => views.discard(view, build),
    drop: (view) => views.drop(view),
    close: () => views.close(),
  };
}
