import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

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

/** What is kept of a secret. */
export function hashOfSecret(secret: string): string {
  return hashOf(secret).toString('hex');
}

/** Whether a secret is the one that was hashed; takes the same time for every wrong one. */
export function isSecret(secret: string, hashed: Buffer): boolean {
  return timingSafeEqual(hashOf(secret), hashed);
}

/** A secret of 256 random bits needs no salt and no slow hash: there is nothing to guess. It is done for every request. */
function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
