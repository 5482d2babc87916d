import { join } from 'node:path';
import { KurrentDBClient, START, streamNameFilter } from '@kurrent/kurrentdb-client';
import Libsql from 'libsql';
import { systemClock } from '#lib/engine/ports/clock.js';
import type { Envelope } from '#lib/engine/model/envelope.js';
import type { Position } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import type { ViewProgress } from '#lib/engine/ports/view-store.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import { importLog } from '#lib/engine/transfer/import-log.js';
import { historyAsExport } from '#lib/histories/as-export.js';
import type { Config } from '#lib/product/config/config.js';
import { catalog, projections } from '#lib/product/registries.js';
import type { Stores } from '#lib/product/stores.js';
import { onNewInstallation, type Addresses } from './installation.js';
import { PlainFold } from './plain-fold.js';
import type { Row } from './report.js';

const events = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);

/** All views folded from nothing, as after they were lost, beside a loop that only reads, parses and folds. */
export async function benchRebuild(addresses: Addresses): Promise<readonly Row[]> {
  return onNewInstallation(addresses, async ({ config, open }) => {
    const stores = await open();
    try {
      const written = await writeHistory(stores);
      const head = await stores.events.head();
      const bareMs = await (config.events === null ? timeLibsql(config) : timeKurrent(config));
      const startedAt = performance.now();
      const stop = await rebuilt(stores, head);
      const ms = performance.now() - startedAt;
      await stop();
      const rate = (written / ms) * 1000;
      const bare = (written / bareMs) * 1000;
      const note = `${written.toLocaleString('en-US')} events, ${projections.length} views, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB resident`;
      return [
        {
          name: 'rebuild of all views',
          unit: 'events a second',
          rate,
          bareName: 'reading, parsing and folding alone',
          bare,
          ratio: rate / bare,
          goal: config.events === null ? 0.5 : null,
          note,
        },
      ];
    } finally {
      await stores.close();
    }
  });
}

/** The same history each time. Answers how many events it has. */
async function writeHistory({ events: log, records }: Stores): Promise<number> {
  const file = historyAsExport({ seed: 1, events }, 'Run it again.');
  const { signal } = new AbortController();
  const written = await importLog(file, {
    events: log,
    records,
    schema: file.header.schema,
    progress: () => undefined,
    signal,
  });
  return written.events;
}

/** Folds as a server or a worker does, until every view has reached the end of the log. Answers how to end it. */
async function rebuilt({ events: store, records, folding }: Stores, head: Position): Promise<() => Promise<void>> {
  const behind = new Set(projections.map(({ name }) => name));
  return new Promise((resolve, reject) => {
    const stopping = new AbortController();
    let stop = (): Promise<void> => Promise.resolve();
    const progress = ({ positions }: ViewProgress): void => {
      for (const [view, position] of Object.entries(positions)) if (position === head) behind.delete(view);
      if (behind.size === 0) resolve(() => stop());
    };
    if (folding.by === 'thread') {
      const projector = folding.start(progress);
      stop = () => projector.stop();
      return;
    }
    const { views } = folding;
    const owned = projections.map((projection) => ({ projection, epoch: 1 }));
    const running = runProjections(
      { store, views, records, projections: owned, catalog, clock: systemClock, log: silent, progress },
      stopping.signal,
    );
    stop = () => {
      stopping.abort();
      return running;
    };
    running.catch(reject);
  });
}

/** Milliseconds to read the log in pages, parse it, and fold all views into maps. */
async function timeLibsql({ data: folder }: Config): Promise<number> {
  const db = new Libsql(join(folder, 'events.db'), { readonly: true });
  const page = db
    .prepare(
      `SELECT e.position, s.name, e.revision, e.event_id, e.type, e.data, e.meta
       FROM events e JOIN streams s ON s.id = e.stream_id WHERE e.position > ? ORDER BY e.position LIMIT 1000`,
    )
    .raw();
  const views = new PlainFold();
  const startedAt = performance.now();
  for (let after = 0; ;) {
    const rows = page.all(after) as [number, string, number, string, string, string, string][];
    for (const [, stream, revision, id, type, data, meta] of rows) {
      views.fold({ id, type, stream, revision, data: JSON.parse(data) as object, meta: JSON.parse(meta) as Envelope });
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last[0];
  }
  const ms = performance.now() - startedAt;
  db.close();
  return ms;
}

/** Milliseconds for the official client to read and parse the same events, and to fold all views into maps. */
async function timeKurrent({ events: url, namespace }: Config): Promise<number> {
  const client = KurrentDBClient.connectionString(url ?? '');
  const filter = streamNameFilter({ prefixes: [namespace] });
  const views = new PlainFold();
  let count = 0;
  const startedAt = performance.now();
  for await (const { event } of client.readAll({ fromPosition: START, maxCount: Number.MAX_SAFE_INTEGER, filter })) {
    if (!event) continue;
    const { id, type, data, metadata } = event;
    const stream = event.streamId.slice(namespace.length);
    views.fold({
      id,
      type,
      stream,
      revision: Number(event.revision),
      data: data as object,
      meta: metadata as unknown as Envelope,
    });
    count += 1;
  }
  const ms = performance.now() - startedAt;
  await client.dispose();
  if (count === 0) throw new Error('Nothing was read.');
  return ms;
}
