import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seatledger } from '../cli/terminal.js';
import { startMs, TestProduct } from '../support/product.js';
import { newFolder } from '../support/sqlite.js';
import {
  consentedDeal,
  enroll,
  licensedCustomer,
  liveOffer,
  newTenant,
  offer,
  ok,
  updateLicenses,
} from '../support/story.js';

let product: TestProduct;

beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_GRACE_DAYS: '30' });
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

const dayMs = 86_400_000;
const gold = `${offer}.gold`;
const inDays = (days: number) => new Date(Date.parse(product.clock.now()) + days * dayMs).toISOString();

async function ask(...args: readonly string[]) {
  const { key } = await product.as('auditor');
  const environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
  return seatledger(['what-if', ...args], { environment });
}
async function told(...args: readonly string[]) {
  const { code, stdout, stderr } = await ask(...args);
  expect([code, stderr]).toEqual([0, '']);
  const [head, ...lines] = stdout.trimEnd().split('\n');
  return { head, lines };
}
const commands = (...list: readonly unknown[]) => {
  const file = join(newFolder(), 'commands.json');
  writeFileSync(file, JSON.stringify(list));
  return ['--commands', file] as const;
};
const update = (dealId: string, tenantId: string, lines: object, removed: readonly string[] = []) => ({
  command: 'UpdateLicenses',
  input: { dealId, tenantId, lines: Object.entries(lines).map(([planId, count]) => ({ planId, count })), removed },
  role: 'publisher.owner',
  publisherId: 'fabrikam',
});

/** As many gold licenses as people, all assigned. */
async function goldCustomer(...personIds: readonly string[]) {
  const { tenantId, dealId } = await licensedCustomer(product, { gold: personIds.length });
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  const pool = `/customers/${tenantId}/pools/${gold}`;
  await ok(admin.post(`${pool}/assign`, { personIds }));
  await ok(admin.get(`/customers/${tenantId}/licenses`));
  return { tenantId, dealId, admin, pool };
}

