import { startMs, TestProduct } from '../support/product.js';
import { isOnPair } from '../support/stores.js';
import { dealForm, enroll, liveOffer, newTenant, ok } from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

/** One customer from deal to licenses; each step knows of the others only by `after`. Returns the last answer. */
async function acceptThenUpdate() {
  const owner = await product.owner();
  const tenantId = newTenant();
  const { body: started } = await ok(owner.post('/publishers/fabrikam/deals', dealForm(product), { after: false }));
  const { revision } = await ok(owner.post(`/deals/${started.dealId}/register`, {}, { after: false }));
  const { body: invited } = await ok(owner.post(`/deals/${started.dealId}/invitations`, {}, { after: false }));
  const token = invited.link.slice(invited.link.lastIndexOf('/') + 1);
  const billing = await product.as('customer.billingAdmin', { tenantId });
  const consent = { token, organizationName: 'Contoso', country: 'US' };
  const { body: accepted } = await ok(billing.post('/invitations/accept', consent, { after: false }));
  const lines = [{ planId: 'gold', count: 1 }];
  return owner.post(
    `/deals/${started.dealId}/licenses`,
    { tenantId, lines, removed: [] },
    { revision, after: false, search: `after=${accepted.position}` },
  );
}

const times = isOnPair ? 250 : 1_000;

it(`§8.16 accept an invitation, then update licenses with \`after\`: never refused, ${times} times`, async () => {
  const answers = [];
  for (let done = 0; done < times; done += 50) {
    answers.push(...(await Promise.all(Array.from({ length: 50 }, acceptThenUpdate))));
  }
  expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual([]);
  expect(answers).toHaveLength(times);
}, 300_000);

describe('§8.16 a position that never comes', () => {
  const never = () => product.seen?.replace(/\d+$/, (place) => '9'.repeat(place.length)) ?? '';

  it.each([
    ['GET', '/offers/fabrikam.f365', undefined],
    ['GET', '/publishers/fabrikam/customers', undefined],
    ['PUT', '/offers/fabrikam.f365/properties', { category: 'Finance' }],
  ])('%s %s: 503 within the time asked for, with how far it is; nothing is written', async (method, path, body) => {
    const owner = await product.owner();
    // The views are where the log is.
    await ok(owner.get('/offers/fabrikam.f365'));
    await ok(owner.get('/publishers/fabrikam/customers'));
    const asked = performance.now();
    const answer = await owner.send(method, path, body, { after: false, search: `after=${never()}&wait=200` });
    const tookMs = performance.now() - asked;
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'VIEW_BEHIND', '1']);
    expect(answer.body.position).toBe(product.seen);
    expect(tookMs).toBeGreaterThanOrEqual(195);
    expect(tookMs).toBeLessThan(2_000);
    const draft = await ok(owner.get('/offers/fabrikam.f365/draft'));
    expect(draft.body.draft.properties).toEqual({ category: 'Sales' });
  });
});
