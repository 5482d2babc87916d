import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { jsonEvent, KurrentDBClient, NO_STREAM } from '@kurrent/kurrentdb-client';
import type { Config } from '#lib/product/config/config.js';
import { data, meta, type } from './stored.js';

/** What a store stands on, with nothing of ours. */
export interface Bare {
  /** Appends one event to a stream behind a revision. */
  append(stream: number, revision: number): Promise<void>;
  close(): Promise<void>;
}

/** SQLite in a worker thread with the same durability and group commit. */
export async function bareLibsql(folder: string): Promise<Bare> {
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
        cells.push(stream, revision + 1, randomUUID(), type, meta.recordedAt, dataJson, metaJson);
        waiting.push(resolve);
      }),
    close: async () => {
      worker.postMessage('');
      await once(worker, 'exit');
    },
  };
}

/** The official client. */
export async function bareKurrent({ events, namespace }: Pick<Config, 'events' | 'namespace'>): Promise<Bare> {
  const client = KurrentDBClient.connectionString(events ?? '');
  return {
    append: async (stream, revision) => {
      const event = jsonEvent({ id: randomUUID(), type, data, metadata: { ...meta } });
      const streamState = revision < 0 ? NO_STREAM : BigInt(revision);
      await client.appendToStream(`${namespace}deal-${stream}`, event, { streamState });
    },
    close: () => client.dispose(),
  };
}
