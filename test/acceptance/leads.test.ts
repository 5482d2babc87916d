import { leadOf, leadsOf, refusalIn, submitLead, untilEnded, untilLead, visitor } from '../support/leads.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import {
  completePages,
  enroll,
  goLive,
  hourMs,
  licensedCustomer,
  liveOffer,
  newTenant,
  offer,
  ok,
} from '../support/story.js';

const dayMs = 24 * hourMs;
let product: TestProduct;
let owner: Client;
beforeAll(async () => {
  product = await TestProduct.start();
  owner = await product.owner();
  await enroll(product);
  await liveOffer(product);
}, startMs);
// So many from one address are limited in time.
beforeEach(() => product.clock.advance(60_000));
afterAll(() => product.stop(), startMs);

const submitted = async (): Promise<string> => (await ok(submitLead(product, 'contact'))).body.leadId;

describe('a lead', () => {
  it('R43 R44 is kept and shown with its visitor, although it can be sent nowhere', async () => {
    const { status, body, headers } = await submitLead(product, 'contact');
    const source = `AppSource-PLT|${offer}`;
    expect([status, headers.get('etag'), body]).toEqual([
      201,
      '"r0"',
      { leadId: body.leadId, source, installAddress: null, revision: 0, position: product.seen, settled: false },
    ]);
    await untilEnded(product, body.leadId);
    const [row] = await leadsOf(product);
    const now = product.clock.now();
    const { firstName, lastName, comments: note, consent: _consent, ...person } = visitor();
    expect(row).toEqual({
      leadId: body.leadId,
      offer,
      kind: 'contact',
      source,
      status: 'submitted',
      submittedAt: now,
      answerDueAt: new Date(Date.parse(now) + 14 * dayMs).toISOString(),
      answeredAt: null,
      closedAt: null,
      personId: expect.stringMatching(/^[a-z0-9-]{36}$/) as string,
      person: { name: `${firstName} ${lastName}`, firstName, lastName, ...person, note },
      erased: false,
      delivery: { status: 'noDestination', attempts: 0, answer: null, nextAttemptAt: null },
      revision: 0,
    });
    expect((await ok(owner.get('/publishers/fabrikam/lead-destination'))).body).toMatchObject({ url: null });
  });

  it('R43 refuses without consent and with bad fields, leaves nothing behind, and repeats none of it', async () => {
    const before = (await ok(owner.get('/publishers/fabrikam/people', { search: 'limit=200' }))).body.rows.length;
    const marker = 'k3-refused-marker-w8';
    const refused = await submitLead(product, 'contact', {
      ...visitor(marker),
      consent: false,
      country: marker,
      email: marker,
    });
    expect([refusalIn(refused), refused.body.errors.length]).toEqual([
      [422, 'LEAD_CONSENT_MISSING', 'R43', '/consent'],
      3,
    ]);
    expect(JSON.stringify(refused.body)).not.toContain(marker);
    const { consent: _consent, ...without } = visitor();
    const path = `/storefront/offers/${offer}/leads`;
    expect(refusalIn(await product.visitor.post(path, { kind: 'contact', ...without }))).toEqual([
      400,
      'BODY_INVALID',
      null,
      '/consent',
    ]);
    const dry = await product.visitor.post(path, { kind: 'contact', ...visitor(marker) }, { search: 'dryRun=true' });
    expect([dry.status, dry.body.events[0].type]).toEqual([200, 'LeadSubmitted']);
    expect(JSON.stringify(dry.body)).not.toContain(marker);
    expect((await ok(owner.get('/publishers/fabrikam/people', { search: 'limit=200' }))).body.rows).toHaveLength(
      before,
    );
    expect(await product.holds(marker)).toBe(false);
  });

  it('is one when it is sent twice with the same key, and the person is the one of the first time', async () => {
    const path = `/storefront/offers/${offer}/leads`;
    const idempotencyKey = '2f1d1a1e-5a2b-4c57-9d0e-7a0c1b2d3e4f';
    const send = (body: object) => product.visitor.post(path, body, { idempotencyKey });
    const first = await ok(send({ kind: 'contact', ...visitor() }));
    const again = await ok(send({ kind: 'contact', ...visitor(), company: 'Someone else' }));
    expect(again.body).toEqual(first.body);
    expect((await leadOf(product, first.body.leadId)).person.company).toBe('Contoso-plain');
    const other = await send({ kind: 'install', ...visitor() });
    expect([other.status, other.body.code]).toEqual([422, 'KEY_REUSED']);
  });

  it('R45 is accepted and won, declined, or expires after 14 days; each once, by its publisher alone', async () => {
    const [taken, turnedDown, forgotten] = [await submitted(), await submitted(), await submitted()];
    const act = (leadId: string, name: string, body: object = {}, client = owner) =>
      client.post(`/leads/${leadId}/${name}`, body);
    const northwind = await product.owner('northwind');
    for (const name of ['accept', 'decline']) expect((await act(taken, name, {}, northwind)).status).toBe(404);
    expect((await act(taken, 'close', { outcome: 'won' }, northwind)).status).toBe(404);
    expect((await act('unknown', 'accept')).status).toBe(404);
    const developer = await product.as('publisher.developer', { publisherId: 'fabrikam' });
    expect((await act(taken, 'accept', {}, developer)).status).toBe(403);

    expect(refusalIn(await act(taken, 'close', { outcome: 'won' }))).toEqual([422, 'LEAD_NOT_ACCEPTED', 'R45', null]);
    await ok(act(taken, 'accept'));
    expect((await ok(act(taken, 'accept'))).revision).toBe(1);
    await ok(act(taken, 'close', { outcome: 'won' }));
    await ok(act(turnedDown, 'decline'));
    expect(refusalIn(await act(turnedDown, 'accept'))).toEqual([422, 'LEAD_NOT_OPEN', 'R45', null]);
    product.clock.advance(14 * dayMs);
    expect(refusalIn(await act(forgotten, 'accept'))).toEqual([422, 'LEAD_NOT_OPEN', 'R45', null]);
    await untilLead(product, forgotten, ({ revision }) => revision === 1);
    const shown = async (search: string) => (await leadsOf(product, search)).map(({ leadId }) => leadId);
    expect(await shown('filter[status][eq]=won')).toEqual([taken]);
    expect(await shown('filter[status][eq]=declined')).toEqual([turnedDown]);
    expect(await shown('filter[status][eq]=expired')).toContain(forgotten);
    expect(await shown(`filter[submittedAt][gt]=${product.clock.now()}`)).toEqual([]);
  });

  it('R41 R42 comes of a button that the listing shows to this viewer, and of none once the offer has left', async () => {
    const buttons = async (client: Client, of = offer) =>
      (await ok(client.get(`/storefront/offers/${of}`))).body.buttons as string[];
    const kindsOf = async (client: Client, of = offer) => {
      const kinds: string[] = [];
      for (const kind of ['contact', 'install', 'freeTrial']) {
        product.clock.advance(60_000);
        if ((await submitLead(product, kind, { client, of })).status === 201) kinds.push(kind);
      }
      return kinds;
    };
    const { tenantId } = await licensedCustomer(product, { gold: 1 });
    const holder = await product.as('customer.userAdmin', { tenantId });
    const admin = await product.as('customer.userAdmin', { tenantId: newTenant() });
    expect([await buttons(product.visitor), await kindsOf(product.visitor)]).toEqual([['Contact Me'], ['contact']]);
    expect([await buttons(admin), await kindsOf(admin)]).toEqual([['Contact Me'], ['contact']]);
    expect([await buttons(holder), await kindsOf(holder)]).toEqual([
      ['Contact Me', 'Get It Now'],
      ['contact', 'install'],
    ]);
    await liveOffer(product, 'fabrikam.free', { freeInstall: true });
    expect(await kindsOf(product.visitor, 'fabrikam.free')).toEqual(['contact']);
    expect(await kindsOf(admin, 'fabrikam.free')).toEqual(['contact', 'install']);

    expect((await submitLead(product, 'contact', { client: product.visitor, of: 'fabrikam.none' })).status).toBe(404);
    await ok(owner.post('/offers/fabrikam.free/stop-distribution'));
    product.clock.advance(4 * hourMs);
    expect(refusalIn(await submitLead(product, 'contact', { client: admin, of: 'fabrikam.free' }))).toEqual([
      422,
      'LEAD_OFFER_NOT_ON_SALE',
      'R42',
      null,
    ]);
  });

  it('R46 of an installation or a free trial answers where to go on, needs no answer, and takes no seat', async () => {
    const { tenantId } = await licensedCustomer(product, { gold: 1 });
    const holder = await product.as('customer.userAdmin', { tenantId });
    const counts = async () => (await ok(holder.get(`/customers/${tenantId}/licenses`))).body.rows;
    const before = await counts();
    const { body } = await ok(submitLead(product, 'install', { client: holder }));
    expect(body).toMatchObject({
      source: `AppSource-INS|${offer}`,
      installAddress: 'https://admin.powerplatform.microsoft.com',
    });
    expect(await counts()).toEqual(before);
    const answer = await owner.post(`/leads/${body.leadId}/accept`);
    expect(refusalIn(answer)).toEqual([422, 'LEAD_NEEDS_NO_ANSWER', 'R46', null]);
    product.clock.advance(15 * dayMs);
    expect(await leadOf(product, body.leadId)).toMatchObject({
      kind: 'install',
      status: 'submitted',
      answerDueAt: null,
    });

    const trial = 'fabrikam.trial';
    await ok(owner.post('/publishers/fabrikam/offers', { offerId: 'trial', alias: 'Trial' }));
    const options = { licenseManagement: false, freeInstall: false, listingOption: 'freeTrial', trialMonths: 1 };
    await ok(owner.put(`/offers/${trial}/licensing-options`, options));
    await completePages(owner, trial);
    await goLive(product, trial);
    const free = await ok(submitLead(product, 'freeTrial', { client: product.visitor, of: trial }));
    expect([free.status, free.body.installAddress]).toEqual([201, 'https://admin.powerplatform.microsoft.com']);
  });
});
