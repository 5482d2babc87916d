import { startMs, TestProduct, type Answer, type Client } from '../support/product.js';
import {
  consentedDeal,
  dealForm,
  enroll,
  invite,
  ledgerOf,
  licensedCustomer,
  liveOffer,
  newTenant,
  ok,
  registeredDeal,
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

const update = (...asked: [string, string, Record<string, number>, string[]?]) => updateLicenses(product, ...asked);
const ledger = (tenantId: string) => ledgerOf(product, tenantId);
const refusal = ({ status, body }: Answer) => [status, body.code, body.rule];
const poolOf = async (tenantId: string) => {
  const { body } = await ok(
    (await product.as('customer.userAdmin', { tenantId })).get(`/customers/${tenantId}/licenses`),
  );
  return body.rows.map(({ planId, total, status }: Record<string, unknown>) => [planId, total, status]);
};

describe('consent', () => {
  it('E11 UpdateLicenses before consent: refused (R63), also while the invitation is pending', async () => {
    const [dealId, tenantId] = [await registeredDeal(product), newTenant()];
    expect(refusal(await update(dealId, tenantId, { gold: 30 }))).toEqual([422, 'RELATIONSHIP_MISSING', 'R63']);
    await invite(product, dealId);
    expect(refusal(await update(dealId, tenantId, { gold: 30 }))).toEqual([422, 'RELATIONSHIP_MISSING', 'R63']);
    const deal = await ok(owner.get(`/deals/${dealId}`));
    expect([deal.body.lines, deal.body.customer, deal.body.nextStep]).toEqual([[], null, 'awaiting consent']);
    expect(await ledger(tenantId)).toEqual([]);
  });

  it('E12 accepted by a license admin: refused (R57); by a billing admin: established', async () => {
    const [dealId, tenantId] = [await registeredDeal(product), newTenant()];
    const token = await invite(product, dealId);
    const consent = { token, organizationName: 'Contoso', country: 'US' };
    const accept = async (role: 'customer.licenseAdmin' | 'customer.billingAdmin') =>
      (await product.as(role, { tenantId })).post('/invitations/accept', consent);
    const established = async () => {
      const { body } = await ok(owner.get('/publishers/fabrikam/customers', { search: 'limit=200' }));
      return body.rows.filter((row: { tenantId: string }) => row.tenantId === tenantId);
    };
    expect(refusal(await accept('customer.licenseAdmin'))).toEqual([403, 'CONSENT_NOT_ALLOWED', 'R57']);
    expect(await established()).toEqual([]);
    const [invitationId] = token.split('.');
    expect(await accept('customer.billingAdmin')).toMatchObject({
      status: 200,
      body: { revision: 1, settled: true, invitationId, publisherId: 'fabrikam', tenantId },
    });
    const since = product.clock.now();
    expect(await established()).toEqual([{ tenantId, organizationName: 'Contoso', country: 'US', since, revision: 0 }]);
  });
});

describe('counts', () => {
  it('E13 gold 30, then 40, then 40: activated 30, changed 30→40, nothing', async () => {
    const tenantId = newTenant();
    const dealId = await consentedDeal(product, tenantId);
    const answers = [];
    for (const gold of [30, 40, 40]) {
      product.clock.advance(1_000);
      answers.push(await update(dealId, tenantId, { gold }));
    }
    expect(answers.map(({ status, body }) => [status, body.revision, body.settled])).toEqual([
      [200, 3, true],
      [200, 4, true],
      [200, 4, true],
    ]);
    expect(await ledger(tenantId)).toEqual([
      ['LicensesActivated', 'gold', 0, 30, 30, 0],
      ['SeatPoolResized', 'gold', 0, 30, 30, 0],
      ['LicenseCountChanged', 'gold', 30, 40, 40, 0],
      ['SeatPoolResized', 'gold', 30, 40, 40, 0],
    ]);
  });

  it('E14 count 0, −1, 1.5: refused (R65), all lines or none (R70)', async () => {
    const tenantId = newTenant();
    const dealId = await consentedDeal(product, tenantId);
    for (const count of [0, -1, 1.5]) {
      const refused = await update(dealId, tenantId, { silver: 10, gold: count });
      expect({ status: refused.status, errors: refused.body.errors }).toEqual({
        status: 422,
        errors: [
          {
            pointer: '/lines/1/count',
            code: 'LICENSE_COUNT_INVALID',
            rule: 'R65',
            detail: `${count} is not a number of licenses.`,
          },
        ],
      });
    }
    expect(await ledger(tenantId)).toEqual([]);
  });

  it('E15 another customer after the first update: refused (R68), also after all lines are gone', async () => {
    const { tenantId, dealId } = await licensedCustomer(product, { gold: 30 });
    const other = await licensedCustomer(product, { gold: 1 });
    expect(refusal(await update(dealId, other.tenantId, { gold: 40 }))).toEqual([422, 'DEAL_CUSTOMER_FIXED', 'R68']);
    await ok(update(dealId, tenantId, {}, ['gold']));
    expect(refusal(await update(dealId, other.tenantId, { gold: 40 }))).toEqual([422, 'DEAL_CUSTOMER_FIXED', 'R68']);
    expect(await poolOf(other.tenantId)).toEqual([['gold', 1, 'active']]);
  });

  it('E16 two deals, same tenant and plan, 10 and 5: pool 15; the first is removed: 5', async () => {
    const { tenantId, dealId } = await licensedCustomer(product, { gold: 10 });
    const second = await registeredDeal(product);
    await ok(update(second, tenantId, { gold: 5 }));
    expect(await poolOf(tenantId)).toEqual([['gold', 15, 'active']]);
    await ok(update(dealId, tenantId, {}, ['gold']));
    const { body } = await ok(
      owner.get('/publishers/fabrikam/licenses', { search: `filter[tenantId][eq]=${tenantId}` }),
    );
    expect(body.rows).toEqual([
      {
        tenantId,
        publisherId: 'fabrikam',
        offer: 'fabrikam.f365',
        serviceId: 'fabrikam.f365.gold',
        planId: 'gold',
        planName: 'gold',
        status: 'active',
        graceEndsAt: null,
        total: 5,
        seats: 0,
        available: 5,
        keptSeats: 0,
        shrinkPolicy: 'keep',
        conflict: null,
        byDeal: [{ dealId: second, count: 5 }],
        otherDeals: 0,
        revision: 2,
      },
    ]);
    expect((await ledger(tenantId)).map(([event, , from, to, licenses]) => [event, from, to, licenses])).toEqual(
      expect.arrayContaining([
        ['LicensesActivated', 0, 10, 10],
        ['LicensesActivated', 0, 5, 15],
        ['LicensesDeactivated', 10, 0, 5],
        ['SeatPoolResized', 0, 10, expect.any(Number)],
        ['SeatPoolResized', 10, 15, expect.any(Number)],
        ['SeatPoolResized', 15, 5, expect.any(Number)],
      ]),
    );
  });

  it('E20 two updates with the same revision: one accepted, one stale (R76)', async () => {
    const tenantId = newTenant();
    const dealId = await consentedDeal(product, tenantId);
    const { revision } = await ok(owner.get(`/deals/${dealId}`));
    const send = (count: number) =>
      owner.post(
        `/deals/${dealId}/licenses`,
        { tenantId, lines: [{ planId: 'gold', count }], removed: [] },
        { revision },
      );
    const both = await Promise.all([send(30), send(40)]);
    const [first, second] = both.sort((a, b) => a.status - b.status);
    expect([first?.status, first?.revision]).toEqual([200, 3]);
    expect([second?.status, second?.body.code, second?.body.rule, second?.body.revision, second?.revision]).toEqual([
      412,
      'STALE_REVISION',
      'R76',
      3,
      3,
    ]);
    expect((await ledger(tenantId)).filter(([event]) => event === 'LicensesActivated')).toHaveLength(1);
    // Stale also where nothing would change, and without a revision not even that is looked at.
    expect((await send(30)).status).toBe(412);
    const blind = await owner.post(`/deals/${dealId}/licenses`, { tenantId, lines: [], removed: [] });
    expect(refusal(blind)).toEqual([428, 'REVISION_REQUIRED', 'R76']);
  });
});

describe('the same command ID', () => {
  const twice = async (send: () => Promise<Answer>) => {
    const first = await ok(send());
    const second = await ok(send());
    expect(second.body).toEqual(first.body);
    const atOnce = await Promise.all([1, 2, 3].map(send));
    for (const answer of atOnce) expect(answer.body).toEqual(first.body);
    await product.restart();
    expect((await ok(send())).body).toEqual(first.body);
    return first;
  };

  it(
    'E23 the same command ID twice: one set of events, the same answer; at once and after a restart as well',
    async () => {
      const started = await twice(() =>
        owner.post('/publishers/fabrikam/deals', dealForm(product), { idempotencyKey: 'start' }),
      );
      const { dealId } = started.body;
      const { body } = await ok(owner.get('/publishers/fabrikam/deals', { search: 'limit=200' }));
      expect(body.rows.filter((row: { dealId: string }) => row.dealId === dealId)).toHaveLength(1);

      await ok(owner.post(`/deals/${dealId}/register`));
      const invited = await twice(() => owner.post(`/deals/${dealId}/invitations`, {}, { idempotencyKey: 'invite' }));
      expect((await ok(owner.get(`/deals/${dealId}/invitations`))).body.rows).toHaveLength(1);

      const tenantId = newTenant();
      const billing = await product.as('customer.billingAdmin', { tenantId });
      const token = invited.body.link.slice(invited.body.link.lastIndexOf('/') + 1);
      await twice(() =>
        billing.post(
          '/invitations/accept',
          { token, organizationName: 'Contoso', country: 'US' },
          { idempotencyKey: 'accept' },
        ),
      );

      const { revision } = await ok(owner.get(`/deals/${dealId}`));
      const license = (count: number) =>
        owner.post(
          `/deals/${dealId}/licenses`,
          { tenantId, lines: [{ planId: 'gold', count }], removed: [] },
          { revision, idempotencyKey: 'license' },
        );
      await twice(() => license(30));
      expect(await ledger(tenantId)).toEqual([
        ['LicensesActivated', 'gold', 0, 30, 30, 0],
        ['SeatPoolResized', 'gold', 0, 30, 30, 0],
      ]);
      expect(refusal(await license(31))).toEqual([422, 'KEY_REUSED', null]);
    },
    startMs,
  );

  it('all at once from the start: one deal, one link', async () => {
    const start = () => owner.post('/publishers/fabrikam/deals', dealForm(product), { idempotencyKey: 'at-once' });
    const deals = await Promise.all([1, 2, 3, 4].map(start));
    expect(refusalsOf(deals)).toEqual([]);
    expect(new Set(deals.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const dealId = await registeredDeal(product);
    const links = await Promise.all(
      [1, 2, 3, 4].map(() => owner.post(`/deals/${dealId}/invitations`, {}, { idempotencyKey: 'at-once' })),
    );
    expect(new Set(links.map(({ body }) => body.link)).size).toBe(1);
    expect((await ok(owner.get(`/deals/${dealId}/invitations`))).body.rows).toHaveLength(1);
  });

  const refusalsOf = (answers: readonly Answer[]) =>
    answers.filter(({ status }) => status >= 300).map(({ body }) => body);
});
