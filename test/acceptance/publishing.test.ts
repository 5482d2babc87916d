import { startMs, TestProduct, type Client } from '../support/product.js';
import { completeDraft, enroll, hourMs, ok, publish, signOff, untilOffer, untilStatus } from '../support/story.js';

let product: TestProduct;
let owner: Client;
let marketplace: Client;

beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_AUTO_CERTIFY: 'off' });
  await enroll(product);
  [owner, marketplace] = [await product.owner(), await product.marketplace];
}, startMs);
afterAll(() => product.stop(), startMs);

const waitsFor = (step: string) => (status: { submission: { steps: { step: string }[] } }) =>
  status.submission.steps.at(-1)?.step === step;
const word = async (offer: string) => (await ok(owner.get(`/offers/${offer}`))).body.status;

it('E6 publish → steps pass → Preview → go live → live: Draft, Publish in progress, Preview, Publish in progress, Live', async () => {
  const offer = 'fabrikam.f365';
  await completeDraft(product, offer);
  const words = [await word(offer)];
  const submissionId = await publish(product, offer);
  words.push((await untilOffer(product, offer, waitsFor('certification'))).body.status);
  await ok(marketplace.post(`/offers/${offer}/certify`, { submissionId, report: [] }));
  words.push((await untilStatus(product, offer, 'Preview')).body.status);
  const { body } = await signOff(product, offer, submissionId);
  words.push(await word(offer));
  expect(body.dueAt).toBe(new Date(Date.parse(product.clock.now()) + 4 * hourMs).toISOString());

  product.clock.advance(4 * hourMs - 1);
  expect(await word(offer)).toBe('Publish in progress');
  expect((await product.visitor.get(`/storefront/offers/${offer}`)).status).toBe(404);
  product.clock.advance(1);
  const live = await untilStatus(product, offer, 'Live');
  words.push(live.body.status);
  expect(words).toEqual(['Draft', 'Publish in progress', 'Preview', 'Publish in progress', 'Live']);
  const { steps } = live.body.submission;
  expect(steps.map(({ step, outcome }: { step: string; outcome: string }) => [step, outcome])).toEqual(
    ['pages', 'package', 'serviceIds', 'packageUrl', 'certification', 'createPreview', 'signOff', 'goLive'].map(
      (step) => [step, 'passed'],
    ),
  );
  expect((await product.visitor.get(`/storefront/offers/${offer}`)).status).toBe(200);
});

it('E7 certification fails: Attention needed with the report; publishing again works', async () => {
  const offer = 'fabrikam.rejected';
  await completeDraft(product, offer);
  const submissionId = await publish(product, offer);
  await untilOffer(product, offer, waitsFor('certification'));
  const report = [{ check: 'Policy 1140', detail: 'The app does not start.', whatToDo: 'Mend the start page.' }];
  await ok(marketplace.post(`/offers/${offer}/reject`, { submissionId, report }));
  const { body } = await ok(owner.get(`/offers/${offer}`));
  expect([body.status, body.submission.phase, body.submission.report]).toEqual([
    'Attention needed',
    'attentionNeeded',
    report,
  ]);

  const again = await publish(product, offer);
  expect(again).not.toBe(submissionId);
  await untilOffer(product, offer, waitsFor('certification'));
  const late = await marketplace.post(`/offers/${offer}/certify`, { submissionId, report: [] });
  expect([late.status, late.body.rule]).toEqual([422, 'R40']);
  await ok(marketplace.post(`/offers/${offer}/certify`, { submissionId: again, report: [] }));
  expect((await untilStatus(product, offer, 'Preview')).body.submission.report).toEqual([]);
});
