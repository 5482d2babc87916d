import { submitLead } from '../support/leads.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, liveOffer, offer } from '../support/story.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

describe('too many leads from one address', () => {
  const leadsPath = `/v1/storefront/offers/${offer}/leads`;
  /** No JSON: whoever is let in is answered 400. */
  const call = (from: TestProduct, forwardedFor?: string) =>
    fetch(from.url + leadsPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(forwardedFor && { 'x-forwarded-for': forwardedFor }) },
      body: '{',
    });

  it('are refused before they are read, until some time has passed; other routes answer', async () => {
    for (let count = 0; count < 10; count += 1) expect((await call(product)).status).toBe(400);
    const refused = await call(product);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6']);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', rule: null, status: 429 });
    // What a client says of itself is nobody's word.
    expect((await call(product, '192.0.2.1')).status).toBe(429);
    expect((await submitLead(product, 'contact')).status).toBe(429);
    expect((await submitLead(product, 'contact', { client: await product.owner() })).status).toBe(429);
    expect((await product.visitor.get('/storefront/offers')).status).toBe(200);
    product.clock.advance(5_999);
    const still = await call(product);
    expect([still.status, still.headers.get('retry-after')]).toEqual([429, '1']);
    product.clock.advance(1);
    expect((await submitLead(product, 'contact')).status).toBe(201);
    expect((await call(product)).status).toBe(429);
  });

  it(
    'are told apart by what a trusted proxy says of its clients',
    async () => {
      const behind = await TestProduct.start({ SEATLEDGER_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' });
      const statusOf = async (forwardedFor: string) => (await call(behind, forwardedFor)).status;
      for (let count = 0; count < 10; count += 1) expect(await statusOf('192.0.2.1')).toBe(400);
      expect(await statusOf('192.0.2.1')).toBe(429);
      expect(await statusOf('192.0.2.1, 10.1.2.3')).toBe(429);
      expect(await statusOf('192.0.2.2')).toBe(400);
      expect(await statusOf('198.51.100.1, 192.0.2.1')).toBe(429);
      await behind.stop();
    },
    startMs,
  );
});
