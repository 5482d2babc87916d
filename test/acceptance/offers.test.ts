import { startMs, TestProduct, type Client } from '../support/product.js';
import { licensedCustomer, completePages, enroll, liveOffer, newTenant, ok } from '../support/story.js';
import { licenseManagement } from '../support/offers.js';

let product: TestProduct;
let owner: Client;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  owner = await product.owner();
}, startMs);
afterAll(() => product.stop(), startMs);

const create = (offerId: string, publisherId = 'fabrikam', by = owner) =>
  by.post(`/publishers/${publisherId}/offers`, { offerId, alias: 'Project Blue' });
const faultsOf = ({ status, body }: { status: number; body: { errors?: { rule: string; pointer: string }[] } }) => ({
  status,
  faults: body.errors?.map(({ rule, pointer }) => `${rule} ${pointer}`),
});

describe('creating', () => {
  it('E1 publisher of 20 characters, offer of 19: accepted, 40 with the dot; an offer of 20: refused (R2)', async () => {
    const publisherId = 'publisher-of-20-char';
    await enroll(product, publisherId);
    const by = await product.owner(publisherId);
    const longest = await create('offer-of-19-charact', publisherId, by);
    expect(longest).toMatchObject({
      status: 201,
      revision: 0,
      body: { revision: 0, offer: 'publisher-of-20-char.offer-of-19-charact', settled: true },
    });
    const tooLong = await create('offer-of-20-characte', publisherId, by);
    expect(tooLong.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect({ status: tooLong.status, body: { ...tooLong.body, type: '', traceId: '' } }).toEqual({
      status: 422,
      body: {
        type: '',
        traceId: '',
        title: 'Publisher ID and offer ID are too long together',
        status: 422,
        detail: '"publisher-of-20-char.offer-of-20-characte" has 41 characters.',
        code: 'OFFER_ID_TOO_LONG',
        rule: 'R2',
        errors: [
          {
            pointer: '/offerId',
            code: 'OFFER_ID_TOO_LONG',
            rule: 'R2',
            detail: '"publisher-of-20-char.offer-of-20-characte" has 41 characters.',
          },
        ],
      },
    });
    const page = await fetch(product.url + new URL(tooLong.body.type).pathname);
    expect([page.status, (await page.text()).includes('R2')]).toEqual([200, true]);
  });

  it('E2 "Test Offer", "test.offer": refused (R1)', async () => {
    for (const offerId of ['Test Offer', 'test.offer']) {
      expect(faultsOf(await create(offerId))).toEqual({ status: 422, faults: ['R1 /offerId'] });
    }
  });

  it('E3 the same offer ID twice in a publisher: refused (R3); in another publisher: accepted', async () => {
    await enroll(product, 'adatum');
    expect((await create('twice')).status).toBe(201);
    expect(faultsOf(await create('twice'))).toEqual({ status: 422, faults: ['R3 /offerId'] });
    expect((await create('twice', 'adatum', await product.owner('adatum'))).body.offer).toBe('adatum.twice');
  });
});

describe('drafting', () => {
  it('E4 a plan before license management is chosen: refused (R20)', async () => {
    await ok(create('early'));
    const plan = () => owner.post('/offers/fabrikam.early/plans', { planId: 'gold', name: 'Gold' });
    expect(faultsOf(await plan())).toEqual({ status: 422, faults: ['R20 /planId'] });
    expect((await ok(owner.get('/offers/fabrikam.early/plans'))).body.rows).toEqual([]);
    await ok(owner.put('/offers/fabrikam.early/licensing-options', licenseManagement));
    expect(await plan()).toMatchObject({ status: 201, body: { serviceId: 'fabrikam.early.gold' } });
  });

  it('E5 publish with license management on, no plan, model resource, expired package URL: one refusal, all three', async () => {
    const offer = 'fabrikam.faulty';
    await ok(create('faulty'));
    await ok(owner.put(`/offers/${offer}/licensing-options`, licenseManagement));
    await completePages(owner, offer);
    await ok(owner.put(`/offers/${offer}/package`, { planDefinitions: [], components: [] }));
    await ok(
      owner.put(`/offers/${offer}/technical-configuration`, {
        baseLicenseModel: 'resource',
        packageUrl: 'https://fabrikam.example/f365.zip?se=2026-03-01T11:59:59Z&sig=abc',
      }),
    );
    const { revision } = await ok(owner.get(`/offers/${offer}`));
    const refused = await owner.post(`/offers/${offer}/publish`, {}, { revision });
    expect([refused.status, refused.body.code, refused.body.rule]).toEqual([422, 'LICENSE_MODEL_NOT_USER', 'R14']);
    expect(refused.body.errors.map(({ code, rule }: { code: string; rule: string }) => [code, rule])).toEqual([
      ['LICENSE_MODEL_NOT_USER', 'R14'],
      ['PACKAGE_URL_EXPIRED', 'R15'],
      ['NO_PLAN_ON_SALE', 'R25'],
    ]);
    const after = await ok(owner.get(`/offers/${offer}`));
    expect([after.body.status, after.revision]).toEqual(['Draft', revision]);
  });
});

describe('live', () => {
  it('E8 changing license management after live: refused (R12)', async () => {
    await liveOffer(product, 'fabrikam.fixed');
    const off = { licenseManagement: false, freeInstall: false, listingOption: 'contactMe', trialMonths: null };
    const refused = await owner.put('/offers/fabrikam.fixed/licensing-options', off);
    expect([refused.status, refused.body.code, refused.body.rule]).toEqual([422, 'LICENSE_MANAGEMENT_FIXED', 'R12']);
    const draft = await ok(owner.get('/offers/fabrikam.fixed'));
    expect(draft.body).toMatchObject({ status: 'Live', managesLicenses: true });
  });

  it('E9 license management on, no free install: Contact Me without a license; Contact Me, Get It Now with one', async () => {
    await liveOffer(product);
    const { tenantId } = await licensedCustomer(product, { gold: 1 });
    const buttons = async (by: Client) => (await ok(by.get('/storefront/offers/fabrikam.f365'))).body.buttons;
    expect(await buttons(await product.as('customer.userAdmin', { tenantId: newTenant() }))).toEqual(['Contact Me']);
    expect(await buttons(await product.as('customer.userAdmin', { tenantId }))).toEqual(['Contact Me', 'Get It Now']);
  });

  it('E10 license management on, free install: Get It Now, Contact Me for an admin; Contact Me for a visitor', async () => {
    await liveOffer(product, 'fabrikam.free', { freeInstall: true });
    const buttons = async (by: Client) => (await ok(by.get('/storefront/offers/fabrikam.free'))).body.buttons;
    const admin = await product.as('customer.globalAdmin', { tenantId: newTenant() });
    expect(await buttons(admin)).toEqual(['Get It Now', 'Contact Me']);
    expect(await buttons(product.visitor)).toEqual(['Contact Me']);
  });
});
