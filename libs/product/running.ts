import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import { Ownership } from '#lib/engine/owning/ownership.js';
import { watchProgress } from '#lib/engine/owning/progress-watch.js';
import { nameOf } from '#lib/engine/commands/call.js';
import { systemClock, type Clock } from '#lib/engine/ports/clock.js';
import type { Execute } from '#lib/engine/processes/issuer.js';
import { ParkedDocuments } from '#lib/engine/parking/parked-documents.js';
import { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { requireWholeImport } from '#lib/engine/transfer/import-mark.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes } from '#lib/processes/processes.js';
import { AppModule } from './app.module.js';
import { askOn, executeOn } from './bus.js';
import type { Config } from './config/config.js';
import { createLog } from './log.js';
import type { Space } from './free-space.js';
import { lagOf } from './metrics/lag.js';
import { Metrics } from './metrics/metrics.js';
import { timedStores } from './metrics/timed-stores.js';
import { guardedClient, type GuardedClient } from './outgoing/guarded-client.js';
import { createProduct, type Product } from './product.js';
import { projections } from './registries.js';
import { serverSecret, settingsOf } from './settings.js';
import { openStores, type Stores } from './stores.js';
import { worksOf } from './works.js';

export interface RunningOptions {
  /** Where others reach this process, asked for when it is needed; absent: where the configuration says. */
  readonly address?: () => string;
  readonly clock?: Clock;
  /** The stores have failed for good: end the process. */
  readonly onFatal?: (error: unknown) => void;
  /** The way out; tests bring one that reaches their own servers. */
  readonly outgoing?: GuardedClient;
  /** Looks at a folder's device; tests say what is seen. */
  readonly spaceOf?: (folder: string) => Promise<Space>;
  /** Node's options for the threads; tests run them from their sources. */
  readonly execArgv?: readonly string[];
}

/** The product on its stores, without a surface. */
export interface Running {
  readonly stores: Stores;
  readonly product: Product;
  readonly execute: Execute;
  readonly ask: ReturnType<typeof askOn>;
  /** Views that are built anew. */
  readonly rebuilds: Rebuilds;
  /** Documents that wait behind an event which could not be folded. */
  readonly parked: ParkedDocuments;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly signer: HeadSigner;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** To be called when an operation was begun. */
  operationBegun(): void;
  /** Begins the works: views, processes, timers, requests, operations, evidence, as far as this process comes to own them. */
  work(): Ownership;
}

/** How to end what was started, in the order of starting. */
export type Ends = (() => Promise<void>)[];

/** Ends what was started last first. */
export async function endAll(ends: Ends): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) await end();
}

/** Opens the stores and puts the product on them; `ends` gets to know how to end each part. */
export async function startRunning(config: Config, options: RunningOptions, ends: Ends): Promise<Running> {
  const { clock = systemClock, outgoing = guardedClient(), execArgv } = options;
  const log = createLog(config.logLevel);
  const fatal = (error: unknown): void => {
    log.fatal({ error }, 'cannot go on');
    options.onFatal?.(error);
  };
  const opened = await openStores(config, { fatal, log, ...(execArgv && { execArgv }) });
  ends.push(() => opened.close());
  await requireWholeImport(opened.records);
  const secret = await serverSecret(opened.records);
  const settings = settingsOf(config, secret, options.address);
  const metrics = new Metrics(() => lagOf({ ...opened, projections, processes: processes(settings), clock }));
  const stores = timedStores(opened, (store, seconds) => metrics.commit(store, seconds));
  const { events, records, folding, solelyOurs, viewProgress } = stores;
  const product = createProduct({ events, records, views: stores.views, solelyOurs, clock, settings, secret });
  const { visible, progress } = product;
  ends.push(async () => product.commands.stop());
  const projector = folding.by === 'thread' ? folding.start((reached) => visible.report(reached)) : null;
  if (projector) ends.push(() => projector.stop());
  if (viewProgress) {
    ends.push(untilEnded((signal) => watchProgress({ views: viewProgress, records, visible, progress, log }, signal)));
  }
  const { execute, ask } = await startBuses(product, metrics, ends);
  const views = folding.by === 'holders' ? folding.views : null;
  const control = projector?.control ?? views;
  if (!control) throw new Error('Nobody folds the views.');
  const signer = new HeadSigner(secret);
  const rebuilds = new Rebuilds({ records, views: stores.views, clock, wake: () => works.rebuildsChanged() });
  const works = worksOf({
    ...{ product, events, records, views, viewReader: stores.views, control, execute, clock, settings, outgoing },
    ...{ shared: viewProgress !== null, signer, headsFile: config.headsFile, log },
    ...{ rebuilds, verifyEveryMs: config.verifyEveryMs },
  });
  const parked = new ParkedDocuments({ records, views: stores.views, log: events, rebuilds, clock });
  return {
    stores,
    product,
    execute,
    ask,
    rebuilds,
    parked,
    clock,
    settings,
    signer,
    log,
    metrics,
    operationBegun: () => works.operationBegun(),
    work() {
      const ownership = new Ownership({ leases: stores.leases, owner: randomUUID(), works: works.all, log, fatal });
      ends.push(untilEnded((signal) => ownership.run(signal)));
      return ownership;
    },
  };
}

async function startBuses(
  { commands, queries }: Product,
  metrics: Metrics,
  ends: Ends,
): Promise<Pick<Running, 'execute' | 'ask'>> {
  const application = await NestFactory.createApplicationContext(AppModule.with(commands, queries), {
    logger: false,
    abortOnError: false,
  });
  ends.push(() => application.close());
  return {
    execute: counted(executeOn(application.get(CommandBus)), metrics),
    ask: askOn(application.get(QueryBus)),
  };
}

function counted(execute: Execute, metrics: Metrics): Execute {
  return async (command, call) => {
    const outcome = await execute(command, call);
    metrics.command(nameOf(command), outcome.kind);
    return outcome;
  };
}

/** Begins something that goes on until it is ended. */
function untilEnded(run: (signal: AbortSignal) => Promise<void>): () => Promise<void> {
  const stopping = new AbortController();
  const running = run(stopping.signal);
  return () => {
    stopping.abort();
    return running;
  };
}
