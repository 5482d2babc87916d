import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { registerCommands } from '#lib/engine/commands/registry.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import type { DueRows } from '#lib/engine/processes/due-rows.js';
import type { Execute } from '#lib/engine/processes/issuer.js';
import { ProcessRunner } from '#lib/engine/processes/process-runner.js';
import { ProcessProgress } from '#lib/engine/processes/progress.js';
import { Requests } from '#lib/engine/processes/requests.js';
import { Timers } from '#lib/engine/processes/timers.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { deciders } from '#lib/domain/deciders.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes as declaredProcesses } from '#lib/processes/processes.js';
import { views } from '#lib/views/views.js';
import type { GuardedClient } from './outgoing/guarded-client.js';
import { senders } from './outgoing/senders.js';
import { catalog, projections } from './registries.js';

/** Timers and operations keep names of commands. */
export const commandsByName: ReadonlyMap<string, CommandClass> = new Map(
  [...registerCommands(deciders)].map(([type, { handles }]) => [type, handles.command as CommandClass]),
);

export interface ProductOptions {
  readonly events: EventStore;
  readonly records: Records;
  readonly views: ViewReader;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly secret: string;
  readonly log: Logger;
  /** The way out, for what processes ask of the outside. */
  readonly outgoing: GuardedClient;
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
  /** Starts processes, timers and requests; their commands go through `execute`. */
  start(execute: Execute): void;
  /** Cuts off what is asked of the outside; ends when no process, timer or request is at work any more. */
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
  let due: readonly DueRows[] = [];
  return {
    commands: new CommandEngine({
      deciders,
      store: events,
      records,
      catalog,
      clock,
      settings,
      settlement,
      solelyOurs: true,
    }),
    queries: new QueryEngine({
      queries: views.flatMap((view) => view.queries),
      views: options.views,
      records,
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
      due = [
        new Timers(records, clock, commandsByName, execute, log),
        new Requests(records, clock, senders({ client: options.outgoing, events, records, clock }), execute, log),
      ];
      const wake = (): void => due.forEach((rows) => rows.arm());
      const shared = { store: events, catalog, records, execute, progress, wake, log };
      const runners = processes.map((process) => new ProcessRunner({ process, ...shared }, stopping.signal));
      running = Promise.all(runners.map((runner) => runner.run())).catch(fatal);
      for (const rows of due) rows.start(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await Promise.all([running, ...due.map((rows) => rows.stop())]);
    },
  };
}
