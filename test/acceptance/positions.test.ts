import { open } from '#lib/adapters/sqlite/data-file.js';
import { eventsFile } from '#lib/adapters/sqlite/schema.js';
import { startMs, TestProduct } from '../support/product.js';
import { isOnPair, itWithFiles } from '../support/stores.js';
import { enroll, ledgerOf, licensedCustomer, liveOffer, ok } from '../support/story.js';

const beyondDoubles = 2n ** 53n + 1n;
let product: TestProduct;

/**
 * A product whose log has grown beyond what a double holds. In KurrentDB every log has, since commit and prepare stand
 * side by side.
 */
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  if (!isOnPair) await moveLog();
}, startMs);
afterAll(() => product.stop(), startMs);

/** Moves the first events there by hand. */
async function moveLog(): Promise<void> {
  await product.stop();
  const log = open(product.folder, eventsFile, 'write');
  log.exec(`BEGIN IMMEDIATE;
    UPDATE events SET position = position + ${beyondDoubles};
    UPDATE sqlite_sequence SET seq = seq + ${beyondDoubles} WHERE name = 'events';
    COMMIT;`);
  log.close();
  await product.dropViews();
  await product.start();
}

const placeOf = (position: string) => BigInt(position.split('.')[1] ?? '');
const create = async (offerId: string) => {
  const owner = await product.owner();
  return ok(owner.post('/publishers/fabrikam/offers', { offerId, alias: 'A' }, { after: false }));
};

it(
  '§8.13 positions above 2^53 come and go unchanged, as text, through bodies and query strings; all works there',
  async () => {
    const owner = await product.owner();
    const first = await create('one');
    const second = await create('two');
    expect(first.body.position).toMatch(/^[0-9a-f-]+\.(\d{20}){1,2}$/);
    expect(placeOf(first.body.position)).toBeGreaterThan(beyondDoubles);
    expect(placeOf(second.body.position)).toBeGreaterThan(placeOf(first.body.position));
    const { body } = await ok(
      owner.get('/offers/fabrikam.two', { after: false, search: `after=${second.body.position}` }),
    );
    expect(placeOf(body.position)).toBeGreaterThanOrEqual(placeOf(second.body.position));

    await liveOffer(product);
    const { tenantId } = await licensedCustomer(product, { gold: 30 });
    const ledger = await ledgerOf(product, tenantId);
    expect(ledger).toEqual([
      ['LicensesActivated', 'gold', 0, 30, 30, 0],
      ['SeatPoolResized', 'gold', 0, 30, 30, 0],
    ]);
    await product.restart();
    expect(await ledgerOf(product, tenantId)).toEqual(ledger);
    const operator = await product.as('operator');
    for (const row of (await ok(operator.get('/projections', { after: false }))).body.rows) {
      expect([row.view, row.position, row.lagEvents]).toEqual([row.view, product.seen, 0]);
    }
  },
  startMs,
);

// As doubles the two would be one or three; in KurrentDB an event is as far from the next as it is long.
itWithFiles('positions above 2^53 of one event after the other are one apart', async () => {
  const [third, fourth] = [await create('three'), await create('four')];
  expect(placeOf(fourth.body.position) - placeOf(third.body.position)).toBe(1n);
});

it('§8.13 a position of another log, or none, is a 400', async () => {
  const owner = await product.owner();
  const [logId = '', place = ''] = product.seen?.split('.') ?? [];
  const foreign = [
    `0123456789abcdef.${place}`,
    `${logId}.${place.slice(1)}`,
    `${logId}.0${place}`,
    `${logId}.${Number(place)}`,
    `${logId}.${place.slice(1)}x`,
    place,
    logId,
  ];
  for (const after of foreign) {
    const search = `after=${encodeURIComponent(after)}`;
    for (const answer of [
      await owner.get('/offers/fabrikam.one', { after: false, search }),
      await owner.get('/publishers/fabrikam/offers', { after: false, search }),
      await owner.put('/offers/fabrikam.one/properties', { category: 'Sales' }, { after: false, search }),
    ]) {
      expect([after, answer.status, answer.body.code]).toEqual([after, 400, 'PARAMETER_INVALID']);
    }
  }
});
