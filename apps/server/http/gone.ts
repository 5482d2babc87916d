import type { FastifyReply } from 'fastify';

/**
 * Aborts when whoever asked is not there any more, or was answered. Fastify's own `request.signal` is no use: it aborts
 * as soon as a body has been read.
 */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
