import { readConfig } from '#lib/product/config/config.js';
import { beginWithKey, FirstKeyError } from '../../apps/server/identity/first-key.js';
import { keyService } from '../../apps/server/identity/keys.js';
import { standingClock } from '../support/http.js';
import { recordsInMemory } from '../support/records.js';

const given = `sl_0123456789abcdef_${'k'.repeat(43)}`;
const local = readConfig({});
const production = readConfig({ SEATLEDGER_MODE: 'production' });
const productionWithKey = readConfig({ SEATLEDGER_MODE: 'production', SEATLEDGER_ADMIN_KEY: given });
const keysOf = (records = recordsInMemory()) => keyService(records, standingClock());

describe('the first admin key', () => {
  it('local: is drawn at the first start and told that once', async () => {
    const keys = keysOf();
    const text = (await beginWithKey(local, keys)) ?? '';
    expect((await keys.authenticate(text))?.actor.role).toBe('admin');
    expect(await beginWithKey(local, keys)).toBeNull();
  });

  it('production: is the one of the configuration, and needed only once', async () => {
    const keys = keysOf();
    await expect(beginWithKey(production, keys)).rejects.toThrow(FirstKeyError);
    expect(await beginWithKey(productionWithKey, keys)).toBeNull();
    expect((await keys.authenticate(given))?.actor.role).toBe('admin');
    expect(await beginWithKey(production, keys)).toBeNull();
  });

  it('production: refuses to start with one that was printed, until it is revoked', async () => {
    const keys = keysOf();
    const printed = (await beginWithKey(local, keys)) ?? '';
    await expect(beginWithKey(production, keys)).rejects.toThrow(/revoke the first one/);
    const scope = { publisherId: null, tenantId: null, personId: null };
    await keys.create({ role: 'admin', ...scope, label: 'another', expiresAt: null });
    await keys.revoke(printed.split('_')[1] ?? '');
    expect(await beginWithKey(production, keys)).toBeNull();
  });

  it('a malformed one is a fault of the configuration, and is not repeated', () => {
    expect(() => readConfig({ SEATLEDGER_MODE: 'production', SEATLEDGER_ADMIN_KEY: 'hunter2' })).toThrow(
      'SEATLEDGER_ADMIN_KEY: must be sl_, 16 hexadecimal digits, _ and 43 characters of base64url.',
    );
  });
});

describe('the configuration', () => {
  it('lists every fault at once, unknown options included', () => {
    expect(() => readConfig({ PORT: 'x', SEATLEDGER_GO_LIVE_AFTER: '4 hours', SEATLEDGER_COLOR: 'red' })).toThrow(
      [
        'SEATLEDGER_COLOR: there is no such option.',
        'PORT="x": must be a port: a number from 0 to 65535.',
        'SEATLEDGER_GO_LIVE_AFTER="4 hours": must be a duration such as 500ms, 30s, 15m, 4h or 90d.',
      ].join('\n'),
    );
  });

  it('has the source’s durations in production, and seconds for going live in local mode', () => {
    const { goLiveAfterMs, goLiveWindowMs, stopDistributionAfterMs, autoCertify, invitationValidMs } = production;
    expect({ goLiveAfterMs, goLiveWindowMs, stopDistributionAfterMs, autoCertify, invitationValidMs }).toEqual({
      goLiveAfterMs: 4 * 3_600_000,
      goLiveWindowMs: 6 * 3_600_000,
      stopDistributionAfterMs: 4 * 3_600_000,
      autoCertify: false,
      invitationValidMs: 90 * 86_400_000,
    });
    expect([local.goLiveAfterMs, local.stopDistributionAfterMs, local.autoCertify]).toEqual([3_000, 3_000, true]);
  });
});
