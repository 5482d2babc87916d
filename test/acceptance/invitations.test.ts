import { startMs, TestProduct, type Answer, type Client } from '../support/product.js';
import {
  accept,
  consentedDeal,
  enroll,
  hourMs,
  invite,
  licensedCustomer,
  liveOffer,
  newTenant,
  ok,
  registeredDeal,
  updateLicenses,
} from '../support/story.js';

const validMs = 90 * 24 * hourMs;
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
const billing = (tenantId = newTenant()) => product.as('customer.billingAdmin', { tenantId });
const by = async (act: 'open' | 'accept' | 'decline', token: string, client?: Client) => {
  const consent = act === 'accept' ? { organizationName: 'Contoso', country: 'US' } : {};
  return (client ?? (await billing())).post(`/invitations/${act}`, { token, ...consent });
};
const rowsOf = async (dealId: string): Promise<[string, number][]> => {
  const { body } = await ok(owner.get(`/deals/${dealId}/invitations`));
  return body.rows.map(({ status, revision }: { status: string; revision: number }) => [status, revision]);
};
const nextStep = async (dealId: string) => (await ok(owner.get(`/deals/${dealId}`))).body.nextStep;
const idOf = (token: string) => token.slice(0, token.indexOf('.'));
const isCustomer = async (tenantId: string): Promise<boolean> => {
  const { body } = await ok(owner.get('/publishers/fabrikam/customers', { search: 'limit=200' }));
  return body.rows.some((row: { tenantId: string }) => row.tenantId === tenantId);
};
const terminate = (client: Client, tenantId: string) => client.post(`/relationships/fabrikam.${tenantId}/terminate`);

describe('R61 an invitation', () => {
  it('is opened any number of times, shows who asks and for what, and can still be accepted', async () => {
    const token = await invite(product, await registeredDeal(product));
    const [admin, license] = [await billing(), await product.as('customer.licenseAdmin', { tenantId: newTenant() })];
    expect(refusal(await by('open', token, license))).toEqual([403, 'CONSENT_NOT_ALLOWED', 'R57']);
    for (const _ of [1, 2]) {
      const opened = await ok(by('open', token, admin));
      expect(opened.body).toMatchObject({
        invitationId: idOf(token),
        publisherId: 'fabrikam',
        publisherName: 'fabrikam, Inc.',
        offerName: expect.stringMatching(/^Fabrikam/),
        expiresAt: new Date(Date.parse(product.clock.now()) + validMs).toISOString(),
        consent: { version: '1', text: expect.stringContaining('how many licenses') },
      });
      expect(opened.revision).toBe(0);
    }
    await ok(by('accept', token, admin));
  });

  it('that is unknown, accepted, declined, revoked or expired is answered like any other of them', async () => {
    const dealId = await registeredDeal(product);
    const [used, declined, revoked, open] = await Promise.all([1, 2, 3, 4].map(() => invite(product, dealId)));
    await ok(by('accept', used ?? ''));
    await ok(by('decline', declined ?? ''));
    await ok(owner.post(`/invitations/${idOf(revoked ?? '')}/revoke`));
    product.clock.advance(validMs);
    const ended = [used, declined, revoked, open, `${open}x`, 'unknown.x', 'x', ''].map((token) => token ?? '');
    for (const act of ['open', 'accept', 'decline'] as const) {
      const bodies = [];
      for (const token of ended) {
        const { status, body } = await by(act, token);
        bodies.push(JSON.stringify([status, { ...body, traceId: '' }]));
      }
      expect(new Set(bodies).size).toBe(1);
      expect(JSON.parse(bodies[0] ?? '')).toMatchObject(
        act === 'open' ? [404, { code: 'NOT_FOUND' }] : [422, { code: 'INVITATION_NOT_VALID', rule: 'R61' }],
      );
    }
  });

  it('is declined: the publisher sees it and invites again; revoked: once, by its publisher only', async () => {
    const dealId = await registeredDeal(product);
    await ok(by('decline', await invite(product, dealId)));
    expect([await rowsOf(dealId), await nextStep(dealId)]).toEqual([[['declined', 1]], 'invite']);
    const token = await invite(product, dealId);
    expect(await nextStep(dealId)).toBe('awaiting consent');

    await enroll(product, 'adatum');
    const revoke = (client: Client) => client.post(`/invitations/${idOf(token)}/revoke`);
    expect(refusal(await revoke(await product.owner('adatum')))).toEqual([404, 'NOT_FOUND', null]);
    for (const _ of [1, 2]) expect((await ok(revoke(owner))).revision).toBe(1);
    expect(await nextStep(dealId)).toBe('invite');
    expect((await rowsOf(dealId)).sort()).toEqual([
      ['declined', 1],
      ['revoked', 1],
    ]);
    const reissued = await invite(product, dealId);
    await accept(product, reissued, newTenant());
    const late = await owner.post(`/invitations/${idOf(reissued)}/revoke`);
    expect(refusal(late)).toEqual([422, 'INVITATION_NOT_PENDING', 'R61']);
  });

  it('stays valid when its deal is declined', async () => {
    const dealId = await registeredDeal(product);
    const token = await invite(product, dealId);
    await ok((await product.marketplace).post(`/deals/${dealId}/decline`, { reason: 'Twice' }));
    await ok(by('open', token));
    await ok(by('accept', token));
  });

  it(
    'expires by itself when it is due, not 1 ms before; while the server is down: at the start, once',
    async () => {
      const dealId = await registeredDeal(product);
      await invite(product, dealId);
      product.clock.advance(validMs - 1);
      await product.restart();
      expect(await rowsOf(dealId)).toEqual([['pending', 0]]);
      await product.stop();
      product.clock.advance(1);
      await product.start();
      for (const until = Date.now() + 10_000; (await rowsOf(dealId))[0]?.[1] === 0;) {
        if (Date.now() > until) throw new Error('It does not expire.');
      }
      expect(await rowsOf(dealId)).toEqual([['expired', 1]]);
      product.clock.advance(1);
      await product.restart();
      expect(await rowsOf(dealId)).toEqual([['expired', 1]]);
    },
    startMs,
  );
});

