import { request } from 'node:http';
import type { Waiting } from '#lib/engine/commands/call.js';
import type { QueryOutcome } from '#lib/engine/queries/ask.js';
import { Watermark } from '#lib/engine/watermark.js';
import { logId, testServer, type TestServer } from '../support/http.js';
import { until } from '../support/until.js';

const never = `${logId}.${'9'.repeat(20)}`;
const mark = new Watermark();
let server: TestServer;

/** Both ways into the product wait for a position for as long as they may. */
beforeAll(async () => {
  const behind = { kind: 'behind', position: `${logId}.${'0'.repeat(20)}` } as const;
  const wait = async ({ after, waitMs, gone }: Waiting) => {
    await mark.reach(after ?? '', waitMs, gone);
    return behind satisfies QueryOutcome;
  };
  server = await testServer({ execute: (_command, call) => wait(call), ask: (_query, ask) => wait(ask) });
});
afterAll(() => server.close());

it.each([
  ['GET', '/v1/offers/fabrikam.f365', ''],
  ['GET', '/v1/publishers/fabrikam/offers', ''],
  ['POST', '/v1/offers/fabrikam.f365/publish', '{}'],
])('%s %s: a client that goes away while it waits for a position waits no longer', async (method, path, body) => {
  const key = await server.keyOf('publisher.owner', { publisherId: 'fabrikam' });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const asked = performance.now();
  const sent = request(`${server.url}${path}?after=${never}&wait=5000`, { method, headers });
  sent.end(body);
  await until(() => mark.waiting === 1);
  sent.on('error', () => undefined).destroy();
  await until(() => mark.waiting === 0);
  expect(performance.now() - asked).toBeLessThan(3_000);
});
