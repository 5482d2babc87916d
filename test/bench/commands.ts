import { uuidFrom } from '#lib/engine/uuid.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import type { Call } from '#lib/engine/commands/call.js';
import { streams } from '#lib/domain/ids.js';
import { AdjustSeatPool } from '#lib/domain/seat-pool/messages.js';
import { createProduct } from '#lib/product/product.js';
import { settingsOf } from '#lib/product/settings.js';
import { licenseUpdates } from './http.js';
import { onNewInstallation, type Addresses, type Installation } from './installation.js';
import { drive, median } from './load.js';
import { openMarketplace } from './marketplace.js';
import { PlainLibrary } from './plain-library.js';
import { rateOf } from './rate.js';
import type { Row } from './report.js';
import { startProduct } from './servers.js';

const [rounds, callers, httpSeconds] = [5, 64, 3];
const secret = 'bench';

const call: Call = {
  actor: { kind: 'system', id: 'bench', role: 'system', personId: null },
  caller: { installation: true },
  idempotencyKey: null,
  expectedRevision: null,
  dryRun: false,
  after: null,
  waitMs: 0,
  traceparent: null,
  cause: null,
};

/** Each caller has a seat pool of its own, the nth command of which changes its licenses for the nth time. */
function adjustment(caller: number, n: number): AdjustSeatPool {
  const tenantId = uuidFrom('tenant', String(caller));
  return Object.assign(new AdjustSeatPool(), {
    publisherId: 'fabrikam',
    offer: 'fabrikam.f365',
    tenantId,
    serviceId: 'fabrikam.f365.gold',
    planId: 'gold',
    dealId: uuidFrom('deal', tenantId),
    dealCount: n + 1,
    dealRevision: n,
  });
}

/** The engine on the store, as one of several servers: load, decide, append; no HTTP, no views. */
async function engine(installation: Installation): Promise<number> {
  const { events, records, views, solelyOurs, close } = await installation.open();
  const settings = settingsOf(installation.config, secret);
  const product = createProduct({ events, records, views, solelyOurs, clock: systemClock, settings, secret });
  try {
    return await rateOf(callers, async (caller, n) => {
      const outcome = await product.commands.execute(adjustment(caller, n), call);
      if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    });
  } finally {
    product.commands.stop();
    await close();
  }
}

async function plain({ config }: Installation): Promise<number> {
  const library = new PlainLibrary(config.events ?? '', config.namespace, settingsOf(config, secret));
  try {
    return await rateOf(callers, (caller, n) => {
      const command = adjustment(caller, n);
      return library.adjustSeatPool(streams.seatPool(command.tenantId, command.serviceId), command);
    });
  } finally {
    await library.close();
  }
}

/** Commands beside what a plain library makes of the same decider on the same server, in alternating rounds. */
export async function benchCommands(addresses: Addresses): Promise<readonly Row[]> {
  return onNewInstallation(addresses, async (installation) => {
    const product = await startProduct(installation);
    try {
      const { deals, publisherKey } = await openMarketplace(product.address, product.adminKey, callers);
      const results: { readonly plain: number; readonly engine: number; readonly http: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const updates = deals.map((deal) => licenseUpdates(deal, publisherKey));
        results.push({
          // Streams of its own for each round, so that those that are read each time stay short.
          plain: await onNewInstallation(addresses, plain),
          engine: await onNewInstallation(addresses, engine),
          http: (await drive(product.address, updates, httpSeconds)).requestsPerSecond,
        });
      }
      const row = (name: string, what: 'engine' | 'http', goal: number | null, note: string): Row => ({
        name,
        unit: 'commands a second',
        rate: median(results.map((result) => result[what])),
        bareName: 'the official client alone: read, decide, append',
        bare: median(results.map((result) => result.plain)),
        ratio: median(results.map((result) => result[what] / result.plain)),
        goal,
        note: `${note}; ratios ${results.map((result) => (result[what] / result.plain).toFixed(2)).join(', ')}`,
      });
      return [
        row(
          `AdjustSeatPool, engine and store without HTTP and views, ${callers} callers`,
          'engine',
          2.5,
          'same decider',
        ),
        row(
          `UpdateLicenses over HTTP, durable and settled, ${callers} callers`,
          'http',
          null,
          'two durable commands and all views for each',
        ),
      ];
    } finally {
      await product.stop();
    }
  });
}
