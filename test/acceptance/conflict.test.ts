import { startMs, TestProduct, type Client } from '../support/product.js';
import { enroll, ledgerOf, licensedCustomer, liveOffer, ok, updateLicenses } from '../support/story.js';

let product: TestProduct;

beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_GRACE_DAYS: '30' });
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.parse(product.clock.now()) + days * dayMs).toISOString();

/** A customer with gold licenses, all of which are assigned, and what its license admin and the app see. */
async function goldCustomer(...personIds: string[]) {
  const { tenantId, dealId } = await licensedCustomer(product, { gold: personIds.length });
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  const app = await product.as('app', { publisherId: 'fabrikam' });
  const pool = `/customers/${tenantId}/pools/fabrikam.f365.gold`;
  await ok(admin.post(`${pool}/assign`, { personIds }));
  const persons = async (list: 'seats' | 'seats-at-stake') =>
    (await ok(admin.get(`${pool}/${list}`))).body.rows.map((row: { personId: string }) => row.personId);
  return {
    tenantId,
    dealId,
    admin,
    pool,
    persons,
    counts: async () => (await ok(admin.get(`/customers/${tenantId}/licenses`))).body.rows[0],
    check: async (personId: string) => {
      const body = { offer: 'fabrikam.f365', tenantId, personId, component: 'GoldApp' };
      return (await ok(app.post('/checks', body))).body.code;
    },
  };
}

/** Asks for the pool's counts until they hold what a timer brings about, ten seconds at most. */
async function until(counts: () => Promise<Record<string, unknown>>, holds: (row: Record<string, unknown>) => boolean) {
  for (const end = Date.now() + 10_000; ;) {
    const row = await counts();
    if (holds(row)) return row;
    if (Date.now() > end) throw new Error(`The pool stays as it is: ${JSON.stringify(row)}`);
  }
}

const setPolicy = (admin: Client, pool: string, policy: string) => admin.put(`${pool}/shrink-policy`, { policy });

it('R73 a conflict ends at its deadline as the customer chose: the newest seats go, and nobody else’s', async () => {
  const { tenantId, dealId, admin, pool, persons, counts, check } = await goldCustomer('p1', 'p2', 'p3', 'p4', 'p5');
  await ok(updateLicenses(product, dealId, tenantId, { gold: 3 }));
  const dueAt = inDays(90);
  expect(await persons('seats-at-stake')).toEqual([]);
  await ok(setPolicy(admin, pool, 'newestFirst'));
  expect(await persons('seats-at-stake')).toEqual(['p5', 'p4']);

  const first = await ok(admin.get(`${pool}/seats-at-stake`, { search: 'limit=1' }));
  const second = await ok(admin.get(`${pool}/seats-at-stake`, { search: `limit=1&cursor=${first.body.next}` }));
  expect([first, second].map(({ body }) => body.rows[0].personId)).toEqual(['p5', 'p4']);
  expect(second.body.next).toBeNull();

  product.clock.advance(90 * dayMs - 1);
  expect(await counts()).toMatchObject({
    seats: 5,
    shrinkPolicy: 'newestFirst',
    conflict: { excess: 2, dueAt, overdue: false },
  });
  expect(await check('p5')).toBe('ACTIVE');
  product.clock.advance(1);
  expect(await until(counts, ({ conflict }) => conflict === null)).toMatchObject({ total: 3, seats: 3, available: 0 });
  expect(await persons('seats')).toEqual(['p1', 'p2', 'p3']);
  expect([await check('p3'), await check('p4')]).toEqual(['ACTIVE', 'SEAT_NOT_ASSIGNED']);
  expect((await ledgerOf(product, tenantId)).slice(-4).map(([event]) => event)).toEqual([
    'LicenseConflictOverdue',
    'SeatUnassigned',
    'SeatUnassigned',
    'LicenseConflictResolved',
  ]);
});

it('R73 under keep the pool is overdue, every seat works on, and a policy set later acts at once', async () => {
  const { tenantId, dealId, admin, pool, persons, counts, check } = await goldCustomer('p1', 'p2', 'p3');
  await ok(updateLicenses(product, dealId, tenantId, { gold: 1 }));
  const dueAt = inDays(90);
  product.clock.advance(90 * dayMs);
  const late = await until(counts, ({ conflict }) => (conflict as { overdue: boolean }).overdue);
  expect(late).toMatchObject({ seats: 3, shrinkPolicy: 'keep', conflict: { excess: 2, dueAt, overdue: true } });
  expect(await check('p1')).toBe('ACTIVE');

  const userAdmin = await product.as('customer.userAdmin', { tenantId });
  expect((await setPolicy(userAdmin, pool, 'oldestFirst')).status).toBe(403);
  await ok(setPolicy(admin, pool, 'oldestFirst'));
  await until(counts, ({ conflict }) => conflict === null);
  expect(await persons('seats')).toEqual(['p3']);
});

it('R74 licenses that end go on working for the days of grace, and a new line gives the kept seats back', async () => {
  const { tenantId, dealId, admin, pool, counts, check } = await goldCustomer('p1', 'p2');
  await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));
  const graceEndsAt = inDays(30);
  expect(await counts()).toMatchObject({ status: 'grace', graceEndsAt, total: 0, seats: 0, keptSeats: 2 });
  expect(await check('p1')).toBe('GRACE');
  expect((await admin.post(`${pool}/assign`, { personIds: ['p3'] })).body.code).toBe('NO_AVAILABLE_LICENSES');

  product.clock.advance(30 * dayMs - 1);
  expect(await check('p1')).toBe('GRACE');
  product.clock.advance(1);
  expect(await until(counts, ({ status }) => status !== 'grace')).toMatchObject({
    status: 'deactivated',
    graceEndsAt: null,
    keptSeats: 2,
  });
  expect(await check('p1')).toBe('LICENSES_DEACTIVATED');

  await ok(updateLicenses(product, dealId, tenantId, { gold: 1 }));
  expect(await counts()).toMatchObject({
    status: 'active',
    seats: 2,
    keptSeats: 0,
    conflict: { excess: 1, dueAt: inDays(90), overdue: false },
  });
  expect(await check('p2')).toBe('ACTIVE');
});
