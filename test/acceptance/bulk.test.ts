import type { Answer, Client } from '../support/product.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, licensedCustomer, liveOffer, newTenant, ok } from '../support/story.js';

let product: TestProduct;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

const persons = (count: number, prefix = 'p') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const adminOf = (tenantId: string) => product.as('customer.licenseAdmin', { tenantId, personId: 'license-admin' });
const poolOf = (tenantId: string) => `/customers/${tenantId}/pools/fabrikam.f365.gold`;

/** Asks until the operation has ended, a minute at most. */
async function ended(client: Client, id: string): Promise<Answer['body']> {
  for (const until = Date.now() + 60_000; ;) {
    const { body } = await ok(client.get(`/operations/${id}`));
    if (body.endedAt !== null) return body;
    if (Date.now() > until) throw new Error(`It is still under way: ${JSON.stringify(body.progress)}`);
  }
}

async function countOf(client: Client, tenantId: string) {
  const { body } = await ok(client.get(`/customers/${tenantId}/licenses`));
  const { total, seats, available } = body.rows.find((row: { planId: string }) => row.planId === 'gold');
  return { total, seats, available };
}

async function assignedEvents(tenantId: string): Promise<number> {
  const auditor = await product.as('auditor');
  let count = 0;
  for (let cursor = ''; ;) {
    const search = `filter[tenantId][eq]=${tenantId}&filter[event][eq]=SeatAssigned&limit=200${cursor}`;
    const { body } = await ok(auditor.get('/ledger', { search }));
    count += body.rows.length;
    if (body.next === null) return count;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}

it('R80 10,000 rows are an operation: rows in order, those after the last free seat refused, the same key the same operation', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 9_990 });
  const admin = await adminOf(tenantId);
  const personIds = [...persons(9_998), 'Not an ID', 'p0'];
  const idempotencyKey = 'ten-thousand';
  const send = () => admin.post(`${poolOf(tenantId)}/assign`, { personIds }, { idempotencyKey });

  const begun = await send();
  expect([begun.status, begun.headers.get('location')]).toEqual([202, `/v1/operations/${begun.body.id}`]);
  expect(begun.body).toEqual({
    id: begun.body.id,
    command: 'AssignSeats',
    status: 'running',
    steps: [{ name: 'AssignSeats', status: 'running', done: 0, total: 10_000 }],
    progress: { done: 0, total: 10_000 },
    startedAt: product.clock.now(),
    endedAt: null,
    position: null,
    problem: null,
    rows: null,
    rebuild: null,
    links: { self: `/v1/operations/${begun.body.id}` },
  });

  const done = await ended(admin, begun.body.id);
  product.note(done.position);
  const rows = [
    ...persons(9_990).map((personId) => ({ personId, result: 'assigned', code: null })),
    ...persons(9_998)
      .slice(9_990)
      .map((personId) => ({ personId, result: 'refused', code: 'NO_AVAILABLE_LICENSES' })),
    // Nothing is kept of what is no person ID: it may be a name (R95).
    { personId: '', result: 'refused', code: 'PERSON_ID_INVALID' },
    { personId: 'p0', result: 'alreadyAssigned', code: null },
  ];
  expect(done).toEqual({
    ...begun.body,
    status: 'done',
    steps: [{ name: 'AssignSeats', status: 'done', done: 10_000, total: 10_000 }],
    progress: { done: 10_000, total: 10_000 },
    endedAt: product.clock.now(),
    position: done.position,
    rows,
  });
  expect(await countOf(admin, tenantId)).toEqual({ total: 9_990, seats: 9_990, available: 0 });

  const again = await send();
  expect([again.status, again.body]).toEqual([202, done]);
  const other = await admin.post(`${poolOf(tenantId)}/assign`, { personIds: ['p1'] }, { idempotencyKey });
  expect([other.status, other.body.code]).toEqual([422, 'KEY_REUSED']);
}, 90_000);

it('R80 a dry run of 1,200 rows answers each of them and writes nothing; 10,001 rows are refused as a whole', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 1_000 });
  const admin = await adminOf(tenantId);
  const before = await countOf(admin, tenantId);
  const dry = await admin.post(`${poolOf(tenantId)}/assign`, { personIds: persons(1_200) }, { search: 'dryRun=true' });
  expect([dry.status, dry.body.dryRun, dry.body.events.length]).toEqual([200, true, 1_000]);
  expect(dry.body.rows.map(({ result }: { result: string }) => result)).toEqual([
    ...Array.from({ length: 1_000 }, () => 'assigned'),
    ...Array.from({ length: 200 }, () => 'refused'),
  ]);
  const long = await admin.post(`${poolOf(tenantId)}/assign`, { personIds: persons(10_001) });
  expect([long.status, long.body.code, long.body.rule]).toEqual([422, 'PERSON_COUNT_OUT_OF_RANGE', 'R80']);
  expect(await countOf(admin, tenantId)).toEqual(before);
});

