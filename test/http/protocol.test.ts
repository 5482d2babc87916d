import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { done, logId, send, shown, testServer, type TestServer } from '../support/http.js';
import { PutBook, shelfProduct } from '../support/shelf.js';

const tenant = '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d';
const position = `${logId}.00000000000000000007`;
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
const book = { title: 'A', pages: 3 };

let server: TestServer;
const keys = { owner: '', billing: '', auditor: '', operator: '' };

beforeAll(async () => {
  server = await testServer(shelfProduct);
  keys.owner = await server.keyOf('publisher.owner', { publisherId: 'fabrikam', personId: 'ann' });
  keys.billing = await server.keyOf('customer.billingAdmin', { tenantId: tenant });
  keys.auditor = await server.keyOf('auditor');
  keys.operator = await server.keyOf('marketplaceOperator');
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

/** A problem of one fault, in full. */
const problem = (
  status: number,
  code: string,
  title: string,
  detail: unknown,
  more: object = {},
  rule: string | null = null,
) => ({
  type: `/problems/${code}`,
  title,
  status,
  detail,
  code,
  rule,
  errors: [{ pointer: null, code, rule, detail }],
  traceId: trace,
  ...more,
});
const safe = 'Nothing was written; the same request is safe to send again.';
const notYours = 'There is no such thing, or it is not yours.';
const again = 'It may have been written; the same idempotency key is safe to send again.';
const failed = 'Something failed that should not have; it was noted.';
const lag = `Not everything up to the position asked for is there; it is at ${position}.`;
const secret = new Error('SELECT * FROM events: disk I/O error in /data/events.db');

const nameOf = (outcome: Error | { kind: string }) =>
  outcome instanceof Error ? `thrown: ${outcome.message}` : outcome.kind;

describe('an outcome of a command that is no success', () => {
  const cases: [Parameters<TestServer['answer']>[0]['command'] & object, object, Record<string, string>, number][] = [
    [{ kind: 'notFound' }, problem(404, 'NOT_FOUND', 'There is no such thing', notYours), {}, 0],
    [
      { kind: 'forbidden' },
      problem(403, 'FORBIDDEN', 'This role may not do this', 'The role of this key may not do this.'),
      {},
      0,
    ],
    [
      { kind: 'revisionRequired', actual: 4 },
      problem(
        428,
        'REVISION_REQUIRED',
        'This command states the revision that was seen',
        'State the revision you saw as If-Match.',
        { revision: 4 },
        'R76',
      ),
      { etag: '"r4"' },
      0,
    ],
    [
      { kind: 'stale', actual: 4 },
      problem(
        412,
        'STALE_REVISION',
        'Something changed since it was read',
        'It is at revision 4 now.',
        { revision: 4 },
        'R76',
      ),
      { etag: '"r4"' },
      0,
    ],
    [
      { kind: 'keyReused' },
      problem(
        422,
        'KEY_REUSED',
        'The idempotency key was used for something else',
        'This idempotency key came with another command or body before.',
      ),
      {},
      0,
    ],
    [
      { kind: 'tooLarge', detail: '1001 events' },
      problem(422, 'COMMAND_TOO_LARGE', 'The command changes too much at once', '1001 events'),
      {},
      0,
    ],
    [
      { kind: 'contended' },
      problem(503, 'CONTENDED', 'Others kept changing the same thing', safe),
      { 'retry-after': '1' },
      0,
    ],
    [
      { kind: 'unavailable', detail: secret.message },
      problem(503, 'STORE_UNAVAILABLE', 'Nothing can be written at the moment', safe),
      { 'retry-after': '5' },
      1,
    ],
    [
      { kind: 'unknown' },
      problem(503, 'OUTCOME_UNKNOWN', 'Whether it was written is not known', again),
      { 'retry-after': '1' },
      1,
    ],
    [
      { kind: 'behind', position },
      problem(503, 'VIEW_BEHIND', 'The view has not got there yet', lag, { position }),
      { 'retry-after': '1' },
      0,
    ],
    [secret, problem(500, 'INTERNAL', 'The server failed', failed), {}, 1],
    [
      new StoreUnavailableError('full'),
      problem(503, 'STORE_UNAVAILABLE', 'Nothing can be written at the moment', safe),
      { 'retry-after': '5' },
      1,
    ],
    [
      new OutcomeUnknownError('lost'),
      problem(503, 'OUTCOME_UNKNOWN', 'Whether it was written is not known', again),
      { 'retry-after': '1' },
      1,
    ],
    [
      { kind: 'rejected', refusals: [{ code: 'NO_SUCH_CODE', detail: 'A bug.', pointer: null }] },
      problem(500, 'INTERNAL', 'The server failed', failed),
      {},
      1,
    ],
  ];
  it.each(cases.map((row) => [nameOf(row[0]), ...row] as const))(
    '%s',
    async (_name, command, expected, expectedHeaders, logged) => {
      server.answer({ command });
      const { headers, body } = await put({ headers: { traceparent } });
      expect(body).toEqual(expected);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'trace-id': trace,
        ...expectedHeaders,
      });
      expect(server.logged).toHaveLength(logged);
    },
  );

  it('that breaks rules names the first in the order of rules, and lists all', async () => {
    const refusal = (code: string, pointer: string | null) => ({ code, detail: `${code}.`, pointer });
    server.answer({
      command: {
        kind: 'rejected',
        refusals: [refusal('SHELF_FULL', null), refusal('TITLE_INVALID', '/title'), refusal('PAGES_INVALID', '/pages')],
      },
    });
    const { status, body } = await put();
    expect(status).toBe(422);
    expect(body).toEqual({
      type: '/problems/PAGES_INVALID',
      title: 'The number of pages is not valid',
      status: 422,
      detail: 'PAGES_INVALID.',
      code: 'PAGES_INVALID',
      rule: 'R2',
      errors: [
        { pointer: '/pages', code: 'PAGES_INVALID', rule: 'R2', detail: 'PAGES_INVALID.' },
        { pointer: '/title', code: 'TITLE_INVALID', rule: 'R9', detail: 'TITLE_INVALID.' },
        { pointer: null, code: 'SHELF_FULL', rule: null, detail: 'SHELF_FULL.' },
      ],
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('with a code of a 403 is that before any rule', async () => {
    const refusals = ['PAGES_INVALID', 'SIGNER_NOT_ALLOWED'].map((code) => ({ code, detail: '', pointer: null }));
    server.answer({ command: { kind: 'rejected', refusals } });
    expect((await put()).body).toMatchObject({ status: 403, code: 'SIGNER_NOT_ALLOWED', rule: 'R57' });
  });
});

describe('an outcome of a query that is no success', () => {
  const since = '2026-03-01T00:00:00.000Z';
  const cases: [Parameters<TestServer['answer']>[0]['query'] & object, object, string | null][] = [
    [{ kind: 'notFound' }, problem(404, 'NOT_FOUND', 'There is no such thing', notYours), null],
    [
      { kind: 'forbidden' },
      problem(403, 'FORBIDDEN', 'This role may not do this', 'The role of this key may not do this.'),
      null,
    ],
    [
      { kind: 'behind', position },
      problem(503, 'VIEW_BEHIND', 'The view has not got there yet', lag, { position }),
      '1',
    ],
    [
      { kind: 'parked', since, position },
      problem(503, 'DOCUMENT_PARKED', 'This part of the view waits for an operator', `It waits since ${since}.`, {
        since,
        position,
      }),
      '60',
    ],
    [
      { kind: 'malformed', parameter: 'cursor', detail: 'It is not signed.' },
      problem(400, 'PARAMETER_INVALID', 'A parameter or header is not valid', 'cursor: It is not signed.'),
      null,
    ],
    [secret, problem(500, 'INTERNAL', 'The server failed', failed), null],
  ];
  it.each(cases.map((row) => [nameOf(row[0]), ...row] as const))('%s', async (_name, query, expected, retryAfter) => {
    server.answer({ query });
    const { headers, body } = await send('GET', `${server.url}/v1/offers/fabrikam.f365`, {
      key: keys.owner,
      headers: { traceparent },
    });
    expect(body).toEqual(expected);
    expect(headers.get('retry-after')).toBe(retryAfter);
  });
});
