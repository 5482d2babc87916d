import { startMs, TestProduct, type Client } from '../support/product.js';
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
let owner: Client;
let auditor: Client;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  owner = await product.owner();
  auditor = await product.as('auditor');
}, startMs);
afterAll(() => product.stop(), startMs);

/** Asked as of an instant or a position. */
const asOf = (client: Client, path: string, moment: string, search = '') =>
  client.get(path, { after: false, search: `asOf=${encodeURIComponent(moment)}&wait=5000${search}` });
const now = () => product.clock.now();
const tick = () => product.clock.advance(1_000);
const licensesOf = async (client: Client, tenantId: string, moment: string) => {
  const { body } = await ok(asOf(client, `/customers/${tenantId}/licenses`, moment));
  return body.rows.map(({ planId, planName, total }: Record<string, unknown>) => [planId, planName, total]);
};

describe('R90 as of', () => {
  it('E22 between the two updates of E13: gold 30; before them nothing, after them and ahead of time 40', async () => {
    const tenantId = newTenant();
    const dealId = await consentedDeal(product, tenantId);
    const before = now();
    tick();
    const first = await ok(updateLicenses(product, dealId, tenantId, { gold: 30 }));
    const between = now();
    tick();
    await ok(updateLicenses(product, dealId, tenantId, { gold: 40 }));
    const { body } = await ok(
      (await product.as('customer.userAdmin', { tenantId })).get(`/customers/${tenantId}/licenses`),
    );
    const customer = await product.as('customer.billingAdmin', { tenantId });
    for (const client of [customer, auditor]) {
      expect(await licensesOf(client, tenantId, before)).toEqual([]);
      expect(await licensesOf(client, tenantId, between)).toEqual([['gold', 'gold', 30]]);
      expect(await licensesOf(client, tenantId, between.replace('Z', '+00:00'))).toEqual([['gold', 'gold', 30]]);
      expect(await licensesOf(client, tenantId, now())).toEqual([['gold', 'gold', 40]]);
      expect(await licensesOf(client, tenantId, '2099-01-01T00:00:00Z')).toEqual([['gold', 'gold', 40]]);
    }
    expect(await licensesOf(auditor, tenantId, '2001-01-01T00:00:00Z')).toEqual([]);
    // The deal's own event; the pool takes it up with a later one.
    expect(await licensesOf(auditor, tenantId, first.body.position)).toEqual([]);
    expect(await licensesOf(auditor, tenantId, body.position)).toEqual([['gold', 'gold', 40]]);
    const deal = await ok(asOf(auditor, `/deals/${dealId}`, first.body.position));
    expect([deal.body.lines.map(({ count }: { count: number }) => count), deal.body.revision]).toEqual([[30], 3]);
    expect([deal.body.position, deal.revision]).toEqual([first.body.position, null]);
  });

  it('a seat that was given back is there as of then, with whom the directory knows today for the customer alone', async () => {
    const { tenantId } = await licensedCustomer(product, { silver: 2 });
    const admin = await product.as('customer.licenseAdmin', { tenantId });
    const pool = `/customers/${tenantId}/pools/${offer}.silver`;
    tick();
    await ok(admin.post(`${pool}/assign`, { personIds: ['ann', 'bob'] }));
    const then = now();
    tick();
    await ok(admin.post(`${pool}/unassign`, { personIds: ['ann'] }));
    await ok(admin.put(`/customers/${tenantId}/people/ann`, { name: 'Ann' }));
    const namesOf = async (client: Client, moment: string) =>
      (await ok(asOf(client, `${pool}/seats`, moment))).body.rows.map(
        ({ personId, person }: { personId: string; person: { name: string } | null }) => [
          personId,
          person?.name ?? null,
        ],
      );
    await ok(admin.get(`${pool}/seats`));
    expect(await namesOf(admin, then)).toEqual([
      ['ann', 'Ann'],
      ['bob', null],
    ]);
    expect(await namesOf(auditor, then)).toEqual([
      ['ann', null],
      ['bob', null],
    ]);
    expect(await namesOf(admin, now())).toEqual([['bob', null]]);
    const products = await ok(asOf(admin, `/customers/${tenantId}/products`, then));
    expect(products.body.rows.map(({ seats }: { seats: number }) => seats)).toEqual([2]);
  });

  it('all pages of a list are of the state of the first, and its cursor is of no other state', async () => {
    const tenantId = newTenant();
    const dealId = await consentedDeal(product, tenantId);
    await ok(updateLicenses(product, dealId, tenantId, { gold: 1, silver: 2, bronze: 3 }));
    await ok(owner.get(`/deals/${dealId}`));
    const ahead = '2098-12-31T23:59:59Z';
    const path = `/customers/${tenantId}/licenses`;
    const { body: first } = await ok(asOf(auditor, path, ahead, '&limit=1'));
    tick();
    await ok(updateLicenses(product, dealId, tenantId, { gold: 9, silver: 9, bronze: 9 }));
    const totals = [first.rows[0].total];
    for (let next = first.next; next !== null;) {
      const { body } = await ok(asOf(auditor, path, ahead, `&limit=1&cursor=${next}`));
      expect(body.position).toBe(first.position);
      totals.push(body.rows[0].total);
      next = body.next;
    }
    expect(totals).toEqual([3, 1, 2]);
    const strange = await asOf(auditor, path, '2098-12-31T23:59:58Z', `&limit=1&cursor=${first.next}`);
    expect([strange.status, strange.body.code]).toEqual([400, 'PARAMETER_INVALID']);
  });

  it('an offer has the status and the plans of then; what was not there yet is not found', async () => {
    const of = 'fabrikam.later';
    const before = now();
    tick();
    await liveOffer(product, of);
    const live = now();
    tick();
    await ok(owner.post(`/offers/${of}/stop-distribution`));
    await ok(owner.get(`/offers/${of}`));
    const statusAt = async (moment: string) => (await asOf(auditor, `/offers/${of}`, moment)).body.status;
    expect([await statusAt(before), await statusAt(live), await statusAt(now())]).toEqual([
      404,
      'Live',
      'Pending stop distribution',
    ]);
    const plans = await ok(asOf(owner, `/offers/${of}/plans`, live));
    expect(plans.body.rows.map(({ status }: { status: string }) => status)).toEqual(['Live', 'Live', 'Live']);
    expect((await asOf(owner, `/offers/${of}/plans`, before)).status).toBe(404);
    const offersAt = async (moment: string) =>
      (await ok(asOf(auditor, '/publishers/fabrikam/offers', moment))).body.rows.map(
        (row: { offer: string }) => row.offer,
      );
    expect([await offersAt(before), await offersAt(live)]).toEqual([[offer], [offer, of]]);
  });

  it('a position of no or another log, or beyond the end, is refused', async () => {
    const { body } = await ok(owner.get(`/offers/${offer}`));
    const beyond = body.position.replace(/[.].*/, (place: string) => place.replace(/\d/g, '9'));
    for (const moment of [beyond, body.position.replace(/^./, 'x'), 'now']) {
      const answer = await asOf(owner, `/offers/${offer}`, moment);
      expect([answer.status, answer.body.code]).toEqual([400, 'PARAMETER_INVALID']);
    }
  });

  it(
    'is the same after a restart, with views that are folded anew',
    async () => {
      const { tenantId, dealId } = await licensedCustomer(product, { gold: 7 });
      const then = now();
      tick();
      await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));
      await product.stop();
      await product.dropViews();
      await product.start();
      expect(await licensesOf(auditor, tenantId, then)).toEqual([['gold', 'gold', 7]]);
      expect(await licensesOf(auditor, tenantId, now())).toEqual([['gold', 'gold', 0]]);
    },
    startMs,
  );
});
