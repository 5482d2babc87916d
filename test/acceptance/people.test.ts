import { marked, unknown } from '../support/persons.js';
import { startMs, TestProduct, type Answer, type Client } from '../support/product.js';
import { dealForm, enroll, licensedCustomer, liveOffer, ok, registeredDeal } from '../support/story.js';

let product: TestProduct;
let owner: Client;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  owner = await product.owner();
}, startMs);
afterAll(() => product.stop(), startMs);

const code = ({ status, body }: Answer) => [status, body.code, body.rule, body.errors?.[0]?.pointer];
const idsOf = ({ body }: Answer) => body.rows.map(({ personId }: { personId: string }) => personId);
const stateOf = ({ personId, person, erased }: Record<string, unknown>) => ({ personId, person, erased });

/** A tenant with five gold licenses, and what its user admin does. */
async function customer() {
  const { tenantId } = await licensedCustomer(product, { gold: 5 });
  const admin = await product.as('customer.userAdmin', { tenantId });
  const pool = `/customers/${tenantId}/pools/fabrikam.f365.gold`;
  const person = (personId: string) => `/customers/${tenantId}/people/${personId}`;
  return {
    tenantId,
    admin,
    person,
    people: (search = '') => admin.get(`/customers/${tenantId}/people`, { search }),
    assign: (...personIds: string[]) => admin.post(`${pool}/assign`, { personIds }),
    unassign: (...personIds: string[]) => admin.post(`${pool}/unassign`, { personIds }),
    seats: async () => (await ok(admin.get(`${pool}/seats`))).body.rows.map(stateOf),
    licenses: async () => (await ok(admin.get(`/customers/${tenantId}/licenses`))).body.rows,
  };
}

describe('the directory of people', () => {
  it('R95 keeps a person, shows them in the list and beside their seat, and replaces them whole', async () => {
    const { tenantId, admin, person, people, assign, seats } = await customer();
    const put = await ok(admin.put(person('ada'), marked('first')));
    expect([put.status, put.headers.get('etag'), put.body]).toEqual([
      200,
      null,
      { revision: -1, position: expect.any(String) as string, settled: true },
    ]);
    await ok(assign('ada', 'stranger'));
    expect((await ok(people())).body).toEqual({
      rows: [{ personId: 'ada', ...marked('first') }],
      next: null,
      position: product.seen,
    });
    await ok(admin.put(person('ada'), { name: 'Ada' }));
    expect(await seats()).toEqual([
      { personId: 'ada', person: { name: 'Ada', ...unknown }, erased: false },
      { personId: 'stranger', person: null, erased: false },
    ]);
    expect(
      (await (await product.as('customer.licenseAdmin', { tenantId })).get(`/customers/${tenantId}/people`)).status,
    ).toBe(200);
  });

  it('R95 lists by person ID in pages, each scope for itself', async () => {
    const { admin, person, people } = await customer();
    const other = await customer();
    for (const personId of ['eve', 'ann', 'bob', 'dan']) await ok(admin.put(person(personId), { name: personId }));
    await ok(other.admin.put(other.person('mia'), { name: 'Mia' }));
    const first = await ok(people('limit=3'));
    expect(idsOf(first)).toEqual(['ann', 'bob', 'dan']);
    const second = await ok(people(`limit=3&cursor=${encodeURIComponent(first.body.next)}`));
    expect([idsOf(second), second.body.next]).toEqual([['eve'], null]);
    expect(idsOf(await ok(other.people()))).toEqual(['mia']);
    const stolen = await other.people(`cursor=${encodeURIComponent(first.body.next)}`);
    expect([stolen.status, stolen.body.code]).toEqual([400, 'PARAMETER_INVALID']);
  });

  it('R95 is nobody else’s: another tenant’s and another publisher’s is not there', async () => {
    const { admin, person } = await customer();
    const { tenantId, admin: stranger } = await customer();
    const publishers = await product.owner('northwind');
    await ok(admin.put(person('ada'), { name: 'Ada' }));
    const path = person('ada').replace('/ada', '');
    for (const asked of [
      stranger.get(path),
      stranger.put(person('ada'), { name: 'Mallory' }),
      stranger.send('DELETE', person('ada'), undefined),
      publishers.get('/publishers/fabrikam/people'),
      publishers.put('/publishers/fabrikam/people/ada', { name: 'Mallory' }),
      publishers.send('DELETE', '/publishers/fabrikam/people/ada', undefined),
      stranger.get('/publishers/fabrikam/people'),
    ]) {
      expect((await asked).status).toBe(404);
    }
    const billing = await product.as('customer.billingAdmin', { tenantId });
    expect((await billing.get(`/customers/${tenantId}/people`)).status).toBe(403);
    expect((await ok(admin.get(path))).body.rows).toEqual([{ personId: 'ada', name: 'Ada', ...unknown }]);
  });

  it('R95 takes nothing on a dry run or with a refusal, and says of a fault nothing of what was sent', async () => {
    const { admin, person, people } = await customer();
    const dry = await ok(admin.put(person('ada'), marked('dry'), { search: 'dryRun=true' }));
    expect(dry.body).toEqual({ dryRun: true, revision: -1, events: [] });
    const refused = await admin.put(person('Ada-L'), { ...marked('refused'), name: '', email: 'refused' });
    expect([code(refused), refused.body.errors.length]).toEqual([[422, 'PERSON_ID_INVALID', 'R95', '/personId'], 3]);
    expect(JSON.stringify(refused.body)).not.toContain('refused');
    expect((await ok(people())).body.rows).toEqual([]);
  });
});

