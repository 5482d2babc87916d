import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../config/parsers.js';
import type { Config } from '../config/config.js';
import type { Metrics } from '../metrics/metrics.js';

/** Headers of a request that came by a proxy, which must not make public what is meant for the network behind it. */
const forwarded = ['forwarded', 'x-forwarded-for', 'via'] as const;

/** Times every request, and tells Prometheus at `GET /metrics`. For others than it is meant for, there is no such address. */
export function registerMetrics(server: FastifyInstance, metrics: Metrics, readers: Config['metrics']): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
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
