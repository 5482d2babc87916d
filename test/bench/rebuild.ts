import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { openFolder, openProjector } from '#lib/adapters/sqlite/open.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import { silent } from '#lib/engine/ports/logger.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import { catalog, projections } from '../../apps/server/registries.js';
import { writeHistory } from './history.js';
import type { Row } from './report.js';

const events = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);

const onFatal = (error: Error): never => {
  throw error;
};

/** All views folded from nothing, as after `views.db` was deleted, beside a loop that only reads and parses. */
export async function benchRebuild(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'seatledger-bench-'));
  try {
    const stores = await openFolder({ folder, onFatal, warn: () => undefined });
    const written = await writeHistory(stores.events, events);
    const head = await stores.events.head();
    const bareMs = timeBare(join(folder, 'events.db'));
    const projector = await openProjector({ folder, port: stores.projectorPort(), onFatal });
    const stopping = new AbortController();
    const startedAt = performance.now();
    const behind = new Set(projections.map(({ name }) => name));
    await runProjections(
      {
        store: projector.events,
        views: projector.views,
        projections,
        catalog,
        clock: systemClock,
        log: silent,
        progress({ positions }) {
          for (const [view, position] of Object.entries(positions)) if (position === head) behind.delete(view);
          if (behind.size === 0) stopping.abort();
        },
      },
      stopping.signal,
    );
    const ms = performance.now() - startedAt;
    await projector.close();
    await stores.close();
    const rate = (written / ms) * 1000;
    const bare = (written / bareMs) * 1000;
    const note = `${written.toLocaleString('en-US')} events, ${projections.length} views, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB resident`;
    const name = 'rebuild of all views';
    return [
      {
        name,
        unit: 'events a second',
        rate,
        bareName: 'reading and parsing alone',
        bare,
        ratio: rate / bare,
        goal: null,
        note,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds to read the log in pages and parse it. */
function timeBare(file: string): number {
  const db = new Libsql(file, { readonly: true });
  const page = db
    .prepare('SELECT position, data, meta FROM events WHERE position > ? ORDER BY position LIMIT 1000')
    .raw();
  const startedAt = performance.now();
  for (let after = 0; ;) {
    const rows = page.all(after) as [number, string, string][];
    for (const [, data, meta] of rows) {
      JSON.parse(data);
      JSON.parse(meta);
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last[0];
  }
  const ms = performance.now() - startedAt;
  db.close();
  return ms;
}