describe('R94 a relationship', () => {
  it('is not ended over active lines; without them it is, and a new acceptance establishes it again', async () => {
    const { tenantId, dealId } = await licensedCustomer(product, { gold: 3, silver: 1 });
    const pending = await invite(product, dealId);
    expect(refusal(await terminate(owner, tenantId))).toEqual([422, 'RELATIONSHIP_HAS_LICENSES', 'R94']);
    await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));
    expect(refusal(await terminate(owner, tenantId))).toEqual([422, 'RELATIONSHIP_HAS_LICENSES', 'R94']);
    expect(await isCustomer(tenantId)).toBe(true);
    await ok(updateLicenses(product, dealId, tenantId, {}, ['silver']));
    await ok(terminate(owner, tenantId));
    expect([await isCustomer(tenantId), await nextStep(dealId)]).toEqual([false, 'awaiting consent']);
    expect(refusal(await updateLicenses(product, dealId, tenantId, { gold: 1 }))).toEqual([
      422,
      'RELATIONSHIP_TERMINATED',
      'R63',
    ]);
    // Nothing to remove is no more than before: still accepted (R63, R69).
    await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));

    product.clock.advance(1);
    await accept(product, pending, tenantId);
    expect(await isCustomer(tenantId)).toBe(true);
    await ok(updateLicenses(product, dealId, tenantId, { gold: 1 }));
    expect(refusal(await terminate(owner, tenantId))).toEqual([422, 'RELATIONSHIP_HAS_LICENSES', 'R94']);
  });

  it("is the customer's to end as well, and to others it does not exist", async () => {
    const tenantId = newTenant();
    await consentedDeal(product, tenantId);
    for (const stranger of [await billing(), await product.owner('adatum')]) {
      expect(refusal(await terminate(stranger, tenantId))).toEqual([404, 'NOT_FOUND', null]);
    }
    expect(refusal(await terminate(owner, newTenant()))).toEqual([404, 'NOT_FOUND', null]);
    const license = await product.as('customer.licenseAdmin', { tenantId });
    expect(refusal(await terminate(license, tenantId))).toEqual([403, 'FORBIDDEN', null]);
    const admin = await billing(tenantId);
    for (const _ of [1, 2]) expect((await ok(terminate(admin, tenantId.toUpperCase()))).revision).toBe(1);
    expect(await isCustomer(tenantId)).toBe(false);
  });
});
