import { spawnSync } from 'node:child_process';
import { deciders } from '#lib/domain/deciders.js';
import { processes } from '#lib/processes/processes.js';
import { projections } from '#lib/product/registries.js';
import { promtool } from '../support/promtool.js';
import { startMs, TestProduct } from '../support/product.js';
import { settings } from '../support/settings.js';
import { isOnPair } from '../support/stores.js';
import { enroll, licensedCustomer, liveOffer, newTenant, offer } from '../support/story.js';

let product: TestProduct;
let tenantId: string;
/** Of every process of the product, server first. */
let texts: readonly string[];
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  ({ tenantId } = await licensedCustomer(product, { gold: 5 }));
  const stranger = await product.as('customer.licenseAdmin', { tenantId: newTenant() });
  await stranger.post(`/customers/${tenantId}/pools/${offer}.gold/assign`, { personIds: ['ada'] });
  texts = await Promise.all(product.watched.map(readMetrics));
}, startMs);
afterAll(() => product.stop(), startMs);

async function readMetrics(address: string): Promise<string> {
  const response = await fetch(`${address}/metrics`);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return response.text();
}

/** Series of a metric, as label → value in the order of the text. */
const seriesOf = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))].map(
    ([, labels = '', value]) => `${labels} ${value}`,
  );
const labelled = (series: readonly string[], label: string) =>
  [...new Set(series.map((one) => new RegExp(`${label}="([^"]*)"`).exec(one)?.[1]))].sort();

describe('GET /metrics', () => {
  it('counts commands by name and outcome, also those of processes, over all processes together', () => {
    const all = texts.flatMap((text) => seriesOf(text, 'seatledger_commands_total'));
    expect(all).toContain('command="UpdateLicenses",outcome="done" 1');
    expect(all).toContain('command="AdjustSeatPool",outcome="done" 1');
    const known: readonly string[] = deciders.flatMap(({ handles }) => handles.map(({ command }) => command.type));
    expect(labelled(all, 'command').filter((name) => name === undefined || !known.includes(name))).toEqual([]);
  });

  it('times requests by route, never by address', () => {
    const requests = seriesOf(texts[0] ?? '', 'seatledger_http_request_duration_seconds_count');
    expect(requests).toContain('method="POST",route="/v1/deals/:dealId/licenses",status="200" 1');
    expect(requests).toContain('method="POST",route="/v1/customers/:tenantId/pools/:serviceId/assign",status="404" 1');
  });

  it('times commits to the stores that this process commits to', () => {
    const stores = texts.flatMap((text) =>
      labelled(seriesOf(text, 'seatledger_store_commit_duration_seconds_count'), 'store'),
    );
    expect([...new Set(stores)].sort()).toEqual(['events', 'records', ...(isOnPair ? ['views'] : [])]);
  });

  it('tells of every view and process how far behind it is, and nothing is', async () => {
    const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => name).sort();
    while ((await fetch(`${product.url}/health/ready`)).status !== 200);
    for (const text of texts) {
      expect(labelled(seriesOf(text, 'seatledger_projection_lag_events'), 'projection')).toEqual(names(projections));
      expect(labelled(seriesOf(text, 'seatledger_process_lag_seconds'), 'process')).toEqual(names(processes(settings)));
      expect(seriesOf(text, 'seatledger_projection_parked_documents').filter((one) => !one.endsWith(' 0'))).toEqual([]);
      expect(seriesOf(text, 'seatledger_stores_readable')).toEqual([' 1']);
      expect(seriesOf(text, 'seatledger_timers_overdue')).toEqual([' 0']);
      expect(seriesOf(text, 'nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
    }
  });

  it('holds no identifier of the business', () => {
    for (const text of texts) {
      expect(text).not.toContain('fabrikam');
      expect(text).not.toContain(tenantId);
      expect(text).not.toMatch(/\bada\b/);
    }
  });

  it('is for this machine alone, and not for what came by a proxy', async () => {
    const status = async (headers: Readonly<Record<string, string>>) =>
      (await fetch(`${product.url}/metrics`, { headers })).status;
    expect(await status({ 'x-forwarded-for': '203.0.113.7' })).toBe(404);
    expect(await status({ forwarded: 'for=203.0.113.7' })).toBe(404);
    expect(await status({})).toBe(200);
  });

  (promtool ? it : it.skip)(
    `is what promtool takes for good${promtool ? '' : ': promtool is NOT here, nothing was checked'}`,
    () => {
      for (const input of texts) {
        const { status, stderr } = spawnSync(promtool ?? '', ['check', 'metrics'], { input, encoding: 'utf8' });
        const ours = stderr.split('\n').filter((line) => line.includes('seatledger'));
        expect([ours, status === 0 || status === 3]).toEqual([[], true]);
      }
    },
  );
});
