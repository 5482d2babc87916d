import { startMs, TestProduct } from '../support/product.js';
import { completeDraft, enroll, offer, ok, publish, untilOffer, untilStatus } from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_AUTO_CERTIFY: 'off' });
  await enroll(product);
  await completeDraft(product);
}, startMs);
afterAll(() => product.stop(), startMs);

it('R38 R15 a marketplace operator finds the submission in the status of the offer, without the package URL', async () => {
  const submissionId = await publish(product);
  await untilOffer(product, offer, ({ submission }) => submission?.steps.at(-1)?.step === 'certification');

  const marketplace = await product.marketplace;
  const { body } = await ok(marketplace.get(`/offers/${offer}`));
  expect(body.submission).toMatchObject({ submissionId, phase: 'inProgress' });
  expect(JSON.stringify(body)).not.toContain('sig=');
  expect((await marketplace.get(`/offers/${offer}/draft`)).status).toBe(403);

  await ok(marketplace.post(`/offers/${offer}/certify`, { submissionId: body.submission.submissionId, report: [] }));
  await untilStatus(product, offer, 'Preview');
});
