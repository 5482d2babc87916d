import type { FastifyInstance } from 'fastify';

/** Whether the server can answer as it should; whatever else is told about it is answered too. */
export interface Readiness {
  readonly ready: boolean;
}

/** For whoever watches the process: it lives; its views are caught up. */
export function registerHealth(server: FastifyInstance, ready: () => Promise<Readiness>): void {
  server.get('/health/live', (_request, reply) => reply.header('cache-control', 'no-store').send({ live: true }));
  server.get('/health/ready', async (_request, reply) => {
    const readiness = await ready();
    if (!readiness.ready) reply.code(503).header('retry-after', 1);
    return reply.header('cache-control', 'no-store').send(readiness);
  });
}
