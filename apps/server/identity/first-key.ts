import type { Config } from '#lib/product/config/config.js';
import { StartRefusedError } from '#lib/product/start-refused.js';
import type { Keys } from './keys.js';

/** Nobody could manage this installation, or too many could. The message says what to do. */
export class FirstKeyError extends StartRefusedError {}

/**
 * Sees to it that there is an admin key to begin with. In local mode one is drawn at the first start and its text
 * answered, that once. In production mode the configuration gives it, and one that was drawn must have been revoked:
 * it was printed on a screen.
 */
export async function beginWithKey({ mode, adminKey }: Config, keys: Keys): Promise<string | null> {
  if (mode === 'local') return keys.drawFirst();
  if (adminKey !== '') await keys.adoptFirst(adminKey);
  switch (await keys.firstKey()) {
    case 'none':
      throw new FirstKeyError(
        'There is no admin key yet. Set SEATLEDGER_ADMIN_KEY to sl_, 16 hexadecimal digits, _ and 43 characters of ' +
          'base64url, drawn at random: they are the key from then on.',
      );
    case 'drawn':
      throw new FirstKeyError(
        'The admin key that was printed at the first start in local mode is still accepted. Start in local mode, create ' +
          'another admin key, revoke the first one (DELETE /v1/keys/{keyId}), and start again.',
      );
    case 'settled':
      return null;
  }
}
