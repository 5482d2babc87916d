import { dealProgressProjection } from '#lib/views/deal-documents.js';
import { tallyEvent } from '../faults/views.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, liveOffer, registeredDeal } from '../support/story.js';
import { seatledger } from './terminal.js';

const view = dealProgressProjection.name;
let product: TestProduct;
let environment: Record<string, string>;
let broken: string;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  const stream = `deal-${await registeredDeal(product)}`;
  await product.stop();
  const revision = (await product.stream(stream)).length;
  broken = `${stream}@${revision}`;
  const events = [tallyEvent('DealApproved', { dealId: 7 }, broken)];
  await product.withStores((stores) => stores.events.append(stream, revision - 1, events));
  await product.start();
  const { key } = await product.as('operator');
  environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
}, startMs);
afterAll(() => product.stop(), startMs);

const run = (...args: string[]) => seatledger(['parked', ...args], { environment });

describe('R93 seatledger parked', () => {
  it('shows what waits, of one view or of all, for people and as JSON', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([0, '']);
    const [head = '', ...rows] = stdout.trimEnd().split('\n');
    expect(head.split(/ {2,}/)).toEqual(['view', 'kind', 'key', 'event', 'type', 'since', 'waiting', 'error']);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 7))).toEqual([
      [view, '$stream', broken.split('@')[0], broken, 'DealApproved', '2026-03-01T12:00:00.000Z', '1'],
    ]);
    expect((await run(view)).stdout).toBe(stdout);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ view, event: broken, waiting: 1 }]);
    expect(await run('seats')).toMatchObject({ code: 0, stdout: 'No document waits.\n' });
  });

  it('has what waits folded again, an event left out, and that taken back', async () => {
    expect(await run('retry', view)).toMatchObject({
      code: 0,
      stdout: `1 of ${view} are folded again. \`seatledger parked ${view}\` shows what failed again.\n`,
    });
    expect(await run('skips', view)).toMatchObject({ code: 0, stdout: `${view} leaves out no event.\n` });
    const skipped = await run('skip', view, broken, '--reason', 'Written by hand.');
    expect([skipped.code, skipped.stdout]).toEqual([
      0,
      expect.stringContaining(`seatledger parked withdraw ${view} ${broken}\n`),
    ]);
    while ((await run()).stdout !== 'No document waits.\n');
    const { stdout } = await run('skips', view);
    expect(stdout).toMatch(
      /^event +since +by +reason\n\S+ +2026-03-01T[\d:.]+Z +key [0-9a-f]{16} +Written by hand.\n$/,
    );
    const withdrawn = await run('withdraw', view, broken);
    expect([withdrawn.code, withdrawn.stdout]).toEqual([0, expect.stringContaining(`${view}  live\n`)]);
    expect((await run(view)).stdout).toContain(broken);
  }, 60_000);

  it.each<[string, string[], string]>([
    ['a view that there is not', ['chairs'], '/problems/NOT_FOUND'],
    ['an event that no document waits for', ['skip', view, 'deal-x@0', '--reason', 'x'], 'waits behind deal-x@0 alone'],
    ['a skip that there is not', ['withdraw', 'seats', 'deal-x@0'], 'seats does not leave out deal-x@0.'],
    ['a retry of nothing', ['retry', 'seats'], 'No document of seats waits.'],
  ])('refuses %s with code 1 and says what to do', async (_, args, reason) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(reason);
  });

  it('takes no skip without a reason', async () => {
    expect(await run('skip', view, broken)).toMatchObject({ code: 2, stdout: '' });
  });
});