describe('erasing', () => {
  it(
    'R95 leaves no byte of a person in any store, one event, the seats and the counts',
    async () => {
      const { tenantId, admin, person, people, assign, unassign, seats, licenses } = await customer();
      const marker = 'q7-unlikely-marker-z3';
      await ok(admin.put(person('ada'), marked(`old-${marker}`)));
      await ok(admin.put(person('ada'), marked(marker)));
      await ok(admin.put(person('bob'), { name: 'Bob' }));
      await ok(assign('ada', 'bob'));
      expect((await ok(people())).body.rows).toHaveLength(2);
      expect(await seats()).toMatchObject([{ person: marked(marker) }, { person: { name: 'Bob' } }]);
      const before = await licenses();
      expect(await product.holds(marker)).toBe(true);

      const erased = await ok(admin.send('DELETE', person('ada'), undefined));
      expect(erased.body).toEqual({ revision: 0, position: expect.any(String) as string, settled: true });
      expect(await product.holds(marker)).toBe(false);

      expect(idsOf(await ok(people()))).toEqual(['bob']);
      expect(await seats()).toEqual([
        { personId: 'ada', person: null, erased: true },
        { personId: 'bob', person: { name: 'Bob', ...unknown }, erased: false },
      ]);
      expect(await licenses()).toEqual(before);
      const again = await ok(admin.send('DELETE', person('ada'), undefined));
      expect(again.body).toEqual(erased.body);
      expect(code(await admin.put(person('ada'), marked(marker)))).toEqual([422, 'PERSON_ERASED', 'R95', '/personId']);
      expect(code(await assign('ada'))).toEqual([422, 'PERSON_ERASED', 'R95', '/personIds/0']);
      expect((await ok(assign('ada', 'cyd'))).body.rows).toEqual([
        { personId: 'ada', result: 'refused', code: 'PERSON_ERASED' },
        { personId: 'cyd', result: 'assigned', code: null },
      ]);
      expect((await ok(unassign('ada'))).body.rows).toMatchObject([{ result: 'unassigned' }]);
      expect(await product.holds(marker)).toBe(false);

      await product.stop();
      expect(await product.holds(marker)).toBe(false);
      const left = (await product.stream(`person-${tenantId}.ada`)).map(({ type, data, meta }) => {
        return { type, data, role: meta.actor.role, tenant: meta.tenant };
      });
      await product.start();
      const data = { personId: 'ada', publisherId: null, tenantId };
      expect(left).toEqual([{ type: 'PersonErased', data, role: 'customer.userAdmin', tenant: tenantId }]);
    },
    startMs,
  );

  it('R95 a publisher’s contact: refused in deals from then on, an opaque ID in those that there are', async () => {
    const person = '/publishers/fabrikam/people/contoso-buyer';
    await ok(owner.put(person, marked('buyer')));
    const dealId = await registeredDeal(product);
    const contact = async (client: Client) => (await ok(client.get(`/deals/${dealId}`))).body.contact;
    expect(await contact(owner)).toEqual({ personId: 'contoso-buyer', person: marked('buyer'), erased: false });
    expect(await contact(await product.marketplace)).toMatchObject({ person: null, erased: false });
    expect((await ok(owner.get('/publishers/fabrikam/people'))).body.rows).toMatchObject([marked('buyer')]);

    await ok(owner.send('DELETE', person, undefined));
    expect(await contact(owner)).toEqual({ personId: 'contoso-buyer', person: null, erased: true });
    const { body } = await ok(owner.get('/publishers/fabrikam/deals'));
    expect(body.rows[0].contact).toEqual({ personId: 'contoso-buyer', person: null, erased: true });
    const refusal = [422, 'PERSON_ERASED', 'R95', '/contact'];
    expect(code(await owner.post('/publishers/fabrikam/deals', dealForm(product)))).toEqual(refusal);
    expect(code(await owner.put(`/deals/${dealId}`, dealForm(product)))).toEqual(refusal);
    await ok(owner.put(`/deals/${dealId}`, { ...dealForm(product), contact: 'contoso-other' }));
  });

  it('R39 the history shows an unidentified user for what an erased person did', async () => {
    const developer = await product.as('publisher.developer', { publisherId: 'fabrikam', personId: 'dev-1' });
    await ok(developer.put('/offers/fabrikam.f365/properties', { category: 'Finance' }));
    const latest = async () => {
      const { body } = await ok(owner.get('/offers/fabrikam.f365/history', { search: 'limit=1' }));
      return [body.rows[0].event, body.rows[0].initiator, body.rows[0].who.personId];
    };
    expect(await latest()).toEqual(['PropertiesSaved', 'publisherUser', 'dev-1']);
    await ok(owner.send('DELETE', '/publishers/fabrikam/people/dev-1', undefined));
    expect(await latest()).toEqual(['PropertiesSaved', 'unidentifiedUser', 'dev-1']);
  });
});
