import { keyService } from '../../apps/server/identity/keys.js';
import { send, standingClock, testServer, type TestServer } from '../support/http.js';
import { recordsInMemory } from '../support/records.js';
import { shelfProduct } from '../support/shelf.js';

const tenant = '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d';
const later = '2026-03-02T00:00:00.000Z';
let server: TestServer;
let admin = '';

beforeEach(async () => {
  server = await testServer(shelfProduct);
  admin = (await server.keys.drawFirst()) ?? '';
});
afterEach(() => server.close());

const create = (body: object) => send('POST', `${server.url}/v1/keys`, { key: admin, body });
const list = (search = '', key = admin) => send('GET', `${server.url}/v1/keys${search}`, { key });
const revoke = (keyId: string, key = admin) => send('DELETE', `${server.url}/v1/keys/${keyId}`, { key });
const idOf = (key: string) => key.split('_')[1] ?? '';

describe('API keys', () => {
  it('are shown once and kept as a hash', async () => {
    const asked = {
      role: 'customer.globalAdmin',
      tenantId: tenant.toUpperCase(),
      personId: 'ann',
      label: 'CI',
      expiresAt: later,
    };
    const { status, body } = await create(asked);
    const { key, ...shown } = body;
    expect(status).toBe(201);
    expect(key).toMatch(/^sl_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(shown).toEqual({
      keyId: idOf(key),
      role: 'customer.globalAdmin',
      publisherId: null,
      tenantId: tenant,
      personId: 'ann',
      label: 'CI',
      createdAt: '2026-03-01T12:00:00.000Z',
      expiresAt: later,
      revokedAt: null,
    });
    const listed = await list();
    expect(listed.body.rows).toEqual(expect.arrayContaining([shown]));
    expect(JSON.stringify(listed.body)).not.toMatch(/hash|secret|sl_/);
  });

  it('stand for one actor and one scope', async () => {
    const { body } = await create({ role: 'customer.globalAdmin', tenantId: tenant, personId: 'ann', label: 'CI' });
    expect(await server.keys.authenticate(body.key)).toEqual({
      actor: { kind: 'key', id: body.keyId, role: 'customer.globalAdmin', personId: 'ann' },
      caller: { tenantId: tenant },
    });
    expect(await server.keys.authenticate(admin)).toMatchObject({ caller: { installation: true } });
  });

  it('are refused from the instant at which they expire', async () => {
    const { body } = await create({ role: 'admin', label: 'x', expiresAt: later });
    server.clock.set('2026-03-01T23:59:59.999Z');
    expect((await list('', body.key)).status).toBe(200);
    server.clock.set(later);
    expect((await list('', body.key)).status).toBe(401);
  });

  it('are refused at once when revoked, stay in the list, and revoking again changes nothing', async () => {
    const { body } = await create({ role: 'admin', label: 'x', expiresAt: later });
    expect((await list('', body.key)).status).toBe(200);
    const revoked = await revoke(body.keyId);
    expect([revoked.status, revoked.body.revokedAt]).toEqual([200, '2026-03-01T12:00:00.000Z']);
    expect((await list('', body.key)).status).toBe(401);
    server.clock.set(later);
    expect((await revoke(body.keyId)).body).toEqual(revoked.body);
    expect((await list()).body.rows).toContainEqual(revoked.body);
    expect((await revoke('0'.repeat(16))).status).toBe(404);
  });

  it('never leave the installation without an admin key that lasts', async () => {
    await create({ role: 'admin', label: 'expires', expiresAt: later });
    expect((await revoke(idOf(admin))).body).toMatchObject({ status: 422, code: 'LAST_ADMIN_KEY' });
    const second = (await create({ role: 'admin', label: 'second' })).body;
    const both = await Promise.all([revoke(second.keyId), revoke(idOf(admin))]);
    expect(both.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    expect([admin, second.key].map((key) => server.keys.authenticate(key)).filter(Boolean).length).toBeGreaterThan(0);
  });

  it('are listed in pages', async () => {
    for (let count = 0; count < 4; count += 1) await create({ role: 'auditor', label: `${count}` });
    const all = (await list()).body.rows;
    const first = (await list('?limit=3')).body;
    const second = (await list(`?limit=3&cursor=${first.next}`)).body;
    expect([all.length, first.rows.length, second.rows.length, second.next]).toEqual([5, 3, 2, null]);
    expect([...first.rows, ...second.rows]).toEqual(all);
    expect((await list('?cursor=nothing')).body).toMatchObject({ status: 400, code: 'PARAMETER_INVALID' });
  });

  it.each([
    [{ role: 'owner' }, ['ROLE_UNKNOWN /role']],
    [{ role: 'publisher.owner' }, ['KEY_SCOPE_INVALID /publisherId']],
    [{ role: 'publisher.owner', publisherId: 'Fabrikam' }, ['KEY_SCOPE_INVALID /publisherId']],
    [{ role: 'publisher.owner', publisherId: 'a'.repeat(39) }, ['KEY_SCOPE_INVALID /publisherId']],
    [{ role: 'app', publisherId: 'fabrikam', tenantId: tenant }, ['KEY_SCOPE_INVALID /tenantId']],
    [
      { role: 'customer.userAdmin', publisherId: 'fabrikam' },
      ['KEY_SCOPE_INVALID /publisherId', 'KEY_SCOPE_INVALID /tenantId'],
    ],
    [
      { role: 'admin', publisherId: 'fabrikam', tenantId: tenant },
      ['KEY_SCOPE_INVALID /publisherId', 'KEY_SCOPE_INVALID /tenantId'],
    ],
    [{ role: 'auditor', personId: 'Ann Smith' }, ['KEY_PERSON_INVALID /personId']],
    [{ role: 'auditor', label: '' }, ['KEY_LABEL_INVALID /label']],
    [{ role: 'auditor', label: 'x'.repeat(101) }, ['KEY_LABEL_INVALID /label']],
    [{ role: 'auditor', expiresAt: '2026-03-01T12:00:00.000Z' }, ['KEY_EXPIRY_INVALID /expiresAt']],
    [{ role: 'auditor', expiresAt: '2030-01-01' }, ['KEY_EXPIRY_INVALID /expiresAt']],
    [
      { role: 'auditor', expiresAt: 'soon', personId: '' },
      ['KEY_EXPIRY_INVALID /expiresAt', 'KEY_PERSON_INVALID /personId'],
    ],
  ])('%j is refused', async (asked, expected) => {
    const { status, body } = await create({ label: 'x', ...asked });
    const found = body.errors.map((error: { code: string; pointer: string }) => `${error.code} ${error.pointer}`);
    expect([status, found.sort()]).toEqual([422, expected]);
  });
});

describe('the first key', () => {
  it('is given once for these records, also when two starts ask at once', async () => {
    const records = recordsInMemory();
    const services = [keyService(records, standingClock()), keyService(records, standingClock())];
    const first = await Promise.all(services.map((service) => service.drawFirst()));
    expect(first.filter((key) => key !== null)).toHaveLength(1);
    expect(await keyService(records, standingClock()).drawFirst()).toBeNull();
  });

  it('works after a restart', async () => {
    const records = recordsInMemory();
    const text = (await keyService(records, standingClock()).drawFirst()) ?? '';
    expect(await keyService(records, standingClock()).authenticate(text)).toMatchObject({ actor: { role: 'admin' } });
  });
});
