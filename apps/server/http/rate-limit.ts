import type { FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import { limits } from './limits.js';
import { fault } from './problems.js';

/** What may be called how often: `calls` at once, and as many again evenly over `withinMs`. */
interface Rate {
  readonly calls: number;
  readonly withinMs: number;
  /** Remembered at most; of more, those that called longest ago are let in anew. */
  readonly addresses: number;
}

/** Counts calls in one bucket for each address, which leaks: of each, it holds the instant at which it is empty again. */
export class Buckets {
  readonly #emptyAt = new Map<string, number>();

  constructor(private readonly rate: Rate) {}

  /** Counts a call, or does not and answers for how many milliseconds none is let in; 0: it was counted. */
  take(address: string, nowMs: number): number {
    const { calls, withinMs, addresses } = this.rate;
    const emptyAt = Math.max(this.#emptyAt.get(address) ?? 0, nowMs);
    const filled = emptyAt + withinMs / calls;
    const waitMs = Math.max(0, filled - nowMs - withinMs);
    this.#emptyAt.delete(address);
    this.#emptyAt.set(address, waitMs > 0 ? emptyAt : filled);
    const [oldest] = this.#emptyAt.keys();
    if (this.#emptyAt.size > addresses && oldest !== undefined) this.#emptyAt.delete(oldest);
    return waitMs;
  }
}

/** Refuses a route's calls that come too often from one address, before their bodies are read. */
export function rateLimit(clock: Clock, send: (reply: FastifyReply, faults: readonly Refusal[]) => void) {
  const buckets = new Buckets(limits.callsByAddress);
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const waitMs = buckets.take(networkOf(request.ip), Date.parse(clock.now()));
    if (waitMs === 0) return done();
    reply.header('retry-after', Math.ceil(waitMs / 1_000));
    send(reply, [fault('RATE_LIMITED', `This address may call again in ${Math.ceil(waitMs / 1_000)} s.`)]);
  };
}

/** An IPv4 address, or the first half of an IPv6 one: whoever has one has all that begin so. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 45);
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? firstHalf(parsed) : parsed.toString();
}

function firstHalf({ parts }: ipaddr.IPv6): string {
  return parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':');
}
