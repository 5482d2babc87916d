import { createHash, createHmac } from 'node:crypto';
import type { Settings } from '#lib/domain/settings.js';

const hourMs = 3_600_000;

/** The source's own values, so that tests read like the source. */
export const settings: Settings = {
  goLiveAfterMs: 4 * hourMs,
  goLiveWindowMs: 6 * hourMs,
  stopDistributionAfterMs: 4 * hourMs,
  invitationValidMs: 90 * 24 * hourMs,
  leadAnswerWithinMs: 14 * 24 * hourMs,
  licenseConflictMs: 90 * 24 * hourMs,
  graceDays: 0,
  autoCertify: false,
  checkPackageUrl: false,
  storefrontBase: 'https://appsource.microsoft.com',
  consoleBase: 'https://console.example',
  installAddress: 'https://install.example',
  consent: { version: '1', text: 'consent', sha256: createHash('sha256').update('consent').digest('hex') },
  invitationSecret: (id) => createHmac('sha256', 'test secret').update(id).digest('base64url'),
  signingSecret: (id) => `whsec_${createHmac('sha256', 'test secret').update(`signing ${id}`).digest('base64')}`,
  hashSecret: (secret) => createHash('sha256').update(secret).digest('hex'),
};
