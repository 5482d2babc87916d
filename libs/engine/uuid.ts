import { hash } from 'node:crypto';

/** Namespace of every name-based UUID that this product makes. */
const namespace = Buffer.from('6f1d7e0c4b5a5c0e9d5e2a7b3c9f4e10', 'hex');

/** UUIDv5 (RFC 9562): the same parts always give the same ID. Parts are kept apart by a character that no ID holds. */
export function uuidFrom(...parts: readonly string[]): string {
  const digest = hash('sha1', Buffer.concat([namespace, Buffer.from(parts.join('\n'))]), 'hex');
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(18, 20)}-${digest.slice(20, 32)}`;
}
