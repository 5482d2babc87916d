import { send, standingClock, testServer, type TestServer } from '../support/http.js';
import { shelfProduct } from '../support/shelf.js';
import { seatledger } from './terminal.js';

const tenant = '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d';
const createdAt = standingClock().now();

let server: TestServer;
let admin = '';
beforeEach(async () => {
  server = await testServer(shelfProduct);
  admin = (await server.keys.drawFirst()) ?? '';
});
afterEach(() => server.close());

const keys = (...args: string[]) =>
  seatledger(['keys', ...args], { environment: { SEATLEDGER_SERVER: server.url, SEATLEDGER_KEY: admin } });
const idOf = (key: string) => key.split('_')[1] ?? '';

describe('seatledger keys', () => {
  it('create prints the key and nothing else to stdout; the server accepts it', async () => {
    const { code, stdout, stderr } = await keys('create', '--role', 'operator', '--label', 'night shift');
    expect(stdout).toMatch(/^sl_[0-9a-f]{16}_[A-Za-z0-9_-]{43}\n$/);
    const key = stdout.trim();
    const told = `That is the key ${idOf(key)}. It is shown this once: put it where it is needed.\n`;
    expect([code, stderr]).toEqual([0, told]);
    expect((await send('GET', `${server.url}/v1/keys`, { key })).status).toBe(403);
  });

  it('create takes scope, person and expiry, and tells all as JSON', async () => {
    const scope = ['--role', 'customer.globalAdmin', '--tenant', tenant, '--person', 'ann'];
    const made = await keys('create', ...scope, '--label', 'CI', '--expires', '2030-01-01T00:00:00.000Z', '--json');
    const { key, ...shown } = JSON.parse(made.stdout);
    const expected = {
      keyId: idOf(key),
      role: 'customer.globalAdmin',
      publisherId: null,
      tenantId: tenant,
      personId: 'ann',
      label: 'CI',
      createdAt,
      expiresAt: '2030-01-01T00:00:00.000Z',
      revokedAt: null,
    };
    expect([made.code, made.stderr, shown]).toEqual([0, '', expected]);
    const listed = JSON.parse((await keys('list', '--json')).stdout);
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual(expected);
  });

  it('list shows every key without its secret, of all pages', async () => {
    for (let count = 0; count < 201; count += 1) {
      await server.keyOf('publisher.owner', { publisherId: 'fabrikam' });
    }
    const { code, stdout, stderr } = await keys('list');
    expect([code, stderr]).toEqual([0, '']);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^key +role +of +person +created +expires +revoked +label$/);
    expect(rows).toHaveLength(202);
    expect(rows.filter((row) => /^[0-9a-f]{16} +publisher[.]owner +fabrikam +20.+Z /.test(row))).toHaveLength(201);
    expect(stdout).not.toContain('sl_');
  });

  it('revoke refuses a key from now on; again is the same; the last that can create others stays', async () => {
    const other = (await keys('create', '--role', 'auditor', '--label', 'audit')).stdout.trim();
    const told = `The key ${idOf(other)} (audit) is revoked since ${createdAt}.\n`;
    for (let count = 0; count < 2; count += 1) {
      expect(await keys('revoke', idOf(other))).toEqual({ code: 0, stdout: told, stderr: '' });
    }
    expect((await send('GET', `${server.url}/v1/keys`, { key: other })).status).toBe(401);
    expect(JSON.parse((await keys('revoke', idOf(other), '--json')).stdout)).toMatchObject({ revokedAt: createdAt });
    const last = await keys('revoke', idOf(admin));
    expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('No other admin key is there')]);
  });

  it.each<[string, number, string[], string]>([
    ['a role that there is not', 2, ['create', '--role', 'king', '--label', 'x'], 'Allowed choices are'],
    ['no label', 2, ['create', '--role', 'operator'], "required option '--label <text>' not specified"],
    [
      'a scope that the role does not take',
      1,
      ['create', '--role', 'operator', '--label', 'x', '--tenant', tenant],
      'takes no tenantId',
    ],
    ['a key that there is not', 1, ['revoke', '0000000000000000'], 'There is no such thing'],
  ])('refuse %s', async (_, code, args, reason) => {
    const refused = await keys(...args);
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([code, '', expect.stringContaining(reason)]);
  });
});