describe('what-if', () => {
  it('R73 tells who loses a seat under another shrink policy, and that nobody would if it stayed', async () => {
    const { tenantId, dealId, admin, pool } = await goldCustomer('p1', 'p2', 'p3', 'p4', 'p5');
    await ok(updateLicenses(product, dealId, tenantId, { gold: 3 }));
    const { body: before } = await ok(admin.get(`/customers/${tenantId}/licenses`));
    const dueAt = inDays(90);
    const newest = await told('--tenant', tenantId, '--shrink-policy', 'newestFirst');
    expect(newest.lines).toEqual([
      `~ ${gold}: 3 licenses, 5 seats, 2 too many → 3 licenses, 3 seats`,
      `- seat of p4: ${gold}`,
      `- seat of p5: ${gold}`,
      `~ p4, ${gold}: ACTIVE → SEAT_NOT_ASSIGNED`,
      `~ p5, ${gold}: ACTIVE → SEAT_NOT_ASSIGNED`,
    ]);
    expect(newest.head?.endsWith(` to ${dueAt}:`)).toBe(true);
    const oldest = await told('--tenant', tenantId, '--shrink-policy', 'oldestFirst');
    expect(oldest.lines.filter((line) => line.startsWith('-'))).toEqual([
      `- seat of p1: ${gold}`,
      `- seat of p2: ${gold}`,
    ]);
    expect((await told('--tenant', tenantId, '--shrink-policy', 'keep')).lines).toEqual(['Nothing differs.']);
    const tooEarly = await told('--tenant', tenantId, '--shrink-policy', 'newestFirst', '--until', inDays(89));
    expect(tooEarly.lines).toEqual(['Nothing differs.']);

    // Nothing of it happened.
    const { body: after } = await ok(admin.get(`/customers/${tenantId}/licenses`));
    expect(after.rows).toEqual(before.rows);
    // What was foretold comes true.
    await ok(admin.put(`${pool}/shrink-policy`, { policy: 'newestFirst' }));
    product.clock.advance(90 * dayMs);
    const seats = async () => (await ok(admin.get(`${pool}/seats`))).body.rows;
    for (const end = Date.now() + 10_000; (await seats()).length > 3;) if (Date.now() > end) throw new Error('No end.');
    expect((await seats()).map(({ personId }: { personId: string }) => personId)).toEqual(['p1', 'p2', 'p3']);
  });

  it('R74 tells what other days of grace would have meant, from an earlier moment on, with the command that followed', async () => {
    const { tenantId, dealId, admin } = await goldCustomer('ann', 'bob');
    const then = product.clock.now();
    product.clock.advance(60_000);
    await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));
    await ok(admin.get(`/customers/${tenantId}/licenses`));
    const removed = commands(update(dealId, tenantId, {}, ['gold']));
    const inGrace = `~ ${gold}: 2 licenses, 2 seats → 0 licenses, 0 seats, 2 kept`;
    const at = ['--tenant', tenantId, '--at', then, ...removed] as const;
    const until = ['--until', inDays(20)] as const;
    expect((await told(...at, ...until)).lines).toEqual([
      `${inGrace}, grace`,
      `~ ann, ${gold}: ACTIVE → GRACE`,
      `~ bob, ${gold}: ACTIVE → GRACE`,
    ]);
    expect((await told(...at, ...until, '--grace-days', '10')).lines).toEqual([
      `${inGrace}, deactivated`,
      `~ ann, ${gold}: ACTIVE → LICENSES_DEACTIVATED`,
      `~ bob, ${gold}: ACTIVE → LICENSES_DEACTIVATED`,
    ]);
    expect((await told(...at, '--grace-days', '100', '--until', inDays(99))).lines).toEqual([
      `${inGrace}, grace`,
      `~ ann, ${gold}: ACTIVE → GRACE`,
      `~ bob, ${gold}: ACTIVE → GRACE`,
    ]);
  });

  it('R65 R77 carries commands out in order by the real deciders, and tells those that would be refused', async () => {
    const { tenantId, dealId } = await goldCustomer('ann', 'bob');
    const assign = (...personIds: readonly string[]) => ({
      command: 'AssignSeats',
      input: { tenantId, serviceId: gold, personIds },
      role: 'customer.licenseAdmin',
    });
    const more = commands(assign('eve'), update(dealId, tenantId, { gold: 3, silver: 4 }), assign('eve'));
    const { code, stdout, stderr } = await ask('--tenant', tenantId, ...more);
    expect([code, stderr]).toEqual([1, 'Would be refused, and changed nothing: command 1: NO_AVAILABLE_LICENSES.\n']);
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
      `~ ${gold}: 2 licenses, 2 seats → 3 licenses, 3 seats`,
      `~ ${offer}.silver: nothing → 4 licenses, 0 seats`,
      `+ seat of eve: ${gold}`,
      `~ eve, ${gold}: SEAT_NOT_ASSIGNED → ACTIVE`,
    ]);
    const fewer = await told(
      '--tenant',
      tenantId,
      ...commands(update(dealId, tenantId, { gold: 1 })),
      '--conflict-days',
      '7',
    );
    expect(fewer.head?.endsWith(` to ${inDays(7)}:`)).toBe(true);
  });

  it('R63 R95 reads the streams that a command turns out to rest on: another deal, an erased person', async () => {
    const { tenantId, admin } = await goldCustomer('ann');
    const other = await consentedDeal(product, tenantId);
    await ok(admin.send('DELETE', `/customers/${tenantId}/people/mia`, undefined));
    await ok(admin.get(`/customers/${tenantId}/licenses`));
    const assign = {
      command: 'AssignSeats',
      input: { tenantId, serviceId: gold, personIds: ['mia'] },
      role: 'customer.userAdmin',
    };
    const { stdout, stderr } = await ask(
      '--tenant',
      tenantId,
      ...commands(update(other, tenantId, { gold: 2 }), assign),
    );
    expect(stderr).toBe('Would be refused, and changed nothing: command 2: PERSON_ERASED.\n');
    expect(stdout.split('\n')[1]).toBe(`~ ${gold}: 1 licenses, 1 seats → 3 licenses, 1 seats`);
  });

  it('says what is wrong with what it is asked', async () => {
    const { tenantId, dealId } = await goldCustomer('ann');
    const refusalOf = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await ask('--tenant', tenantId, ...args);
      expect([code, stdout]).toEqual([1, '']);
      return stderr.split('\n')[0];
    };
    expect(await refusalOf('--at', 'yesterday')).toMatch(/^asOf: It must be an instant like /);
    expect(await refusalOf('--until', '2001-01-01T00:00:00Z')).toMatch(/^until: It must be an instant .*, not before /);
    expect(await refusalOf(...commands({ ...update(dealId, tenantId, {}), command: 'AdjustSeatPool' }))).toBe(
      'commands/0: There is no command AdjustSeatPool.',
    );
    expect(await refusalOf(...commands({ ...update(dealId, tenantId, {}), publisherId: null }))).toBe(
      'commands/0: publisher.owner is of a publisher: say which.',
    );
    expect(await refusalOf(...commands({ ...update(dealId, tenantId, {}), input: {} }))).toMatch(
      /^commands\/0: UpdateLicenses/,
    );
    expect(await refusalOf('--commands', '/gone.json')).toBe('/gone.json cannot be used (ENOENT).');
    const auditor = await product.as('auditor');
    expect((await auditor.post('/what-if', { tenantId: newTenant() })).status).toBe(404);
    expect((await ask('--tenant', tenantId, '--grace-days', '-1')).code).toBe(2);
  });
});
