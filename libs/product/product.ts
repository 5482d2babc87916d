import { setTimeout as pause } from 'node:timers/promises';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { History } from '#lib/engine/history/history.js';
import { LogTimes } from '#lib/engine/history/log-times.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import { processesTable } from '#lib/engine/processes/process-checkpoint.js';
import { ProcessProgress } from '#lib/engine/processes/progress.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { deciders } from '#lib/domain/deciders.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes } from '#lib/processes/processes.js';
import { streamIndexProjection } from '#lib/views/stream-index.js';
import { views } from '#lib/views/views.js';
import { catalog, projections } from './registries.js';

export interface ProductOptions {
  readonly events: EventStore;
  readonly records: Records;
  readonly views: ViewReader;
  /** No other process appends to the log. */
  readonly solelyOurs: boolean;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly secret: string;
}

/** The engines with this product's domain and views in them. */
export interface Product {
  readonly commands: CommandEngine<Settings>;
  readonly queries: QueryEngine<Settings>;
  /** How far views and processes are: to be told by whoever runs them, and asked by whoever waits. */
  readonly visible: VisibleViews;
  readonly progress: ProcessProgress;
  /** What the log holds about an earlier state. */
  readonly history: History;
  /** Which position belongs to an instant: to be kept up, and asked by who asks for an earlier state. */
  readonly times: LogTimes;
  /** Whether log and records can be read, and every view has been folded at least in part. */
  answers(timeoutMs: number): Promise<boolean>;
  /** Resolves when every process and every view has passed the log's head as it was at the call. */
  caughtUp(timeoutMs: number): Promise<boolean>;
}

export function createProduct(options: ProductOptions): Product {
  const { events, records, solelyOurs, clock, settings, secret } = options;
  const progress = new ProcessProgress(processes(settings));
  const visible = new VisibleViews(projections.map(({ name }) => name));
  const shared = { records, clock, settings, settlement: progress };
  const times = new LogTimes(events, records);
  const past = { log: events, times, catalog, projections, index: streamIndexProjection };
  const history = new History({ ...past, views: options.views, records, visible, clock });
  return {
    commands: new CommandEngine({ deciders, store: events, catalog, solelyOurs, ...shared }),
    queries: new QueryEngine({
      history,
      queries: views.flatMap((view) => view.queries),
      views: options.views,
      visible,
      secret,
      ...shared,
    }),
    visible,
    progress,
    history,
    times,
    async answers(timeoutMs) {
      const read = Promise.all([events.head(), records.list({ table: processesTable, limit: 1 })]).then(() => true);
      const inTime = await Promise.race([read.catch(() => false), pause(timeoutMs, false)]);
      return inTime && visible.lowest() !== null;
    },
    async caughtUp(timeoutMs) {
      const head = await events.head();
      const until = Date.now() + timeoutMs;
      if (!(await progress.settle(head, timeoutMs))) return false;
      for (const { name } of projections) {
        if (!(await visible.of(name).reach(head, until - Date.now()))) return false;
      }
      return true;
    },
  };
}
