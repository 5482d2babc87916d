import type { IncomingMessage, ServerResponse } from 'node:http';
import { startOutside, type Outside } from '../support/outside.js';
import { startMs, TestProduct } from '../support/product.js';
import { completeDraft, enroll, hourMs, ok, publish, signOff, untilStatus } from '../support/story.js';
import { until } from '../support/until.js';

let outside: Outside;
let product: TestProduct;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** What the ranges asked for were, the newest last. */
const ranges: unknown[] = [];

beforeAll(async () => {
  outside = await startOutside((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  const resolve = async (host: string) => [host.startsWith('internal.') ? '10.0.0.1' : '127.0.0.1'];
  product = await TestProduct.start({ SEATLEDGER_CHECK_PACKAGE_URL: 'on' }, { outgoing: outside.client({ resolve }) });
  await enroll(product);
}, startMs);
beforeEach(() => {
  answer = (_request, response) => response.writeHead(206).end('P');
});
afterAll(async () => {
  await product.stop();
  await outside.close();
}, startMs);

const secret = 'c2VjcmV0LXNpZ25hdHVyZQ';
const addressOf = (offer: string, host: string) => `https://${host}:${outside.port}/${offer}.zip?sv=1&sig=${secret}`;
async function savePackageUrl(offer: string, host = 'fabrikam.example'): Promise<void> {
  const owner = await product.owner();
  const page = { baseLicenseModel: 'user', packageUrl: addressOf(offer, host) };
  await ok(owner.put(`/offers/${offer}/technical-configuration`, page));
}
async function draft(name: string, host?: string): Promise<string> {
  const offer = `fabrikam.${name}`;
  await completeDraft(product, offer);
  await savePackageUrl(offer, host);
  return offer;
}
const asked = (offer: string) => outside.asked.filter((line) => line.includes(`/${offer}.zip?`));
const untilAsked = (offer: string, times: number) => until(() => asked(offer).length >= times);
/** Lets time pass until it was asked so many times. */
async function untilAskedAgain(offer: string, times: number): Promise<void> {
  while (asked(offer).length < times) {
    product.clock.advance(1_000);
    await new Promise(setImmediate);
  }
}
const attention = (offer: string) => untilStatus(product, offer, 'Attention needed');
const entry = (detail: string) => ({
  check: 'PACKAGE_URL_UNANSWERED',
  detail,
  whatToDo:
    'Make the package URL answer a GET with 200 or 206, from the public Internet and without a redirect, then publish again.',
});

it('R35 the package URL is asked for its first byte; 206: the way goes on, to Live', async () => {
  const offer = await draft('f365');
  const submissionId = await publish(product, offer);
  await signOff(product, offer, submissionId);
  product.clock.advance(4 * hourMs);
  const { steps } = (await untilStatus(product, offer, 'Live')).body.submission;
  expect(steps).toContainEqual(expect.objectContaining({ step: 'packageUrl', outcome: 'passed' }));
  expect(asked(offer)).toEqual([`GET fabrikam.example:${outside.port} /${offer}.zip?sv=1&sig=${secret}`]);
  expect(ranges).toEqual(['bytes=0-0']);
});

it('R35 a server that knows no ranges answers 200 with the whole package, of which no more than the beginning is read', async () => {
  answer = (_request, response) => response.end('P'.repeat(10_000_000));
  const offer = await draft('whole');
  await publish(product, offer);
  await untilStatus(product, offer, 'Preview');
});

it('R33 R35 404: Attention needed with the report, at once; mended and published again, it passes', async () => {
  answer = (_request, response) => response.writeHead(404).end();
  const offer = await draft('missing');
  const submissionId = await publish(product, offer);
  const { submission } = (await attention(offer)).body;
  expect(submission.report).toEqual([entry('It answered 404.')]);
  expect(asked(offer)).toHaveLength(1);

  answer = (_request, response) => response.writeHead(206).end('P');
  expect(await publish(product, offer)).not.toBe(submissionId);
  expect((await untilStatus(product, offer, 'Preview')).body.submission.report).toEqual([]);
});

it('R35 a host that is not public, and a redirect: Attention needed with the reason, at once', async () => {
  const internal = await draft('internal', 'internal.fabrikam.example');
  await publish(product, internal);
  const reason = 'The host is not one of the public Internet.';
  expect((await attention(internal)).body.submission.report).toEqual([entry(reason)]);
  expect(asked(internal)).toEqual([]);

  answer = (_request, response) => response.writeHead(302, { location: 'https://10.0.0.1/' }).end();
  const moved = await draft('moved');
  await publish(product, moved);
  const refused = 'It answered 302, and redirects are not followed.';
  expect((await attention(moved)).body.submission.report).toEqual([entry(refused)]);
  expect(asked(moved)).toHaveLength(1);
});

it('R35 what may pass by itself is tried three times', async () => {
  const answers = [
    (request: IncomingMessage) => void request.socket.destroy(),
    (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(503).end(),
    (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end('P'),
  ];
  answer = (request, response) => answers.shift()?.(request, response);
  const flaky = await draft('flaky');
  await publish(product, flaky);
  await untilAskedAgain(flaky, 3);
  await untilStatus(product, flaky, 'Preview');

  answer = (request) => request.socket.destroy();
  const away = await draft('away');
  await publish(product, away);
  await untilAskedAgain(away, 3);
  const { submission } = (await attention(away)).body;
  expect(submission.report).toEqual([entry('The connection failed (UND_ERR_SOCKET).')]);
  expect(asked(away)).toHaveLength(3);
});

it('R40 canceled while it is asked: what comes of it changes nothing', async () => {
  let finish: () => void = () => undefined;
  answer = (_request, response) => (finish = () => response.writeHead(404).end());
  const offer = await draft('canceled');
  await publish(product, offer);
  await untilAsked(offer, 1);
  const owner = await product.owner();
  const { revision } = await ok(owner.post(`/offers/${offer}/cancel`));
  finish();
  // Published again, the next answer counts, and the late one was not recorded before it.
  answer = (_request, response) => response.writeHead(206).end('P');
  await publish(product, offer);
  const preview = await untilStatus(product, offer, 'Preview');
  expect(preview.body.submission.report).toEqual([]);
  const events = ['OfferSubmitted', 'pages', 'package', 'serviceIds', 'packageUrl', 'certification', 'createPreview'];
  expect(preview.revision).toBe((revision ?? 0) + events.length);
});

it(
  'R35 a server that stops cuts the request off and asks again at its next start; the signature stands in no record',
  async () => {
    answer = () => undefined;
    const offer = await draft('stopping');
    await publish(product, offer);
    await untilAsked(offer, 1);
    expect(await product.holds('CheckPackageUrl', 'records')).toBe(true);
    expect(await product.holds(secret, 'records')).toBe(false);

    const before = Date.now();
    await product.stop();
    expect(Date.now() - before).toBeLessThan(9_000);
    answer = (_request, response) => response.writeHead(206).end('P');
    await product.start();
    await untilStatus(product, offer, 'Preview');
    expect(asked(offer)).toHaveLength(2);
  },
  startMs,
);

it(
  'R35 off, as it is unless the installation is in production: nothing is asked',
  async () => {
    const quiet = await TestProduct.start({}, { outgoing: outside.client() });
    await enroll(quiet);
    await completeDraft(quiet);
    const before = outside.asked.length;
    await publish(quiet);
    await untilStatus(quiet, 'fabrikam.f365', 'Preview');
    expect(outside.asked).toHaveLength(before);
    await quiet.stop();
  },
  startMs,
);
