import { done, logId, send, shown, testServer, type TestServer } from '../support/http.js';
import { PutBook, shelfProduct } from '../support/shelf.js';

const tenant = '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d';
const position = `${logId}.00000000000000000007`;
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
const book = { title: 'A', pages: 3 };

let server: TestServer;
const keys = { owner: '', billing: '', auditor: '' };

beforeAll(async () => {
  server = await testServer(shelfProduct);
  keys.owner = await server.keyOf('publisher.owner', { publisherId: 'fabrikam', personId: 'ann' });
  keys.billing = await server.keyOf('customer.billingAdmin', { tenantId: tenant });
  keys.auditor = await server.keyOf('auditor');
});
afterAll(() => server.close());
beforeEach(() => {
  server.answer({ command: done, query: shown });
  server.commands.length = 0;
  server.queries.length = 0;
  server.logged.length = 0;
});

const put = (options: Parameters<typeof send>[2] = {}, search = '') =>
  send('POST', `${server.url}/v1/publishers/fabrikam/books${search}`, { key: keys.owner, body: book, ...options });
const get = (search = '', key = keys.owner) => send('GET', `${server.url}/v1/offers/fabrikam.f365${search}`, { key });
const list = (search = '') => send('GET', `${server.url}/v1/books${search}`, { key: keys.auditor });

describe('a command', () => {
  it('arrives as an instance of its class with defaults filled in, and says who sent it', async () => {
    const headers = { 'idempotency-key': 'k-1', 'if-match': '"r3"', traceparent };
    const search = `?after=${position}&wait=0&dryRun=true`;
    await put({ headers, body: { ...book, tenantId: tenant.toUpperCase() } }, search);
    const [{ command, call }] = server.commands as [(typeof server.commands)[0]];
    expect(command).toBeInstanceOf(PutBook);
    expect({ ...command }).toEqual({ publisherId: 'fabrikam', ...book, note: null, tenantId: tenant, samples: [] });
    expect(call).toEqual({
      actor: { kind: 'key', id: expect.stringMatching(/^[0-9a-f]{16}$/), role: 'publisher.owner', personId: 'ann' },
      caller: { publisherId: 'fabrikam' },
      idempotencyKey: 'k-1',
      expectedRevision: 3,
      dryRun: true,
      after: position,
      waitMs: 0,
      gone: expect.anything(),
      traceparent,
      cause: null,
    });
  });

  it('that says nothing more than it must gets the usual circumstances', async () => {
    await put();
    expect(server.commands[0]?.call).toMatchObject({
      idempotencyKey: null,
      expectedRevision: null,
      dryRun: false,
      after: null,
      waitMs: 2000,
      traceparent: null,
    });
  });

  it('takes its tenant from the path in lower case', async () => {
    await send('POST', `${server.url}/v1/customers/${tenant.toUpperCase()}/books/b1/sign`, { key: keys.billing });
    expect({ ...server.commands[0]?.command }).toEqual({ tenantId: tenant, bookId: 'b1' });
  });

  it('is answered with revision, position, settled, what it answers itself, and an ETag', async () => {
    server.answer({ command: { ...done, answer: { bookId: 'b1' } } as typeof done });
    const { status, headers, body } = await put({ headers: { traceparent } });
    expect(status).toBe(201);
    expect(body).toEqual({ revision: 3, position, settled: true, bookId: 'b1' });
    expect(Object.fromEntries(headers)).toMatchObject({
      etag: '"r3"',
      'trace-id': trace,
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('that is tried dry is answered 200 with its events', async () => {
    const events = [{ type: 'BookPut', data: { title: 'A' } }];
    server.answer({ command: { kind: 'dryRun', revision: 2, events, preview: { lines: [] } } });
    const { status, headers, body } = await put({}, '?dryRun=true');
    expect([status, headers.get('etag')]).toEqual([200, null]);
    expect(body).toEqual({ dryRun: true, revision: 2, events, lines: [] });
  });
});

describe('a query', () => {
  it('arrives with fields from path and query string, typed', async () => {
    await get(`?edition=2&after=${position}&wait=5000`);
    const [{ query, ask }] = server.queries as [(typeof server.queries)[0]];
    expect({ ...query }).toEqual({ offer: 'fabrikam.f365', edition: 2 });
    expect(ask).toMatchObject({ after: position, waitMs: 5000, page: { limit: 50, cursor: null, filter: {} } });
    await get();
    expect({ ...server.queries[1]?.query }).toEqual({ offer: 'fabrikam.f365', edition: 1 });
  });

  it('is answered with its body and the position, and the ETag of its revision', async () => {
    server.answer({ query: { kind: 'one', position, body: { title: 'A', revision: 7 } } });
    const { status, headers, body } = await get();
    expect([status, headers.get('etag'), body]).toEqual([200, '"r7"', { title: 'A', revision: 7, position }]);
    server.answer({ query: { kind: 'one', position, body: { title: 'A' } } });
    expect((await get()).headers.get('etag')).toBeNull();
  });

  it('for a list takes limit, cursor and filters by declared index, and answers rows', async () => {
    server.answer({ query: { kind: 'list', position, rows: [{ title: 'A' }], next: 'c2' } });
    const filter = `filter[title][prefix]=A%26+b&filter[pages][in]=1,2.5&filter[tenantId][eq]=${tenant.toUpperCase()}`;
    const { body } = await list(`?limit=200&cursor=c1&${filter}`);
    expect(body).toEqual({ rows: [{ title: 'A' }], next: 'c2', position });
    expect(server.queries[0]?.ask.page).toEqual({
      limit: 200,
      cursor: 'c1',
      filter: { title: { prefix: 'A& b' }, pages: { in: [1, 2.5] }, tenantId: { eq: tenant } },
    });
  });
});
