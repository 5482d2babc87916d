import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silent } from '#lib/engine/ports/logger.js';
import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import { processesTable, type ProcessPlace } from '#lib/engine/processes/process-checkpoint.js';
import { readConfig } from '#lib/product/config/config.js';
import { projections } from '#lib/product/registries.js';
import { openStores, type Stores } from '#lib/product/stores.js';
import { processes } from '#lib/processes/processes.js';
import { fromSource } from '../support/from-source.js';
import { settings } from '../support/settings.js';
import { newFolder } from '../support/sqlite.js';
import { newPair } from '../support/stores.js';
import {
  startServerProcess,
  startWorkerProcess,
  type Launch,
  type ServerProcess,
  type WorkerProcess,
} from './server-process.js';
import { wholeLog } from './views.js';

/** Everything that workers share, by its names. */
export const allParts: readonly string[] = [
  ...processes(settings).map(({ name }) => `process/${name}`),
  ...['timers', 'requests', 'operations', 'rebuilds', 'log-times', 'evidence', 'verify'],
  ...projections.map(({ name }) => `view/${name}`),
].sort();

/** How long anything may take that must happen. */
const withinMs = 30_000;

/** Looks again and again until it is so; a text says what is missing. */
export async function until(what: string, isSo: () => Promise<boolean | string>): Promise<void> {
  for (const end = Date.now() + withinMs; ; await pause(20)) {
    const is = await isSo();
    if (is === true) return;
    if (Date.now() > end) throw new Error(`Not in ${withinMs} ms: ${what}. ${is === false ? '' : is}`);
  }
}

/** Servers and workers of one installation, each a process of its own, and its stores as the test itself has them open. */
export class Fleet {
  private constructor(
    readonly stores: Stores,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(more: Readonly<Record<string, string>>): Promise<Fleet> {
    await startDoubles();
    const pair = await newPair(() => stores.close());
    const environment = { ...pair, ...more };
    const fatal = (error: unknown): void => {
      throw error;
    };
    const config = readConfig({ ...environment, SEATLEDGER_DATA: newFolder() });
    const stores = await openStores(config, { fatal, log: silent });
    return new Fleet(stores, environment);
  }

  /** Of the build, or as `more` says. */
  server(more: Pick<Launch, 'entry'> = {}): Promise<ServerProcess> {
    return startServerProcess({ data: newFolder(), environment: this.environment, ...more });
  }

  worker(more: Pick<Launch, 'entry'> = {}): Promise<WorkerProcess> {
    return startWorkerProcess({ data: newFolder(), environment: this.environment, ...more });
  }

  log(): Promise<readonly StoredEvent[]> {
    return wholeLog(this.stores.events);
  }

  /** Every process and every view has passed the log's end, and nothing is due. */
  untilAtRest(): Promise<void> {
    return until('everything at the log’s end, and nothing due', async () => {
      const { events, records, views } = this.stores;
      const head = await events.head();
      const rows = await records.list({ table: processesTable, limit: 100 });
      const places = new Map(rows.map(({ key, value }) => [key, (value as ProcessPlace).position]));
      const behind = processes(settings).filter(({ name }) => (places.get(name) ?? '') < head);
      if (behind.length > 0) return `Behind ${head}: ${behind.map(({ name }) => name).join(', ')}.`;
      for (const table of ['timers', 'requests']) {
        const due = await records.list({ table, upTo: new Date().toISOString(), limit: 1 });
        if (due.length > 0) return `Due ${table}: ${due.length}.`;
      }
      for (const { name: view, version } of projections) {
        const position = (await views.checkpoint({ view, version }))?.position ?? '';
        if (position < head) return `View ${view} at ${position}, behind ${head}.`;
      }
      return head === (await events.head()) || 'The log goes on.';
    });
  }
}

/** What a worker says that it works on. */
export async function heldBy({ address }: WorkerProcess): Promise<readonly string[]> {
  const response = await fetch(`${address}/health/ready`);
  return ((await response.json()) as { works: readonly string[] }).works;
}

/** These workers have everything between them, each about as much, and nothing twice. */
export function untilShared(workers: readonly WorkerProcess[]): Promise<void> {
  return until(`works shared by ${workers.length}`, async () => {
    const held = await Promise.all(workers.map(heldBy));
    const counts = held.map(({ length }) => length);
    const isEqual = Math.max(...counts) - Math.min(...counts) <= 1;
    const isWhole = held.flat().sort().join() === allParts.join();
    return (isEqual && isWhole) || `Each has ${counts.join(', ')} of ${allParts.length}: ${held.join(' | ')}.`;
  });
}

/** Doubles of both stores in a process of their own, unless the run has some already, or real servers. */
async function startDoubles(): Promise<void> {
  if (process.env['TEST_DOUBLES'] !== undefined) return;
  const file = fileURLToPath(new URL('../jest/doubles-process.ts', import.meta.url));
  const child = spawn(process.execPath, [...fromSource, file], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endDoubles = () => {
    delete process.env['TEST_DOUBLES'];
    child.stdin.end();
  };
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The doubles have not started.')));
  const [addresses] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
  ended.catch(() => undefined);
  process.env['TEST_DOUBLES'] = addresses;
}

let endDoubles = (): void => undefined;
// Later than those of test/support/stores.ts, whose stores are open until then.
afterAll(() => endDoubles());
