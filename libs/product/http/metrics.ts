import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../config/parsers.js';
import type { Config } from '../config/config.js';
import type { Metrics } from '../metrics/metrics.js';

/** Headers of a request that came by a proxy, which must not make public what is meant for the network behind it. */
const forwarded = ['forwarded', 'x-forwarded-for', 'via'] as const;

declare module 'fastify' {
  interface FastifyRequest {
    /** When its headers were there, by `performance.now()`. */
    startedAt: number;
  }
}

/**
 * Times every request until its answer is sent, or of a stream begun: `onResponse` would wait for each client, and add
 * two listeners to each answer. Tells Prometheus at `GET /metrics`; for others than it is meant for, there is no such address.
 */
export function registerMetrics(server: FastifyInstance, metrics: Metrics, readers: Config['metrics']): void {
  server.decorateRequest('startedAt', 0);
  server.addHook('onRequest', (request, _reply, done) => {
    request.startedAt = performance.now();
    done();
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.request(request.method, route, reply.statusCode, (performance.now() - request.startedAt) / 1_000);
    done(null, payload);
  });
  server.get('/metrics', async (request, reply) => {
    if (!mayRead(request, readers)) return reply.callNotFound();
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  });
}

function mayRead({ headers, socket }: FastifyRequest, readers: Config['metrics']): boolean {
  if (readers === 'off' || forwarded.some((name) => headers[name] !== undefined)) return false;
  const peer = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return readers === 'network' || isLoopback(peer);
}
