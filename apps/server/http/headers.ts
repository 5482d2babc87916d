import type { FastifyRequest } from 'fastify';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { limits } from './limits.js';
import { fault } from './problems.js';

const visible = /^[\x21-\x7e]+$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const entityTag = /^"r(\d{1,15})"$/;

/** `Idempotency-Key`, or null. Those without credentials share one name space, so theirs must be UUIDs. */
export function idempotencyKeyOf({ headers, principal }: FastifyRequest, faults: Refusal[]): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  const text = String(key);
  if (!visible.test(text) || text.length > limits.idempotencyKeyLength) {
    const detail = `Idempotency-Key must be 1 to ${limits.idempotencyKeyLength} visible ASCII characters, sent once.`;
    faults.push(fault('PARAMETER_INVALID', detail));
  } else if (principal.actor.kind === 'anonymous' && !uuid.test(text)) {
    faults.push(fault('PARAMETER_INVALID', 'Without credentials Idempotency-Key must be a UUID.'));
  }
  return text;
}

/** The revision in `If-Match: "r<revision>"`, or null. */
export function expectedRevisionOf({ headers }: FastifyRequest, faults: Refusal[]): number | null {
  const tag = headers['if-match'];
  if (tag === undefined) return null;
  const [, revision] = entityTag.exec(tag) ?? [];
  if (revision === undefined)
    faults.push(fault('PARAMETER_INVALID', 'If-Match must be an ETag of this server: "r<revision>".'));
  return Number(revision);
}

/** How `If-Match` and `ETag` write a revision. */
export function entityTagOf(revision: number): string {
  return `"r${revision}"`;
}
