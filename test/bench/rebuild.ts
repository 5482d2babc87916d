import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import Libsql from 'libsql';
import { openFolder } from '#lib/adapters/sqlite/open.js';
import type { Position } from '#lib/engine/ports/event-store.js';
import { Projector } from '#lib/product/projector.js';
import { projections } from '#lib/product/registries.js';
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
    const startedAt = performance.now();
    const projector = await rebuilt(folder, stores.projectorPort(), head);
    const ms = performance.now() - startedAt;
    await projector.stop();
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

/** The server's own thread that folds, when every view has reached the end of the log. */
async function rebuilt(folder: string, port: MessagePort, head: Position): Promise<Projector> {
  const behind = new Set(projections.map(({ name }) => name));
  return new Promise((resolve, reject) => {
    const projector = new Projector({
      folder,
      log: port,
      logLevel: 'silent',
      progress({ positions }) {
        for (const [view, position] of Object.entries(positions)) if (position === head) behind.delete(view);
        if (behind.size === 0) resolve(projector);
      },
      fatal: reject,
    });
  });
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
