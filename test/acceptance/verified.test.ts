import { projections } from '#lib/product/registries.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import { enroll, liveOffer, ok } from '../support/story.js';

/** In the order of their turns; the setup lets some hours pass. */
const [, second = '', third = ''] = projections.map(({ name }) => name);

let product: TestProduct;
let operator: Client;
beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_VERIFY_EVERY: '1h' });
  await enroll(product);
  await liveOffer(product);
  operator = await product.as('operator');
  await product.stop();
  await product.changeDocument(third);
  await product.start();
}, 2 * startMs);
afterAll(() => product.stop(), startMs);

interface Row {
  readonly view: string;
  readonly verified: { readonly at: string; readonly operation: string } | null;
  readonly rebuild: string | null;
}

/** What is told of a view when its turn has come and nothing is left of that; an hour passes as often as it must. */
async function verified(view: string, since: string) {
  for (;;) {
    const rows: Row[] = (await ok(operator.get('/projections', { after: false }))).body.rows;
    if (rows.some(({ rebuild }) => rebuild !== null)) continue;
    const found = rows.find((one) => one.view === view)?.verified;
    if (found && found.at > since) return found;
    product.clock.advance(3_600_000);
  }
}

async function differing(): Promise<readonly string[]> {
  const text = await (await fetch(`${product.url}/metrics`)).text();
  return [...text.matchAll(/^seatledger_projection_differs\{projection="(.*)"\} (\d)$/gm)].map(
    ([, view, differs]) => `${view} ${differs}`,
  );
}

describe('R89 a view an hour is verified', () => {
  it('one after the other, by whoever holds that work; a difference is told of', async () => {
    const operation = expect.any(String) as string;
    const before = product.clock.now();
    const equal = { at: expect.any(String) as string, operation, isEqual: true, differences: 0 };
    expect(await verified(second, before)).toEqual(equal);
    const found = await verified(third, before);
    expect(found).toEqual({ ...equal, isEqual: false, differences: 1 });
    expect(await differing()).toEqual(expect.arrayContaining([`${second} 0`, `${third} 1`]));
    const { body } = await ok(operator.get(`/operations/${found.operation}`, { after: false }));
    expect(body).toMatchObject({ status: 'done', problem: { code: 'VIEWS_DIFFER' } });

    // Built anew, nothing is wrong with it any more.
    const { body: begun } = await operator.post('/projections/rebuild', { views: [third], switching: 'anyhow' });
    const status = async () => (await ok(operator.get(`/operations/${begun.id}`, { after: false }))).body.status;
    while ((await status()) !== 'switched');
    await ok(operator.post(`/operations/${begun.id}/finish`, {}, { after: false }));
    while ((await status()) !== 'done');
    expect(await differing()).not.toContain(`${third} 1`);
  }, 120_000);
});