it('R80 500 rows are one append, 501 an operation; UnassignSeats likewise', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 501 });
  const admin = await adminOf(tenantId);
  const atOnce = await admin.post(`${poolOf(tenantId)}/assign`, { personIds: persons(500) });
  expect([atOnce.status, atOnce.body.rows.length]).toEqual([200, 500]);
  const begun = await admin.post(`${poolOf(tenantId)}/unassign`, { personIds: persons(501) });
  expect(begun.status).toBe(202);
  const done = await ended(admin, begun.body.id);
  product.note(done.position);
  expect(done.rows.map(({ result }: { result: string }) => result)).toEqual([
    ...Array.from({ length: 500 }, () => 'unassigned'),
    'notAssigned',
  ]);
  expect(await countOf(admin, tenantId)).toEqual({ total: 501, seats: 0, available: 501 });
});

it('R79, R86 an operation is there for who started it, operators and admins; its pool is the tenant’s own', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 600 });
  const admin = await adminOf(tenantId);
  const { body } = await ok(admin.post(`${poolOf(tenantId)}/assign`, { personIds: persons(501) }));
  const statusFor = async (client: Client) => (await client.get(`/operations/${body.id}`)).status;
  expect(await statusFor(admin)).toBe(200);
  expect(await statusFor(await product.as('operator'))).toBe(200);
  expect(await statusFor(product.admin)).toBe(200);
  expect(await statusFor(await product.as('customer.userAdmin', { tenantId }))).toBe(404);
  expect(await statusFor(await product.as('auditor'))).toBe(403);
  expect(await statusFor(product.visitor)).toBe(401);
  const elsewhere = newTenant();
  const stranger = await adminOf(elsewhere);
  const nowhere = await stranger.post(`${poolOf(elsewhere)}/assign`, { personIds: persons(501) });
  expect([nowhere.status, nowhere.body.code]).toEqual([404, 'NOT_FOUND']);
  await ended(admin, body.id);
});

it('R80 an operation is canceled by who started it or operators: what was done stays done, and its rows say what that is', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 10_000 });
  const admin = await adminOf(tenantId);
  const { body: begun } = await ok(admin.post(`${poolOf(tenantId)}/assign`, { personIds: persons(10_000) }));
  const cancelBy = (client: Client) => client.post(`/operations/${begun.id}/cancel`);
  const other = await product.as('customer.userAdmin', { tenantId });
  expect((await cancelBy(other)).status).toBe(404);
  const asked = await cancelBy(admin);
  expect([asked.status, asked.body.status, asked.body.rows]).toEqual([202, 'canceling', null]);
  const canceled = await ended(admin, begun.id);
  if (canceled.position !== null) product.note(canceled.position);
  const { done } = canceled.progress;
  expect(done).toBeLessThan(10_000);
  expect(canceled).toMatchObject({
    status: 'canceled',
    problem: null,
    rows: persons(done).map((personId) => ({ personId, result: 'assigned', code: null })),
  });
  expect(await countOf(admin, tenantId)).toEqual({ total: 10_000, seats: done, available: 10_000 - done });
  const again = await cancelBy(await product.as('operator'));
  expect([again.status, again.body.code]).toEqual([409, 'OPERATION_STATUS']);
});

it('R80 an operation that was under way when the server stopped goes on when it starts, and nobody gets two seats', async () => {
  const { tenantId } = await licensedCustomer(product, { gold: 5_000 });
  const admin = await adminOf(tenantId);
  const begun = await ok(admin.post(`${poolOf(tenantId)}/assign`, { personIds: persons(5_000) }));
  await product.restart();
  const { body } = await ok(admin.get(`/operations/${begun.body.id}`, { after: false }));
  expect(['running', 'done']).toContain(body.status);
  const done = await ended(admin, begun.body.id);
  product.note(done.position);
  expect(done.rows).toEqual(persons(5_000).map((personId) => ({ personId, result: 'assigned', code: null })));
  expect(await countOf(admin, tenantId)).toEqual({ total: 5_000, seats: 5_000, available: 0 });
  expect(await assignedEvents(tenantId)).toBe(5_000);
}, 90_000);
