import type { FastifyReply } from 'fastify';
import type { Waiting } from '#lib/engine/commands/call.js';

/** What a request waits for, how long, and until who asks is not there any more. */
export function waitingOf({ after, waitMs }: Pick<Waiting, 'after' | 'waitMs'>, reply: FastifyReply): Waiting {
  return { after, waitMs, gone: after === null ? undefined : goneSignal(reply) };
}

/**
 * Aborts when the connection has ended, or all is answered. Fastify's own `request.signal` is no use: it aborts as soon as
 * a body has been read.
 */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
