import { startMs, TestProduct } from '../support/product.js';
import { completeDraft, enroll, hourMs, ok, publish, signOff, untilStatus } from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
}, startMs);
afterAll(() => product.stop(), startMs);

it(
  '§8.17 GoLive due while the server is down: it goes live at the start, late but once, and once only after another start',
  async () => {
    await completeDraft(product);
    const { revision } = await signOff(product, 'fabrikam.f365', await publish(product));
    const dueAt = new Date(Date.parse(product.clock.now()) + 4 * hourMs).toISOString();
    await product.stop();
    product.clock.advance(9 * hourMs);
    await product.start();

    const live = await untilStatus(product, 'fabrikam.f365', 'Live');
    const { submission } = live.body;
    expect(live.revision).toBe((revision ?? 0) + 1);
    expect([submission.goLiveDueAt, live.body.liveSince]).toEqual([dueAt, product.clock.now()]);
    product.clock.advance(9 * hourMs);
    await product.restart();
    const owner = await product.owner();
    const later = await ok(owner.get('/offers/fabrikam.f365'));
    expect([later.revision, later.body.liveSince]).toEqual([live.revision, live.body.liveSince]);
  },
  startMs,
);

it(
  '§8.17 before it is due, a restart changes nothing',
  async () => {
    await completeDraft(product, 'fabrikam.waiting');
    await signOff(product, 'fabrikam.waiting', await publish(product, 'fabrikam.waiting'));
    product.clock.advance(4 * hourMs - 1);
    await product.restart();
    const owner = await product.owner();
    expect((await ok(owner.get('/offers/fabrikam.waiting'))).body.status).toBe('Publish in progress');
    product.clock.advance(1);
    await untilStatus(product, 'fabrikam.waiting', 'Live');
  },
  startMs,
);
