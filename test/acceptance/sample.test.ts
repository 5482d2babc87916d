import { projections } from '#lib/product/registries.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, ledgerOf, licensedCustomer, liveOffer, ok } from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  const { tenantId } = await licensedCustomer(product, { gold: 5, silver: 2 });
  // Waits until the views have seen what was done.
  await ledgerOf(product, tenantId);
}, startMs);
afterAll(() => product.stop(), startMs);

const sample = async (body: object) => (await product.as('operator')).post('/projections/sample', body);

describe('R89 some documents are folded again, each from the streams that it comes from', () => {
  it('of every view, nothing differs; those that can only be verified whole are told', async () => {
    const { body } = await ok(sample({ documents: 1_000 }));
    expect(body.differences).toEqual([]);
    const shown: { view: string; compared: number; tooWide: number; onlyWhole: boolean }[] = body.views;
    expect(shown.map(({ view }) => view)).toEqual(projections.map(({ name }) => name));
    expect(shown.find(({ view }) => view === 'license-counts')).toMatchObject({ compared: 2, onlyWhole: false });
    expect(shown.find(({ view }) => view === 'license-ledger')).toMatchObject({ compared: 0, onlyWhole: true });
    expect(shown.every(({ compared, tooWide, onlyWhole }) => tooWide === 0 && (!onlyWhole || compared === 0))).toBe(
      true,
    );
    const one = await ok(sample({ views: ['license-counts'], documents: 1 }));
    expect(one.body.views).toEqual([expect.objectContaining({ view: 'license-counts', compared: 1 })]);
  });

  it('what somebody changed in the store is found, and where', async () => {
    await product.stop();
    const { kind, key } = await product.changeDocument('offer-status');
    await product.start();
    const { body } = await ok(sample({ views: ['offer-status'] }));
    expect(body.differences).toEqual([{ view: 'offer-status', kind, key, is: 'other' }]);
  });

  it('a view that is not there, and a number of documents that is none, are refused', async () => {
    expect(await sample({ views: ['nonsense'] })).toMatchObject({ status: 422, body: { code: 'VIEW_UNKNOWN' } });
    expect((await sample({ documents: 0 })).status).toBe(400);
    expect((await sample({ documents: 1_001 })).status).toBe(400);
  });
});
