import { startMs, TestProduct } from '../support/product.js';
import { completeDraft, enroll, offer, ok, publish, untilOffer, untilStatus } from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_AUTO_CERTIFY: 'off' });
  await enroll(product);
  await completeDraft(product);
}, startMs);
afterAll(() => product.stop(), startMs);

it('R15 R38 a marketplace operator finds the submission in the status of the offer, without the package URL', async () => {
  const submissionId = await publish(product);
  await untilOffer(product, offer, ({ submission }) => submission?.steps.at(-1)?.step === 'certification');

  const marketplace = await product.marketplace;
  const { body } = await ok(marketplace.get(`/offers/${offer}`));
  expect(body.submission).toMatchObject({ submissionId, phase: 'inProgress' });
  expect(JSON.stringify(body)).not.toContain('sig=');
  expect((await marketplace.get(`/offers/${offer}/draft`)).status).toBe(403);

  const queue = async () => (await ok(marketplace.get('/reviews/submissions'))).body.rows;
  expect(await queue()).toMatchObject([{ offer, submissionId, name: 'Fabrikam 365' }]);

  await ok(marketplace.post(`/offers/${offer}/certify`, { submissionId: body.submission.submissionId, report: [] }));
  await untilStatus(product, offer, 'Preview');
  expect(await queue()).toEqual([]);
});

it('R37 R39 the publisher is told of the preview, and reads in the history who did what', async () => {
  const publisher = await product.owner();
  const { body: told } = await ok(publisher.get('/publishers/fabrikam/notifications'));
  expect(told.rows).toMatchObject([{ offer, subject: 'previewAvailable' }]);

  const { body: history } = await ok(publisher.get(`/offers/${offer}/history`, { search: 'limit=200' }));
  const initiators = (history.rows as { event: string; initiator: string | null }[]).map(({ event, initiator }) => [
    event,
    initiator,
  ]);
  expect(initiators.at(0)).toEqual(['OfferPreviewCreated', null]);
  expect(initiators.at(1)).toEqual(['PublishingStepPassed', 'marketplace']);
  expect(initiators.at(-1)).toEqual(['OfferCreated', 'publisherUser']);
});
