import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '#lib/engine/sha256.js';

const hashLength = 64;
const compared = Buffer.alloc(hashLength);
const form = /^sl_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** A new API key: its ID, the text that is shown once, and what is kept of it. */
export function drawKey(): { keyId: string; text: string; secretHash: string } {
  const keyId = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { keyId, text: `sl_${keyId}_${secret}`, secretHash: hashOfSecret(secret) };
}

/** ID and secret of a key's text; null if it is none. */
export function partsOfKey(text: string): { keyId: string; secret: string } | null {
  const [, keyId, secret] = form.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? null : { keyId, secret };
}

/** What is kept of a secret. One of 256 random bits needs no salt and no slow hash: there is nothing to guess. */
export function hashOfSecret(secret: string): string {
  return sha256(secret);
}

/** What is kept of a secret, for `isSecret`. */
export function toCompare(hashed: string): Buffer {
  return Buffer.from(hashed, 'latin1');
}

/** Compared with when there is no such key, so that it takes as long. */
export const nobodysHash = Buffer.alloc(hashLength);

/**
 * Whether a secret is the one that was hashed; takes the same time for every wrong one. It is done for every request,
 * and compares hexadecimal digits: to have OpenSSL fill a buffer with the hash's bytes costs more than hashing.
 */
export function isSecret(secret: string, hashed: Buffer): boolean {
  compared.write(hashOfSecret(secret), 'latin1');
  return timingSafeEqual(compared, hashed);
}
