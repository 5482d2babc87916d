import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openFolder } from '#lib/adapters/sqlite/open.js';
import type { Envelope } from '#lib/engine/model/envelope.js';
import { median } from './load.js';
import type { Row } from './report.js';

const [rounds, warmUpMs, measuredMs, callers, streams] = [5, 1_000, 2_000, 64, 2_000];

/** Appends one event to a stream behind a revision. */
type Append = (stream: number, revision: number) => Promise<void>;
interface Side {
  readonly append: Append;
  close(): Promise<void>;
}

const now = new Date().toISOString();
const meta: Envelope = {
  v: 1,
  recordedAt: now,
  occurredAt: now,
  commandId: randomUUID(),
  commandHash: '',
  actor: { kind: 'key', id: 'k', role: 'publisherOwner', personId: null },
  tenant: 'fabrikam',
  context: [],
  traceparent: null,
  $correlationId: '',
  $causationId: '',
};
/** With the metadata 400 bytes. */
const data = { text: 'x'.repeat(400 - JSON.stringify(meta).length - JSON.stringify({ text: '' }).length) };

async function store(folder: string): Promise<Side> {
  const fail = (fault: unknown) => {
    throw new Error(String(fault));
  };
  const { events, close } = await openFolder({ folder, onFatal: fail, warn: fail });
  return {
    append: async (stream, revision) => {
      const event = { id: randomUUID(), type: 'LicensesUpdated', data, meta };
      const result = await events.append(`deal-${stream}`, revision < 0 ? 'none' : revision, [event]);
      if (!result.ok) throw new Error(`Unexpected conflict at ${result.actual}.`);
    },
    close,
  };
}

async function bare(folder: string): Promise<Side> {
  const worker = new Worker(new URL('./bare-writer.js', import.meta.url), { workerData: join(folder, 'bare.db') });
  await once(worker, 'message');
  const [dataJson, metaJson] = [JSON.stringify(data), JSON.stringify(meta)];
  const waiting: (() => void)[] = [];
  let cells: (string | number)[] = [];
  worker.on('message', (count: number) => {
    for (const resolve of waiting.splice(0, count)) resolve();
  });
  const flush = () => {
    worker.postMessage(cells.join('\n'));
    cells = [];
  };
  return {
    append: (stream, revision) =>
      new Promise((resolve) => {
        if (cells.length === 0) setImmediate(flush);
        cells.push(stream, revision + 1, randomUUID(), 'LicensesUpdated', now, dataJson, metaJson);
        waiting.push(resolve);
      }),
    close: async () => {
      worker.postMessage('');
      await once(worker, 'exit');
    },
  };
}

/** Appends a second once it is warm, by callers that each wait for their answer, each on streams of its own. */
async function measure(open: (folder: string) => Promise<Side>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'seatledger-bench-'));
  const { append, close } = await open(folder);
  const revisions = new Int32Array(streams).fill(-1);
  let [count, isOver] = [0, false];
  const call = async (caller: number) => {
    for (let n = 0; !isOver; n += 1) {
      const stream = (caller + callers * ((n * 7) % Math.floor(streams / callers))) % streams;
      const revision = revisions[stream] ?? -1;
      await append(stream, revision);
      revisions[stream] = revision + 1;
      count += 1;
    }
  };
  const calls = Array.from({ length: callers }, (_, caller) => call(caller));
  await setTimeout(warmUpMs);
  const [before, started] = [count, performance.now()];
  await setTimeout(measuredMs);
  const rate = ((count - before) * 1_000) / (performance.now() - started);
  isOver = true;
  await Promise.all(calls);
  await close();
  rmSync(folder, { recursive: true, force: true });
  return rate;
}

/** The event store alone beside SQLite with the same durability and group commit, in alternating rounds. */
export async function benchStore(): Promise<readonly Row[]> {
  const results: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push({ ours: await measure(store), bare: await measure(bare) });
  }
  return [
    {
      name: `Store alone: durable appends of 400 bytes, ${callers} callers`,
      unit: 'appends/s',
      rate: median(results.map(({ ours }) => ours)),
      bareName: 'libsql alone in a worker, same durability and group commit',
      bare: median(results.map((result) => result.bare)),
      ratio: median(results.map((result) => result.ours / result.bare)),
      goal: 0.7,
      note: `${streams} streams, hash chain and heads included`,
    },
  ];
}
