import { NestFactory } from '@nestjs/core';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { openFolder } from '#lib/adapters/sqlite/open.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainRefusals } from '#lib/domain/refusals.js';
import { systemClock, type Clock } from '#lib/engine/ports/clock.js';
import { views } from '#lib/views/views.js';
import { AppModule } from './app.module.js';
import { askOn, executeOn } from './bus.js';
import type { Config } from './config/config.js';
import { listen } from './http/listen.js';
import { registerHttp } from './http/register.js';
import { createServer } from './http/server.js';
import { beginWithKey } from './identity/first-key.js';
import { keyService } from './identity/keys.js';
import { createLog } from './log.js';
import { guardedClient, type GuardedClient } from './outgoing/guarded-client.js';
import { commandsByName, createProduct } from './product.js';
import { BulkCommands } from './operations/bulk-commands.js';
import { operationActions } from './operations/operation-actions.js';
import { projectionActions } from './operations/projections.js';
import { Projector } from './projector.js';
import { serverSecret, settingsOf } from './settings.js';

export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Text of the first admin key, only when this start made it. */
  readonly firstKey: string | null;
  /** Answers what is under way, then stops processes and views and closes the files. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly clock?: Clock;
  /** The stores have failed for good: end the process. */
  readonly onFatal?: (error: unknown) => void;
  /** The way out; tests bring one that reaches their own servers. */
  readonly outgoing?: GuardedClient;
  /** Node's options for the threads; tests run them from their sources. */
  readonly execArgv?: readonly string[];
}

/** How long a readiness probe waits for the views. */
const readyWithinMs = 1_000;

/** How to end what was started, in the order of starting. */
type Ends = (() => Promise<void>)[];

async function endAll(ends: Ends): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) await end();
}

/** Starts everything on one data folder: stores, threads, processes, HTTP. A start that fails leaves nothing running. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const ends: Ends = [];
  try {
    return await start(config, options, ends);
  } catch (error) {
    await endAll(ends);
    throw error;
  }
}

/** The one place where the parts meet. */
async function start(config: Config, options: ServerOptions, ends: Ends): Promise<RunningServer> {
  const { clock = systemClock, outgoing = guardedClient(), execArgv } = options;
  const threads = execArgv ? { execArgv } : {};
  const log = createLog(config.logLevel);
  const fatal = (error: unknown): void => {
    log.fatal({ error }, 'cannot go on');
    options.onFatal?.(error);
  };
  const warn = (message: string): void => log.warn({}, message);
  const folder = await openFolder({ folder: config.data, onFatal: fatal, warn, ...threads });
  const { events, records } = folder;
  ends.push(() => folder.close());
  const secret = await serverSecret(records);
  const settings = settingsOf(config, secret);
  const stores = { events, records, views: folder.views };
  const product = createProduct({ ...stores, clock, settings, secret, outgoing, log, fatal });
  const projector = new Projector({
    folder: config.data,
    port: folder.projectorPort(),
    logLevel: config.logLevel,
    progress: (progress) => product.visible.report(progress),
    fatal,
    ...threads,
  });
  ends.push(() => projector.stop());
  ends.push(() => product.stop());

  const server = createServer({ baseUrl: config.publicBase, trustedProxies: config.trustedProxies });
  const application = await NestFactory.createApplicationContext(AppModule.with(product.commands, product.queries), {
    logger: false,
    abortOnError: false,
  });
  ends.push(() => application.close());
  const execute = executeOn(application.get(CommandBus));
  const keys = keyService(records, clock);
  const bulk = new BulkCommands({ records, execute, clock, log, commands: commandsByName });
  ends.push(() => bulk.stop());
  ends.push(() => server.close());
  registerHttp(server, {
    execute: (command, call) => bulk.execute(command, call),
    lagging: (waiting) => product.commands.lagging(waiting),
    ask: askOn(application.get(QueryBus)),
    isPosition: (text) => events.isPosition(text),
    keys,
    deciders,
    views,
    refusals: domainRefusals,
    actions: [...projectionActions(folder.views, events, clock), ...operationActions(records)],
    clock,
    ready: async () => ({ ready: await product.caughtUp(readyWithinMs) }),
    baseUrl: config.publicBase,
    logger: log,
  });
  product.start(execute);
  await bulk.resume();
  const address = await listen(server, config.host, config.port);
  // Last, since its text is told once: a start that fails must not have drawn it.
  const firstKey = await beginWithKey(config, keys);
  return { address, firstKey, close: () => endAll(ends) };
}
