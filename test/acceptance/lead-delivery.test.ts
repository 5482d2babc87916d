import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { leadOf, leadsOf, refusalIn, submitLead, untilAttempted, untilEnded, visitor } from '../support/leads.js';
import { startOutside, type Outside } from '../support/outside.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import { enroll, liveOffer, offer, ok } from '../support/story.js';

const [secondMs, minuteMs] = [1_000, 60_000];
interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let outside: Outside;
let product: TestProduct;
let owner: Client;
/** What the publisher's server got, the newest last. */
const received: Received[] = [];
/** Statuses with which it answers, one after the other; then 200. */
let statuses: number[] = [];

beforeAll(async () => {
  outside = await startOutside((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  product = await TestProduct.start({}, { outgoing: outside.client() });
  owner = await product.owner();
  await enroll(product);
  await liveOffer(product);
}, startMs);
beforeEach(() => {
  received.length = 0;
  statuses = [];
});
afterAll(async () => {
  await product.stop();
  await outside.close();
}, startMs);

const submitted = async (more: object = {}): Promise<string> =>
  (await ok(submitLead(product, 'contact', { ...more }))).body.leadId;
const connect = (path: string) =>
  owner.put('/publishers/fabrikam/lead-destination', { url: `https://fabrikam.example:${outside.port}${path}` });

/** Whether the ID, the time and the body are signed with a secret, as whoever gets them checks. */
const isSignedWith =
  (secret: string) =>
  ({ headers, body }: Received): boolean => {
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
    return headers['webhook-signature'] === new Webhook(secret).sign(String(headers['webhook-id']), at, body);
  };

describe('the delivery of a lead', () => {
  it('R44 posts it signed, tries again on the schedule with the same ID, and shows the outcome', async () => {
    const { secret } = (await ok(connect('/leads'))).body;
    statuses = [503, 500, 302];
    const leadId = await submitted();
    const submittedAt = product.clock.now();
    expect(await untilAttempted(product, leadId, 1)).toMatchObject({ status: 'pending', answer: 'It answered 503.' });
    product.clock.advance(5.5 * secondMs);
    await untilAttempted(product, leadId, 2);
    product.clock.advance(5.5 * minuteMs);
    const third = await untilAttempted(product, leadId, 3);
    expect(third.answer).toBe('It answered 302, and redirects are not followed.');
    const waitMs = Date.parse(third.nextAttemptAt) - Date.parse(product.clock.now());
    expect([waitMs >= 27 * minuteMs, waitMs <= 33 * minuteMs]).toEqual([true, true]);
    product.clock.advance(33 * minuteMs);
    expect(await untilEnded(product, leadId)).toEqual({
      status: 'delivered',
      attempts: 4,
      answer: 'It answered 200.',
      nextAttemptAt: null,
    });

    const { person, personId } = await leadOf(product, leadId);
    expect(received.map(({ path }) => path)).toEqual(['/leads', '/leads', '/leads', '/leads']);
    for (const { headers, body } of received) {
      expect(JSON.parse(body)).toEqual({
        type: 'lead.submitted',
        leadId,
        offer,
        source: `AppSource-PLT|${offer}`,
        kind: 'contact',
        submittedAt,
        person: { personId, ...person },
      });
      expect([headers['webhook-id'], headers['content-type']]).toEqual([leadId, 'application/json; charset=utf-8']);
    }
    expect(received.map(isSignedWith(secret))).toEqual([true, true, true, true]);
    const times = received.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBe(Date.parse(submittedAt) / 1_000);
  });

  it('R44 ends at once with a 410, and the lead is there all the same', async () => {
    await ok(connect('/gone'));
    statuses = [410];
    const leadId = await submitted();
    expect(await untilEnded(product, leadId)).toEqual({
      status: 'failed',
      attempts: 1,
      answer: 'It answered 410.',
      nextAttemptAt: null,
    });
    expect((await leadOf(product, leadId)).status).toBe('submitted');
    await ok(owner.post(`/leads/${leadId}/accept`));
  });

  it('R44 goes where the publisher wants it now: address and secret are replaced, and shown to nobody again', async () => {
    const idempotencyKey = 'connect-1';
    const url = `https://leads.fabrikam.example:${outside.port}/first`;
    const first = () => owner.put('/publishers/fabrikam/lead-destination', { url }, { idempotencyKey });
    const { secret } = (await ok(first())).body;
    expect((await ok(first())).body.secret).toBe(secret);
    statuses = [503];
    const leadId = await submitted();
    await untilAttempted(product, leadId, 1);
    const replaced = (await ok(connect('/second'))).body.secret;
    expect(replaced).not.toBe(secret);
    product.clock.advance(5.5 * secondMs);
    await untilEnded(product, leadId);
    expect(received.map(({ path }) => path)).toEqual(['/first', '/second']);
    expect(received.map(isSignedWith(replaced))).toEqual([false, true]);

    const shown = (await ok(owner.get('/publishers/fabrikam/lead-destination'))).body;
    expect(shown).toMatchObject({ url: `https://fabrikam.example:${outside.port}/second` });
    for (const asked of [secret, replaced]) {
      expect(JSON.stringify([shown, await leadsOf(product)])).not.toContain(asked);
      expect(await product.holds(asked, 'events', 'views')).toBe(false);
    }
    expect(await product.holds(replaced, 'records')).toBe(true);
  });

  it('R44 refuses a destination with a query, and says so', async () => {
    expect(refusalIn(await connect('/leads?key=1'))).toEqual([422, 'LEAD_DESTINATION_INVALID', 'R44', '/url']);
  });
});

describe('erasing a visitor', () => {
  it(
    'R95 leaves no byte of them in any store, ends the delivery, and keeps the lead',
    async () => {
      await ok(connect('/erased'));
      const marker = 'q7-unlikely-visitor-z3';
      statuses = [503];
      const leadId = await submitted(visitor(marker));
      await untilAttempted(product, leadId, 1);
      const { personId } = await leadOf(product, leadId);
      expect(await product.holds(marker, 'records')).toBe(true);
      expect(await product.holds(marker, 'events', 'views')).toBe(false);

      const person = `/publishers/fabrikam/people/${personId}`;
      const erased = await ok(owner.send('DELETE', person, undefined));
      expect(erased.body.settled).toBe(true);
      expect(await product.holds(marker)).toBe(false);
      product.clock.advance(6 * secondMs);
      const delivery = { status: 'personErased', attempts: 1, answer: null, nextAttemptAt: null };
      expect(await untilEnded(product, leadId)).toEqual(delivery);
      expect(received).toHaveLength(1);
      expect(await leadOf(product, leadId)).toMatchObject({
        status: 'submitted',
        person: null,
        erased: true,
        personId,
        delivery,
      });
      await ok(owner.post(`/leads/${leadId}/accept`));

      await product.stop();
      expect(await product.holds(marker)).toBe(false);
      const written = (await product.stream(`lead-${leadId}`)).map(({ type }) => type);
      await product.start();
      expect(written).toEqual(['LeadSubmitted', 'LeadAccepted']);
    },
    startMs,
  );
});
