import { startChild } from './child.js';
import { onNewInstallation, type Addresses } from './installation.js';
import { drive, median, type Caller, type Load } from './load.js';
import { openMarketplace, type Marketplace, type OpenDeal } from './marketplace.js';
import type { Row } from './report.js';
import { startProduct } from './servers.js';

const rounds = 11;
const seconds = 2;
const headers = (key: string) => ({ authorization: `Bearer ${key}` });

/** Sets another number of licenses each time, at the revision of the answer before. */
export function licenseUpdates(deal: OpenDeal, key: string): Caller {
  let count = 1;
  return {
    next() {
      count = (count % 1_000) + 1;
      const body = { tenantId: deal.tenantId, lines: [{ planId: 'gold', count: count + 1 }], removed: [] };
      return {
        path: `/v1/deals/${deal.dealId}/licenses`,
        body: JSON.stringify(body),
        headers: { ...headers(key), 'if-match': `"r${deal.revision}"` },
      };
    },
    answered(status, text) {
      if (status !== 200) throw new Error(`UpdateLicenses was answered ${status}: ${text}`);
      const answer = JSON.parse(text) as { revision: number; settled: boolean };
      if (!answer.settled) throw new Error('UpdateLicenses was not settled.');
      deal.revision = answer.revision;
    },
  };
}

function checks(tenantId: string, key: string): Caller {
  const body = JSON.stringify({ offer: 'fabrikam.f365', tenantId, personId: 'ada', component: 'SilverApp' });
  return {
    next: () => ({ path: '/v1/checks', body, headers: headers(key) }),
    answered(status, text) {
      if (status !== 200 || !text.includes('"allowed":true'))
        throw new Error(`A check was answered ${status}: ${text}`);
    },
  };
}

/** The same requests to a server that does nothing with them. */
function unanswered(caller: Caller): Caller {
  return { next: () => caller.next(), answered: () => undefined };
}

interface Sides {
  readonly product: string;
  readonly raw: string;
}

async function compare(
  name: string,
  sides: Sides,
  callers: () => readonly Caller[],
  goal: number | null,
): Promise<Row> {
  const ours: Load[] = [];
  const raws: Load[] = [];
  for (let round = 0; round < rounds; round += 1) {
    raws.push(await drive(sides.raw, callers().map(unanswered), seconds));
    ours.push(await drive(sides.product, callers(), seconds));
  }
  const rate = median(ours.map((load) => load.requestsPerSecond));
  const bare = median(raws.map((load) => load.requestsPerSecond));
  const ratio = median(
    ours.map((load, round) => load.requestsPerSecond / (raws[round]?.requestsPerSecond ?? Number.NaN)),
  );
  const note = `median ${median(ours.map((load) => load.medianMs)).toFixed(1)} ms, p99 ${median(ours.map((load) => load.p99Ms)).toFixed(1)} ms`;
  return { name, unit: 'per second', rate, bareName: 'raw Fastify with ajv', bare, ratio, goal, note };
}

/** Whole commands and checks over HTTP, all views and processes on, load generator on the same machine. */
export async function benchHttp(addresses: Addresses): Promise<readonly Row[]> {
  return onNewInstallation(addresses, async (installation) => {
    const product = await startProduct(installation);
    try {
      const raw = await startChild(new URL('./raw-server.js', import.meta.url));
      try {
        const marketplace = await openMarketplace(product.address, product.adminKey, 64);
        const sides = { product: product.address, raw: raw.address };
        return await compareAll(marketplace, sides, addresses.events === null && addresses.views === null);
      } finally {
        await raw.stop();
      }
    } finally {
      await product.stop();
    }
  });
}

async function compareAll(
  { deals, publisherKey, appKey }: Marketplace,
  sides: Sides,
  isEmbedded: boolean,
): Promise<readonly Row[]> {
  const tenantId = deals[0]?.tenantId ?? '';
  const updates = (count: number) => () => deals.slice(0, count).map((deal) => licenseUpdates(deal, publisherKey));
  const checking = () => Array.from({ length: 64 }, () => checks(tenantId, appKey));
  return [
    await compare('UpdateLicenses, durable and settled, 1 caller', sides, updates(1), null),
    await compare('UpdateLicenses, durable and settled, 64 callers', sides, updates(64), isEmbedded ? 0.25 : null),
    await compare('license check, 64 callers', sides, checking, isEmbedded ? 0.6 : null),
  ];
}
