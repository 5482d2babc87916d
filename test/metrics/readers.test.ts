import { fastify } from 'fastify';
import type { Config } from '#lib/product/config/config.js';
import { registerMetrics } from '#lib/product/http/metrics.js';
import { Metrics } from '#lib/product/metrics/metrics.js';

const nothing = async () => ({ projections: [], processes: [], overdue: 0, overdueSeconds: 0, builds: [] });

async function statusFor(
  readers: Config['metrics'],
  remoteAddress: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const server = fastify();
  registerMetrics(server, new Metrics(nothing), readers);
  const { statusCode } = await server.inject({ url: '/metrics', remoteAddress, headers });
  await server.close();
  return statusCode;
}

it.each([
  ['machine', '127.0.0.1', {}, 200],
  ['machine', '::ffff:127.0.0.1', {}, 200],
  ['machine', '::1', {}, 200],
  ['machine', '10.0.0.9', {}, 404],
  ['machine', '127.0.0.1', { 'x-forwarded-for': '10.0.0.9' }, 404],
  ['network', '10.0.0.9', {}, 200],
  ['network', '203.0.113.7', {}, 200],
  ['network', '10.0.0.9', { forwarded: 'for=203.0.113.7' }, 404],
  ['network', '10.0.0.9', { via: '1.1 proxy' }, 404],
  ['off', '127.0.0.1', {}, 404],
] as const)('with SEATLEDGER_METRICS=%s, %s with %j is answered %i', async (readers, address, headers, status) => {
  expect(await statusFor(readers, address, headers)).toBe(status);
});
