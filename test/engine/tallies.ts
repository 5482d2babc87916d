import { EventCatalog } from '#lib/engine/catalog.js';
import type { Call, CommandOutcome } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { AnyProcessManager } from '#lib/engine/model/process.js';
import { Ownership } from '#lib/engine/owning/ownership.js';
import { soleOwner } from '#lib/engine/owning/sole-owner.js';
import type { Work } from '#lib/engine/owning/work.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import type { Checkpoint, ViewProgress } from '#lib/engine/ports/view-store.js';
import { ProcessRunner } from '#lib/engine/processes/process-runner.js';
import { ProcessProgress } from '#lib/engine/processes/progress.js';
import { Requests, type Sender } from '#lib/engine/processes/requests.js';
import { Timers } from '#lib/engine/processes/timers.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import type { QueryOutcome } from '#lib/engine/queries/ask.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { ManualClock } from '../support/clock.js';
import type { Installation, OpenStores } from '../support/installations.js';
import { group, tally, tallyEvents, tallyProjection, tallyView, totals } from './tally.js';

export const counter: Call = {
  actor: { kind: 'key', id: 'key-1', role: 'counter', personId: null },
  caller: { publisherId: 'fabrikam' },
  idempotencyKey: null,
  expectedRevision: null,
  dryRun: false,
  after: null,
  waitMs: 2_000,
  traceparent: null,
  cause: null,
};

export interface Tallies {
  readonly stores: OpenStores;
  readonly clock: ManualClock;
  readonly progress: ProcessProgress;
  readonly visible: VisibleViews;
  execute<C extends object>(command: CommandClass<C>, input: C, call?: Partial<Call>): Promise<CommandOutcome>;
  ask(query: object, after: string | null, waitMs?: number): Promise<QueryOutcome>;
  /** The view's checkpoint when it has reached the log's end. */
  checkpoint(): Promise<Checkpoint>;
  stop(): Promise<void>;
}

interface TalliesOptions {
  readonly clock?: ManualClock;
  /** Puts something between the engine and the store. */
  readonly through?: (store: EventStore) => EventStore;
  /** Others append too, also where the stores could not be shared. */
  readonly isShared?: boolean;
  readonly process?: AnyProcessManager;
  readonly senders?: readonly Sender[];
}

/** The tally product running on stores, everything in this thread. */
export async function startTallies(installation: Installation, options: TalliesOptions = {}): Promise<Tallies> {
  const { clock = new ManualClock(), through = (store) => store, isShared = false } = options;
  const { process = totals, senders = [] } = options;
  const stores = await installation.open();
  const { records, views } = stores;
  const solelyOurs = stores.solelyOurs && !isShared;
  const catalog = new EventCatalog(tallyEvents);
  const store = through(stores.events);
  const progress = new ProcessProgress([process]);
  const visible = new VisibleViews([tallyProjection.name]);
  const stopping = new AbortController();
  const shared = { records, clock, settings: {}, settlement: progress };
  const commands = new CommandEngine({ deciders: [tally, group], store, catalog, solelyOurs, ...shared });
  const queries = new QueryEngine({ queries: tallyView.queries, views, visible, secret: 's', ...shared });
  const execute = (command: object, call: Call) => commands.execute(command, call);
  const classes = new Map(
    [tally, group].flatMap(({ handles }) => handles.map(({ command }) => [command.type, command as CommandClass])),
  );
  const timers = new Timers(records, clock, classes, execute, silent);
  const requests = new Requests(records, clock, senders, execute, silent);
  const wake = (): void => [timers, requests].forEach((rows) => rows.arm());
  const folding = await stores.openFolding();
  const processing = { process, store, catalog, records, execute, progress, wake, checkpointMs: 250, log: silent };
  const report = (reached: ViewProgress): void => visible.report(reached);
  const seen = { catalog, clock, log: silent, progress: report };
  const projecting = { store: folding.events, views: folding.views, records, ...seen };
  const works: readonly Work[] = [
    { parts: ['process'], run: (_held, signal) => new ProcessRunner(processing, signal).run() },
    {
      parts: ['view'],
      run: (_held, signal) =>
        runProjections({ ...projecting, projections: [{ projection: tallyProjection, epoch: 1 }] }, signal),
    },
  ];
  const failures: unknown[] = [];
  const fatal = (error: unknown): void => void failures.push(error);
  const ownership = new Ownership({ leases: soleOwner, owner: 'test', works, log: silent, fatal });
  const working = ownership.run(stopping.signal);
  timers.start(stopping.signal);
  requests.start(stopping.signal);
  return {
    stores,
    clock,
    progress,
    visible,
    execute: (command, input, call) => execute(Object.assign(new command(), input), { ...counter, ...call }),
    ask: (query, after, waitMs = 2_000) =>
      queries.ask(query, { ...counter, after, waitMs, page: { limit: 50, cursor: null, filter: {} } }),
    async checkpoint() {
      const head = await stores.events.head();
      await progress.settle(head, 5_000);
      await visible.of(tallyProjection.name).reach(progress.consequencesOf(head), 5_000);
      const found = await views.checkpoint({ view: tallyProjection.name, version: tallyProjection.version });
      if (!found) throw new Error('The view has no checkpoint.');
      return found;
    },
    async stop() {
      stopping.abort();
      await Promise.all([working, timers.stop(), requests.stop()]);
      await folding.close();
      commands.stop();
      await stores.close();
      expect(failures).toEqual([]);
    },
  };
}
