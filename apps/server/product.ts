import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { registerCommands } from '#lib/engine/commands/registry.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import type { Execute } from '#lib/engine/processes/issuer.js';
import { ProcessRunner } from '#lib/engine/processes/process-runner.js';
import { ProcessProgress } from '#lib/engine/processes/progress.js';
import { Timers } from '#lib/engine/processes/timers.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { deciders } from '#lib/domain/deciders.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes as declaredProcesses } from '#lib/processes/processes.js';
import { views } from '#lib/views/views.js';
import { catalog, projections } from './registries.js';

export interface ProductOptions {
  readonly events: EventStore;
  readonly records: Records;
  readonly views: ViewReader;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly secret: string;
  readonly log: Logger;
  /** A process cannot go on: the log or the records are not what they must be. */
  readonly fatal: (error: unknown) => void;
}

/** The engines with this product's domain, views and processes in them. */
export interface Product {
  readonly commands: CommandEngine<Settings>;
  readonly queries: QueryEngine<Settings>;
  /** To be told how far the views are. */
  readonly visible: VisibleViews;
  /** Resolves when every process and every view has passed the log's head as it was at the call. */
  caughtUp(timeoutMs: number): Promise<boolean>;
  /** Starts the processes and timers; their commands go through `execute`. */
  start(execute: Execute): void;
  /** Ends when no process and no timer is at work any more. */
  stop(): Promise<void>;
}

export function createProduct(options: ProductOptions): Product {
  const { events, records, clock, settings, secret, log, fatal } = options;
  const processes = declaredProcesses(settings);
  const progress = new ProcessProgress(processes);
  const visible = new VisibleViews(projections.map(({ name }) => name));
  const settlement = progress;
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let timers: Timers | null = null;
  return {
    commands: new CommandEngine({ deciders, store: events, catalog, clock, settings, settlement, solelyOurs: true }),
    queries: new QueryEngine({
      queries: views.flatMap((view) => view.queries),
      views: options.views,
      visible,
      settlement,
      clock,
      settings,
      secret,
    }),
    visible,
    async caughtUp(timeoutMs) {
      const head = await events.head();
      const until = Date.now() + timeoutMs;
      if (!(await progress.settle(head, timeoutMs))) return false;
      for (const { name } of projections) {
        if (!(await visible.of(name).reach(head, until - Date.now()))) return false;
      }
      return true;
    },
    start(execute) {
      timers = new Timers(records, clock, commandsByName(), execute, log);
      const shared = { store: events, catalog, records, execute, progress, timers, log };
      const runners = processes.map((process) => new ProcessRunner({ process, ...shared }, stopping.signal));
      running = Promise.all(runners.map((runner) => runner.run())).catch(fatal);
      timers.start(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await Promise.all([running, timers?.stop()]);
    },
  };
}

/** Timers keep names of commands. */
function commandsByName(): ReadonlyMap<string, CommandClass> {
  return new Map([...registerCommands(deciders)].map(([type, { handles }]) => [type, handles.command as CommandClass]));
}
