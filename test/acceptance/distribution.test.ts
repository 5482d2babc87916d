import { startMs, TestProduct, type Answer, type Client } from '../support/product.js';
import {
  consentedDeal,
  enroll,
  goLive,
  hourMs,
  liveOffer,
  newTenant,
  ok,
  offer,
  publish,
  untilStatus,
  updateLicenses,
} from '../support/story.js';

let product: TestProduct;
let owner: Client;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  owner = await product.owner();
}, startMs);
afterAll(() => product.stop(), startMs);

const refusal = ({ status, body }: Answer) => [status, body.code, body.rule];
const words = async (): Promise<Record<string, string>> => {
  const { body } = await ok(owner.get(`/offers/${offer}/plans`));
  return Object.fromEntries(body.rows.map(({ planId, status }: Record<string, string>) => [planId, status]));
};
const buttons = async () => (await ok(product.visitor.get(`/storefront/offers/${offer}`))).body.buttons;
const listed = async () => (await ok(product.visitor.get('/storefront/offers'))).body.rows.length;

/** What the app is told of a person who has just been given a silver seat. */
async function seatAndCheck(tenantId: string, personId: string): Promise<unknown[]> {
  const admin = await product.as('customer.userAdmin', { tenantId });
  await ok(admin.post(`/customers/${tenantId}/pools/${offer}.silver/assign`, { personIds: [personId] }));
  const app = await product.as('app', { publisherId: 'fabrikam' });
  const check = { offer, tenantId, personId, component: null, serviceId: `${offer}.silver` };
  const { body } = await ok(app.post('/checks', check));
  return [body.allowed, body.code];
}

it('R27 a plan that is only drafted is deleted, for good', async () => {
  await ok(owner.post(`/offers/${offer}/plans`, { planId: 'platinum', name: 'Platinum' }));
  await ok(owner.send('DELETE', `/offers/${offer}/plans/platinum`, undefined));
  expect(await words()).toEqual({ gold: 'Live', silver: 'Live', bronze: 'Live' });
  const again = await owner.post(`/offers/${offer}/plans`, { planId: 'platinum', name: 'Platinum' });
  expect(refusal(again)).toEqual([422, 'PLAN_ID_TAKEN', 'R21']);
  const live = await owner.send('DELETE', `/offers/${offer}/plans/gold`, undefined);
  expect(refusal(live)).toEqual([422, 'PLAN_IN_USE', 'R27']);
});

it('E24 plan silver stopped and republished: no new silver line; an existing line 10→12 accepted; seats still allowed', async () => {
  const [tenantId, other] = [newTenant(), newTenant()];
  const [dealId, later] = [await consentedDeal(product, tenantId), await consentedDeal(product, other)];
  await ok(updateLicenses(product, dealId, tenantId, { silver: 10 }));
  const stop = (typedPlanId: string) => owner.post(`/offers/${offer}/plans/silver/stop`, { typedPlanId });
  expect(refusal(await stop('Silver'))).toEqual([422, 'PLAN_ID_NOT_TYPED', 'R29']);
  await ok(stop('silver'));
  expect(await words()).toEqual({ gold: 'Live', silver: 'Pending stop distribution', bronze: 'Live' });
  await goLive(product);

  expect((await words())['silver']).toBe('Not available in the marketplace');
  const fresh = await updateLicenses(product, later, other, { silver: 1 });
  expect(refusal(fresh)).toEqual([422, 'LICENSE_PLAN_NOT_ON_SALE', 'R66']);
  await ok(updateLicenses(product, dealId, tenantId, { silver: 12 }));
  expect(await seatAndCheck(tenantId, 'ada')).toEqual([true, 'ACTIVE']);

  await ok(owner.post(`/offers/${offer}/plans/silver/resume`));
  expect((await words())['silver']).toBe('Not available in the marketplace');
  await goLive(product);
  expect((await words())['silver']).toBe('Live');
  await ok(updateLicenses(product, later, other, { silver: 1 }));
});

it('R36 an offer leaves the market when it is due, sells as before until then, and comes back by publishing', async () => {
  const [tenantId, other] = [newTenant(), newTenant()];
  const [dealId, later] = [await consentedDeal(product, tenantId), await consentedDeal(product, other)];
  await ok(updateLicenses(product, dealId, tenantId, { silver: 10 }));
  const preview = await publish(product);
  await untilStatus(product, offer, 'Preview');

  const { body } = await ok(owner.post(`/offers/${offer}/stop-distribution`));
  const dueAt = new Date(Date.parse(product.clock.now()) + 4 * hourMs).toISOString();
  expect(body.dueAt).toBe(dueAt);
  const pending = await ok(owner.get(`/offers/${offer}`));
  expect(pending.body).toMatchObject({
    status: 'Pending stop distribution',
    stopDueAt: dueAt,
    submission: { submissionId: preview, phase: 'discarded' },
    allowedActions: [],
  });
  const { revision } = pending;
  expect(refusal(await owner.post(`/offers/${offer}/publish`, {}, { revision }))).toEqual([
    422,
    'OFFER_NOT_PUBLISHABLE',
    'R34',
  ]);
  expect(refusal(await owner.post(`/offers/${offer}/stop-distribution`))).toEqual([422, 'OFFER_NOT_LIVE', 'R36']);
  product.clock.advance(4 * hourMs - 1);
  expect([await buttons(), await listed()]).toEqual([['Contact Me'], 1]);
  await ok(updateLicenses(product, dealId, tenantId, { silver: 10, gold: 1 }));

  product.clock.advance(1);
  await untilStatus(product, offer, 'Not available in the marketplace');
  const off = 'Not available in the marketplace';
  expect(await words()).toEqual({ gold: off, silver: off, bronze: off });
  expect([await buttons(), await listed()]).toEqual([[], 0]);
  const fresh = await updateLicenses(product, later, other, { gold: 1 });
  expect(refusal(fresh)).toEqual([422, 'LICENSE_PLAN_NOT_ON_SALE', 'R66']);
  await ok(updateLicenses(product, dealId, tenantId, { silver: 12 }));
  expect(await seatAndCheck(tenantId, 'ada')).toEqual([true, 'ACTIVE']);

  await goLive(product);
  expect(await words()).toEqual({ gold: 'Live', silver: 'Live', bronze: 'Live' });
  expect([await buttons(), await listed()]).toEqual([['Contact Me'], 1]);
  await ok(updateLicenses(product, later, other, { gold: 1 }));
});
