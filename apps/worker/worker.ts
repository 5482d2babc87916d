import { fastify } from 'fastify';
import type { Config } from '#lib/product/config/config.js';
import { registerHealth } from '#lib/product/http/health.js';
import { listen } from '#lib/product/http/listen.js';
import { registerMetrics } from '#lib/product/http/metrics.js';
import { StartRefusedError } from '#lib/product/start-refused.js';
import { endAll, startRunning, type Ends, type RunningOptions } from '#lib/product/running.js';

export interface RunningWorker {
  /** Where it tells whether it lives and is ready. */
  readonly address: string;
  /** Where its stores are, for whoever reads along. */
  readonly place: string;
  /** What it works on at the moment, e.g. `view/seats`. */
  held(): readonly string[];
  /** Brings its work to rest and gives it up, so that others take it at once. */
  close(): Promise<void>;
}

/**
 * Starts a worker: folds views, runs processes, timers, requests and operations, as far as they come to it. Any number
 * of workers share the work. A start that fails leaves nothing running.
 */
export async function startWorker(config: Config, options: RunningOptions = {}): Promise<RunningWorker> {
  if (config.events === null || config.views === null) {
    throw new StartRefusedError(
      'A worker shares work with others, so events and views must lie where several processes reach them. Set ' +
        'SEATLEDGER_EVENTS to the address of KurrentDB and SEATLEDGER_VIEWS to that of MongoDB. With a store in the data ' +
        'folder there is nothing for a worker to do: the server does all of it.',
    );
  }
  const ends: Ends = [];
  try {
    const running = await startRunning(config, options, ends);
    const ownership = running.work();
    const server = fastify();
    ends.push(() => server.close());
    registerMetrics(server, running.metrics, config.metrics);
    // Ready as soon as it takes part: what it comes to own may be nothing, and may be far behind.
    registerHealth(server, {
      ready: async () => ({ ready: ownership.takesPart, works: ownership.held }),
      startup: async () => ({ started: ownership.takesPart }),
    });
    const address = await listen(server, config.host, config.port);
    return { address, place: running.stores.place, held: () => ownership.held, close: () => endAll(ends) };
  } catch (error) {
    await endAll(ends);
    throw error;
  }
}
