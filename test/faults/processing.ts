import { EventCatalog } from '#lib/engine/catalog.js';
import type { Call } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { AnyProcessManager } from '#lib/engine/model/process.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import type { RecordRow, Records } from '#lib/engine/ports/records.js';
import { ProcessRunner } from '#lib/engine/processes/process-runner.js';
import { ProcessProgress } from '#lib/engine/processes/progress.js';
import { Timers } from '#lib/engine/processes/timers.js';
import { group, tally, tallyEvents } from '../engine/tally.js';
import { ManualClock } from '../support/clock.js';
import type { OpenStores } from '../support/installations.js';

interface ProcessingOptions {
  readonly process: AnyProcessManager;
  readonly store?: (store: EventStore) => EventStore;
  readonly records?: (records: Records) => Records;
}

/** One process of the tally product at work on open stores, with something put between it and them. */
export async function startProcessing(stores: OpenStores, { process, ...through }: ProcessingOptions) {
  const store = through.store?.(stores.events) ?? stores.events;
  const records = through.records?.(stores.records) ?? stores.records;
  const catalog = new EventCatalog(tallyEvents);
  const progress = new ProcessProgress([process]);
  const clock = new ManualClock();
  const deciders = [tally, group];
  const engine = new CommandEngine({
    deciders,
    store,
    records,
    catalog,
    clock,
    settings: {},
    settlement: progress,
    solelyOurs: stores.solelyOurs,
  });
  const execute = (command: object, call: Call) => engine.execute(command, call);
  const classes = deciders.flatMap(({ handles }) => handles.map(({ command }) => command as CommandClass));
  const timers = new Timers(records, clock, new Map(classes.map((type) => [type.type, type])), execute, silent);
  const stopping = new AbortController();
  const runner = new ProcessRunner(
    { process, store, catalog, records, execute, progress, wake: () => timers.arm(), checkpointMs: 250, log: silent },
    stopping.signal,
  );
  const ended = runner.run();
  // Whoever waits for the end is told; nobody has to.
  ended.catch(() => undefined);
  return {
    execute,
    /** Rejects with what the process failed with. */
    ended,
    /** Until the process has passed the log's end, what it appends itself included; then ends it, which saves where it is. */
    async settled(): Promise<void> {
      for (let before = ''; before !== (await stores.events.head());) {
        before = await stores.events.head();
        if (!(await progress.settle(before, 10_000))) throw new Error('The process did not settle.');
      }
      stopping.abort();
      await ended;
    },
    async events(stream: string): Promise<unknown[]> {
      const found: unknown[] = [];
      for await (const page of stores.events.read(stream, 0)) found.push(...page.map(({ data }) => data));
      return found;
    },
    rows: (table: string): Promise<readonly RecordRow[]> => stores.records.list({ table, limit: 200 }),
    /** One that has crashed, so that it hangs in a call for ever, is not waited for. */
    async stop(crashed = new Promise<void>(() => undefined)): Promise<void> {
      stopping.abort();
      await Promise.race([ended.catch(() => undefined), crashed]);
      // Lets go of who still waits.
      progress.pass(process.name, await stores.events.head());
      engine.stop();
    },
  };
}
