import { randomFillSync } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const traceparentPattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const drawn = Buffer.alloc(16 * 256);
let used = drawn.length;

/** 16 random bytes in hexadecimal; the kernel is asked once for 256 of them. */
function newTraceId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += 16;
  return drawn.toString('hex', used - 16, used);
}

/** The W3C `traceparent` that came with a request; null if none or not valid. */
export function traceparentOf(request: FastifyRequest): string | null {
  const { traceparent } = request.headers;
  return typeof traceparent === 'string' && traceparentPattern.test(traceparent) ? traceparent : null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `traceOf`. Not in a WeakMap beside: collecting one entry a request costs more than all else here. */
    traceId: string | undefined;
  }
}

/** Names this request in answers and logs: the caller's trace, else one of our own. */
export function traceOf(request: FastifyRequest): string {
  request.traceId ??= traceparentOf(request)?.slice(3, 35) ?? newTraceId();
  return request.traceId;
}
