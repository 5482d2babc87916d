import { createHmac, randomBytes } from 'node:crypto';
import { sha256 } from '#lib/engine/sha256.js';
import type { Settings } from '#lib/domain/settings.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { Config } from './config/config.js';

/** What a customer's admin accepts (R62); its version and hash are recorded with each acceptance. */
export const consentText = {
  version: '1',
  text:
    'You allow this publisher to see your organization’s name and country and to set how many licenses of its plans your ' +
    'organization has. It allows nothing else: no access to your data, your people or your other subscriptions. You can end ' +
    'it when the publisher has no active licenses with you any more.',
} as const;

/** The server's secret, 256 bits in base64url: drawn at the first start and kept in the records. */
export async function serverSecret(records: Records): Promise<string> {
  const address = { table: 'secrets', key: 'server' } as const;
  const known = await records.get(address.table, address.key);
  if (known) return (known.value as { secret: string }).secret;
  const secret = randomBytes(32).toString('base64url');
  const drawn = await records.transact([{ ...address, expect: 'none', value: { secret } }]);
  return drawn.ok ? secret : serverSecret(records);
}

/** What the deciders need to know of this installation. `address`: where others reach it, asked for when it is needed. */
export function settingsOf(config: Config, secret: string, address = () => config.publicBase): Settings {
  return {
    goLiveAfterMs: config.goLiveAfterMs,
    goLiveWindowMs: config.goLiveWindowMs,
    stopDistributionAfterMs: config.stopDistributionAfterMs,
    invitationValidMs: config.invitationValidMs,
    leadAnswerWithinMs: config.leadAnswerWithinMs,
    licenseConflictMs: config.licenseConflictMs,
    graceDays: config.graceDays,
    autoCertify: config.autoCertify,
    checkPackageUrl: config.checkPackageUrl,
    storefrontBase: config.storefrontBase,
    get consoleBase() {
      return config.consoleBase || address();
    },
    installAddress: config.installAddress,
    consent: { ...consentText, sha256: sha256(consentText.text) },
    invitationSecret: (id) => createHmac('sha256', secret).update(id).digest('base64url'),
    signingSecret: (id) => `whsec_${createHmac('sha256', secret).update(`signing ${id}`).digest('base64')}`,
    hashSecret: sha256,
  };
}
