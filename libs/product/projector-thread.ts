import 'reflect-metadata';
import { MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openKurrentReader } from '#lib/adapters/kurrentdb/open.js';
import { openProjector, openRecordReader } from '#lib/adapters/sqlite/open.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import type { BuildControl, ViewProgress } from '#lib/engine/ports/view-store.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import { createLog } from './log.js';
import { catalog, projections } from './registries.js';

/** The thread that folds all views of the embedded store, so that folding never delays a request. */

/** What the main thread asks: to end, or to change which builds of a view there are. */
export type ToProjector =
  | { readonly kind: 'stop' }
  | {
      readonly kind: 'control';
      readonly question: number;
      readonly call: keyof BuildControl;
      readonly args: unknown[];
    };

/** What the main thread is told. */
export type FromProjector =
  | { readonly kind: 'progress'; readonly progress: ViewProgress }
  | { readonly kind: 'answer'; readonly question: number; readonly answer?: unknown; readonly error?: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Where a log lies that is not in the folder. */
export interface KurrentAddress {
  readonly url: string;
  readonly namespace: string;
}

export interface ProjectorData {
  readonly folder: string;
  /** Tells how far the folder's log is; or where the log is found, if it lies elsewhere. */
  readonly log: MessagePort | KurrentAddress;
  readonly logLevel: string;
}

const { folder, log: source, logLevel } = workerData as ProjectorData;
const log = createLog(logLevel).child({ thread: 'projector' });
const stopping = new AbortController();
const tell = (message: FromProjector): void => parentPort?.postMessage(message);
const fail = (error: unknown): void => {
  log.fatal({ error }, 'views cannot be kept up to date');
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
};

const events = source instanceof MessagePort ? source : await openKurrentReader({ ...source, log });
const stores = await openProjector({ folder, log: events, onFatal: fail });
const records = openRecordReader(folder, fail);
parentPort?.on('message', (message: ToProjector) => {
  if (message.kind === 'stop') stopping.abort();
  else void control(message);
});

async function control({ question, call, args }: ToProjector & { readonly kind: 'control' }): Promise<void> {
  try {
    const act = stores.views[call].bind(stores.views) as (...given: unknown[]) => Promise<unknown>;
    tell({ kind: 'answer', question, answer: await act(...args) });
  } catch (error) {
    tell({ kind: 'answer', question, error: error instanceof Error ? error.message : String(error) });
  }
}

// The folder is one process's alone, and this thread folds all its views: nobody else can have an epoch.
const owned = projections.map((projection) => ({ projection, epoch: 1 }));
const progress = (reached: ViewProgress): void => tell({ kind: 'progress', progress: reached });
try {
  const { events: store, views } = stores;
  await runProjections(
    { store, views, records, projections: owned, catalog, clock: systemClock, log, progress },
    stopping.signal,
  );
} catch (error) {
  fail(error);
}
await stores.close();
await records.close();
parentPort?.close();
