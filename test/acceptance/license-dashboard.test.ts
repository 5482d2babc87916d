import { startMs, TestProduct, type Client } from '../support/product.js';
import { enroll, invite, liveOffer, newTenant, ok, registeredDeal, updateLicenses } from '../support/story.js';

let product: TestProduct;
let owner: Client;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  owner = await product.owner();
}, startMs);
afterAll(() => product.stop(), startMs);

const dashboard = '/publishers/fabrikam/license-dashboard';
const moveTo = (instant: string) => product.clock.advance(Date.parse(instant) - Date.parse(product.clock.now()));

/** A customer in some country, with licenses; the deal by which it has them. */
async function customerIn(country: string, counts: Readonly<Record<string, number>>) {
  const [dealId, tenantId] = [await registeredDeal(product), newTenant()];
  const consent = { token: await invite(product, dealId), organizationName: 'Contoso', country };
  await ok((await product.as('customer.billingAdmin', { tenantId })).post('/invitations/accept', consent));
  await ok(updateLicenses(product, dealId, tenantId, counts));
  return { tenantId, dealId };
}

async function assign(tenantId: string, ...personIds: string[]): Promise<void> {
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  await ok(admin.post(`/customers/${tenantId}/pools/fabrikam.f365.gold/assign`, { personIds }));
}

it('shows each month with its last value, carried over a month in which nothing happens', async () => {
  const us = await customerIn('US', { gold: 5 });
  moveTo('2026-03-31T23:59:59.999Z');
  await assign(us.tenantId, 'ann', 'bob');
  moveTo('2026-05-01T00:00:00.000Z');
  await customerIn('SE', { gold: 2, silver: 3 });
  await ok(updateLicenses(product, us.dealId, us.tenantId, { gold: 1 }));

  const { body } = await ok(owner.get(dashboard, { search: 'months=4' }));
  const untilMay = { provisioned: 5, assigned: 2, countries: [{ country: 'US', provisioned: 5, assigned: 2 }] };
  expect(body).toEqual({
    publisherId: 'fabrikam',
    serviceId: null,
    planName: null,
    months: [
      { month: '2026-02', provisioned: 0, assigned: 0, countries: [] },
      { month: '2026-03', ...untilMay },
      { month: '2026-04', ...untilMay },
      {
        month: '2026-05',
        provisioned: 6,
        assigned: 2,
        countries: [
          { country: 'SE', provisioned: 5, assigned: 0 },
          { country: 'US', provisioned: 1, assigned: 2 },
        ],
      },
    ],
    position: body.position,
  });
  expect((await ok(owner.get(dashboard))).body.months).toHaveLength(12);
});

it('shows one plan by country, and one country by plan', async () => {
  const silver = await ok(owner.get(dashboard, { search: 'serviceId=fabrikam.f365.silver&months=1' }));
  expect([silver.body.planName, silver.body.months]).toEqual([
    'silver',
    [{ month: '2026-05', provisioned: 3, assigned: 0, countries: [{ country: 'SE', provisioned: 3, assigned: 0 }] }],
  ]);
  const ofPlan = (planId: string, provisioned: number, assigned: number) => ({
    offer: 'fabrikam.f365',
    planId,
    serviceId: `fabrikam.f365.${planId}`,
    planName: planId,
    months: [{ month: '2026-05', provisioned, assigned }],
  });
  const byPlan = async (search: string) =>
    (await ok(owner.get(`${dashboard}/plans`, { search: `months=1${search}` }))).body.rows;
  expect(await byPlan('')).toEqual([ofPlan('gold', 3, 2), ofPlan('silver', 3, 0)]);
  expect(await byPlan('&country=US')).toEqual([ofPlan('gold', 1, 2), ofPlan('silver', 0, 0)]);
  expect(await byPlan('&filter[serviceId][eq]=fabrikam.f365.silver')).toEqual([ofPlan('silver', 3, 0)]);
});

it('refuses more months than it remembers, and knows no plan of another publisher', async () => {
  for (const months of ['0', '37', '1.5', 'all']) {
    const { status, body } = await owner.get(dashboard, { search: `months=${months}` });
    expect([months, status, body.code]).toEqual([months, 400, 'PARAMETER_INVALID']);
  }
  expect((await owner.get(dashboard, { search: 'serviceId=adatum.crm.gold' })).status).toBe(404);
});
