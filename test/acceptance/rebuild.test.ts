import { projections } from '#lib/product/registries.js';
import { seatledger } from '../cli/terminal.js';
import { submitLead } from '../support/leads.js';
import { startMs, TestProduct } from '../support/product.js';
import {
  completeDraft,
  consentedDeal,
  enroll,
  invite,
  ledgerOf,
  licensedCustomer,
  liveOffer,
  newTenant,
  ok,
  publish,
  registeredDeal,
  untilStatus,
  updateLicenses,
} from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start();
}, startMs);
afterAll(() => product.stop(), startMs);

/** A little of everything that a view can show. */
async function tellStory(): Promise<string> {
  await enroll(product);
  await liveOffer(product);
  await completeDraft(product, 'fabrikam.next', { freeInstall: true });
  await publish(product, 'fabrikam.next');
  await untilStatus(product, 'fabrikam.next', 'Preview');
  const { tenantId, dealId } = await licensedCustomer(product, { gold: 5, silver: 2 });
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  const personIds = ['p1', 'p2', 'p3', 'p4', 'p5'];
  await ok(admin.post(`/customers/${tenantId}/pools/fabrikam.f365.gold/assign`, { personIds }));
  await ok(admin.post(`/customers/${tenantId}/pools/fabrikam.f365.gold/unassign`, { personIds: ['p1'] }));
  await ok(admin.send('DELETE', `/customers/${tenantId}/people/p1`, undefined));
  await ok(updateLicenses(product, dealId, tenantId, { gold: 3 }, ['silver']));
  await ok(updateLicenses(product, await registeredDeal(product), tenantId, { silver: 1 }));
  await consentedDeal(product, newTenant());
  await invite(product, await registeredDeal(product));
  await ok(submitLead(product, 'contact'));
  return tenantId;
}

/** Every view as operators see it, once all of them are at the log's end. */
async function shownProjections(): Promise<Record<string, unknown>[]> {
  const operator = await product.as('operator');
  for (;;) {
    const { body } = await ok(operator.get('/projections', { after: false }));
    if (body.rows.every((row: { lagEvents: number }) => row.lagEvents === 0)) return body.rows;
  }
}

/** Every document of every view as it is stored, by view, kind and key. */
function documents(): Promise<ReadonlyMap<string, string>> {
  return product.withStores(async (stores) => {
    const found = new Map<string, string>();
    for (const { name: view, version } of projections) {
      for await (const page of stores.views.scan({ view, version })) {
        for (const { kind, key, json } of page) found.set(`${view}/${kind}/${key}`, json);
      }
    }
    return found;
  });
}

it(
  'E21 R89 all views dropped and rebuilt: the same documents, digests and answers',
  async () => {
    const tenantId = await tellStory();
    const [shown, ledger] = [await shownProjections(), await ledgerOf(product, tenantId)];
    await product.stop();
    const before = await documents();
    for (const { view, digest, documents: count, parked } of shown) {
      expect([count, parked]).toEqual([expect.any(Number), []]);
      // Where the marketplace certifies by itself, nothing waits for review.
      expect(digest).toMatch(view === 'reviews' ? /^0{64}$/ : /^(?!0{64})[0-9a-f]{64}$/);
    }
    await product.dropViews();
    expect((await documents()).size).toBe(0);

    await product.start();
    expect(await shownProjections()).toEqual(shown);
    expect(await ledgerOf(product, tenantId)).toEqual(ledger);
    await product.stop();
    const after = await documents();
    expect(before.size).toBeGreaterThan(50);
    expect([...after].sort()).toEqual([...before].sort());
  },
  startMs,
);

it('R89 R93 all views rebuilt beside those that are read, and verified: the same digests, by seatledger rebuild and verify', async () => {
  await product.start();
  const { key } = await product.as('operator');
  const environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
  const steps = (status: string) => projections.map(({ name }) => expect.objectContaining({ name, status }) as object);
  const digests = async () =>
    (await shownProjections()).map(({ view, digest, documents: count }) => [view, digest, count]);
  const before = await digests();

  const rebuilt = await seatledger(['rebuild', '--json'], { environment });
  expect(rebuilt).toMatchObject({ code: 0 });
  const { id, steps: live } = JSON.parse(rebuilt.stdout);
  expect(live).toEqual(steps('live'));
  expect(await seatledger(['operation', id, 'finish'], { environment })).toMatchObject({ code: 0 });
  expect(await digests()).toEqual(before);

  const verified = await seatledger(['verify', '--json'], { environment });
  expect(verified).toMatchObject({ code: 0 });
  expect(JSON.parse(verified.stdout)).toMatchObject({ problem: null, steps: steps('equal') });
  expect(await digests()).toEqual(before);
}, 120_000);
