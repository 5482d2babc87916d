import type { Role } from '#lib/domain/roles.js';
import { startMs, TestProduct, type Answer, type Client } from '../support/product.js';
import { enroll, ledgerOf, licensedCustomer, liveOffer, ok, updateLicenses } from '../support/story.js';

let product: TestProduct;
let owner: Client;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  owner = await product.owner();
}, startMs);
afterAll(() => product.stop(), startMs);

const dayMs = 86_400_000;
const refusal = ({ status, body }: Answer) => [status, body.code, body.rule];

/** What a customer's license admin does with a plan's seats. */
async function seatsOf(tenantId: string, planId: string) {
  const admin = await product.as('customer.licenseAdmin', { tenantId, personId: 'license-admin' });
  const pool = `/customers/${tenantId}/pools/fabrikam.f365.${planId}`;
  return {
    assign: (...personIds: string[]) => admin.post(`${pool}/assign`, { personIds }),
    unassign: (...personIds: string[]) => admin.post(`${pool}/unassign`, { personIds }),
    holders: async () =>
      (await ok(admin.get(`${pool}/seats`))).body.rows.map((row: { personId: string }) => row.personId),
    count: async () => {
      const { body } = await ok(admin.get(`/customers/${tenantId}/licenses`));
      const row = body.rows.find((pool: { planId: string }) => pool.planId === planId);
      return { total: row.total, seats: row.seats, available: row.available, conflict: row.conflict };
    },
  };
}

async function check(tenantId: string, personId: string, component: string): Promise<Answer['body']> {
  const app = await product.as('app', { publisherId: 'fabrikam' });
  return (await ok(app.post('/checks', { offer: 'fabrikam.f365', tenantId, personId, component }))).body;
}

it('E17 pool 5, five seats, count set to 3: conflict of 2, due in 90 days; a sixth refused; two unassigned → resolved', async () => {
  const { tenantId, dealId } = await licensedCustomer(product, { gold: 5 });
  const { assign, unassign, holders, count } = await seatsOf(tenantId, 'gold');
  const five = ['p1', 'p2', 'p3', 'p4', 'p5'];
  const { body } = await ok(assign(...five));
  expect(body.rows).toEqual(five.map((personId) => ({ personId, result: 'assigned', code: null })));

  const dueAt = new Date(Date.parse(product.clock.now()) + 90 * dayMs).toISOString();
  const { revision } = await ok(owner.get(`/deals/${dealId}`));
  const lines = [{ planId: 'gold', count: 3 }];
  const dry = await owner.post(
    `/deals/${dealId}/licenses`,
    { tenantId, lines, removed: [] },
    { revision, search: 'dryRun=true' },
  );
  expect(dry.body.plans).toEqual([{ planId: 'gold', from: 5, to: 3, seats: 5, excess: 2, dueAt }]);
  expect(await ok(updateLicenses(product, dealId, tenantId, { gold: 3 }))).toMatchObject({ body: { settled: true } });
  expect(await count()).toEqual({ total: 3, seats: 5, available: 0, conflict: { excess: 2, dueAt, overdue: false } });
  expect((await check(tenantId, 'p5', 'GoldApp')).code).toBe('ACTIVE');

  expect(refusal(await assign('p6'))).toEqual([422, 'NO_AVAILABLE_LICENSES', 'R77']);
  await ok(unassign('p1'));
  expect((await count()).conflict).toEqual({ excess: 1, dueAt, overdue: false });
  await ok(unassign('p2'));
  expect(await count()).toEqual({ total: 3, seats: 3, available: 0, conflict: null });
  expect(await holders()).toEqual(['p3', 'p4', 'p5']);
  expect((await ledgerOf(product, tenantId)).map(([event]) => event)).toEqual(
    expect.arrayContaining(['LicenseConflictDetected', 'LicenseConflictResolved']),
  );
});

it('R79 accepts the customer’s user, license and global admin, and refuses its billing admin', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 3 });
  const assign = async (role: Role) =>
    (await product.as(role, { tenantId })).post(`/customers/${tenantId}/pools/fabrikam.f365.gold/assign`, {
      personIds: [role.replace('customer.', '').toLowerCase()],
    });
  for (const role of ['customer.userAdmin', 'customer.licenseAdmin', 'customer.globalAdmin'] as const) {
    expect((await ok(assign(role))).body.rows).toMatchObject([{ result: 'assigned' }]);
  }
  expect(refusal(await assign('customer.billingAdmin'))).toEqual([403, 'SEAT_ROLE_REQUIRED', 'R79']);
});

it('E18 a silver seat opens SilverApp, BronzeApp, HomeApp, GoldApp: allowed ×3; denied, naming fabrikam.f365.gold', async () => {
  const { tenantId } = await licensedCustomer(product, { silver: 1, gold: 1 });
  await ok((await seatsOf(tenantId, 'silver')).assign('ada'));
  const opened = [];
  for (const component of ['SilverApp', 'BronzeApp', 'HomeApp']) opened.push(await check(tenantId, 'ada', component));
  expect(opened.map(({ allowed, code }) => [allowed, code])).toEqual([
    [true, 'ACTIVE'],
    [true, 'ACTIVE'],
    [true, 'UNRESTRICTED'],
  ]);
  const denied = await check(tenantId, 'ada', 'GoldApp');
  expect(denied).toEqual({
    allowed: false,
    code: 'SEAT_NOT_ASSIGNED',
    message: 'No license of gold is assigned to you. Contact your administrator.',
    plans: [
      {
        serviceId: 'fabrikam.f365.gold',
        displayName: 'gold',
        moreInfoUrl: 'https://fabrikam.example/gold',
        code: 'SEAT_NOT_ASSIGNED',
      },
    ],
    position: product.seen,
  });
});

it('E19 gold removed: GoldApp denied; history still shows 40 and who set it', async () => {
  const { tenantId, dealId } = await licensedCustomer(product, { gold: 30 });
  await ok((await seatsOf(tenantId, 'gold')).assign('ada'));
  await ok(updateLicenses(product, dealId, tenantId, { gold: 40 }));
  expect((await check(tenantId, 'ada', 'GoldApp')).code).toBe('ACTIVE');
  await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));

  const { allowed, code } = await check(tenantId, 'ada', 'GoldApp');
  expect([allowed, code]).toEqual([false, 'LICENSES_DEACTIVATED']);
  const { body: keys } = await ok(product.admin.get('/keys', { after: false, search: 'limit=200' }));
  const ofOwner = keys.rows.find(({ role }: { role: string }) => role === 'publisher.owner');
  const { body } = await ok(
    (await product.as('auditor')).get('/ledger', {
      search: `filter[dealId][eq]=${dealId}&filter[event][prefix]=License`,
    }),
  );
  const who = { kind: 'key', id: ofOwner.keyId, role: 'publisher.owner', personId: null };
  expect(
    body.rows.map((row: Record<string, unknown>) => [
      row['event'],
      row['from'],
      row['to'],
      row['who'],
      row['onBehalfOf'],
    ]),
  ).toEqual([
    ['LicensesActivated', 0, 30, who, 'fabrikam'],
    ['LicenseCountChanged', 30, 40, who, 'fabrikam'],
    ['LicensesDeactivated', 40, 0, who, 'fabrikam'],
  ]);
});
