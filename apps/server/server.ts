import { deciders } from '#lib/domain/deciders.js';
import { receiptText } from '#lib/engine/queries/receipt.js';
import { domainRefusals } from '#lib/domain/refusals.js';
import type { Config } from '#lib/product/config/config.js';
import { hasRoom, spaceOf } from '#lib/product/free-space.js';
import type { Health } from '#lib/product/http/health.js';
import { endAll, startRunning, type Ends, type Running, type RunningOptions } from '#lib/product/running.js';
import { startupOf } from '#lib/product/startup.js';
import { views } from '#lib/views/views.js';
import { listen } from '#lib/product/http/listen.js';
import { registerMetrics } from '#lib/product/http/metrics.js';
import { registerHttp } from './http/register.js';
import { createServer } from './http/server.js';
import { beginWithKey } from './identity/first-key.js';
import { keyService } from './identity/keys.js';
import { auditActions } from './operations/audit-actions.js';
import { auditLists } from './operations/audit-lists.js';
import { BulkCommands } from './operations/bulk-commands.js';
import { ledgerActions } from './operations/ledger-export.js';
import { operationActions } from './operations/operation-actions.js';
import { parkedActions } from './operations/parked-actions.js';
import { projectionActions } from './operations/projections.js';
import { receiptActions } from './operations/receipt-actions.js';
import { rebuildActions } from './operations/rebuild-actions.js';
import { sampleActions } from './operations/sample-actions.js';
import { whatIfActions } from './operations/what-if-actions.js';

export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Where its stores are, for whoever reads along. */
  readonly place: string;
  /** Text of the first admin key, only when this start made it. */
  readonly firstKey: string | null;
  /** Answers what is under way, then stops processes and views and closes the stores. */
  close(): Promise<void>;
}

/** How long a readiness probe waits for stores and views. */
const readyWithinMs = 1_000;

/** Starts the server on its stores. A start that fails leaves nothing running. */
export async function startServer(config: Config, options: RunningOptions = {}): Promise<RunningServer> {
  const ends: Ends = [];
  try {
    return await start(config, options, ends);
  } catch (error) {
    await endAll(ends);
    throw error;
  }
}

/** Where workers fold the views, their lag is no reason to take a server out: all would be out at once. */
function healthOf(config: Config, options: RunningOptions, { stores, product, clock }: Running): Health {
  const answers = () => (stores.worksHere ? product.caughtUp(readyWithinMs) : product.answers(readyWithinMs));
  return {
    startup: startupOf({ events: stores.events, views: stores.views, clock, isThere: answers }),
    async ready() {
      if (!(await hasRoom(config, options.spaceOf ?? spaceOf))) return { ready: false, because: 'disk' };
      return (await answers()) ? { ready: true } : { ready: false, because: 'lag' };
    },
  };
}

/** The one place where the product gets its surface. */
async function start(config: Config, options: RunningOptions, ends: Ends): Promise<RunningServer> {
  let listening = '';
  const baseUrl = (): string => config.publicBase || listening;
  const running = await startRunning(config, { ...options, address: baseUrl }, ends);
  const { stores, product, ask, execute, rebuilds, clock, log } = running;
  const { events, records } = stores;
  const keys = keyService(records, clock);
  const bulk = new BulkCommands({ records, execute, clock, begun: () => running.operationBegun() });
  const server = createServer({ baseUrl, trustedProxies: config.trustedProxies });
  if (stores.worksHere) running.work();
  ends.push(() => server.close());
  registerMetrics(server, running.metrics, config.metrics);
  registerHttp(server, {
    execute: (command, call) => bulk.execute(command, call),
    lagging: (waiting) => product.commands.lagging(waiting),
    ask,
    isPosition: (text) => events.isPosition(text),
    signReceipt: (receipt) => running.signer.signReceipt(receiptText(receipt)),
    keys,
    deciders,
    views,
    refusals: domainRefusals,
    actions: [
      ...projectionActions(stores.views, events, clock, rebuilds, records),
      ...operationActions(records, rebuilds),
      ...rebuildActions(rebuilds),
      ...sampleActions(stores.views, product.history),
      ...parkedActions(running.parked, rebuilds),
      ...ledgerActions(events, records, product.history),
      ...auditActions({ events, records, signer: running.signer }),
      ...auditLists({ events, records }),
      ...whatIfActions({ events, history: product.history, settings: running.settings }),
      ...receiptActions({ queries: product.queries, signer: running.signer, events }),
    ],
    clock,
    health: healthOf(config, options, running),
    baseUrl,
    logger: log,
  });
  const address = (listening = await listen(server, config.host, config.port));
  // Last, since its text is told once: a start that fails must not have drawn it.
  const firstKey = await beginWithKey(config, keys);
  return { address, place: stores.place, firstKey, close: () => endAll(ends) };
}
