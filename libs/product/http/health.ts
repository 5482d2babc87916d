import type { FastifyInstance } from 'fastify';

/** Whether the process can answer as it should; whatever else is told about it is answered too. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not: what it stands on is behind the log or does not answer, or there is no room to go on. */
  readonly because?: 'lag' | 'disk';
}

/** Whether the process has come as far as it is when nothing is left to be done of a start; and else how far it is. */
export interface Startup {
  readonly started: boolean;
}

export interface Health {
  ready(): Promise<Readiness>;
  startup(): Promise<Startup>;
}

/** For whoever watches the process: it lives; it has started; its views are caught up. */
export function registerHealth(server: FastifyInstance, { ready, startup }: Health): void {
  const probe = (path: string, ask: () => Promise<object>, isWell: (answer: object) => boolean): void => {
    server.get(path, async (_request, reply) => {
      const answer = await ask();
      if (!isWell(answer)) reply.code(503).header('retry-after', 1);
      return reply.header('cache-control', 'no-store').send(answer);
    });
  };
  probe(
    '/health/live',
    async () => ({ live: true }),
    () => true,
  );
  probe('/health/startup', startup, (answer) => 'started' in answer && answer.started === true);
  probe('/health/ready', ready, (answer) => 'ready' in answer && answer.ready === true);
}
