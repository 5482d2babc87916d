import { send, testServer, type TestServer } from '../support/http.js';
import { shelfProduct } from '../support/shelf.js';

const tenant = '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d';
const other = '00000000-0000-4000-8000-000000000000';
const book = { title: 'A', pages: 3 };

let server: TestServer;
const keys: Record<string, string> = { none: '', wrong: `sl_${'0'.repeat(16)}_${'A'.repeat(43)}` };

beforeAll(async () => {
  server = await testServer(shelfProduct);
  keys.owner = await server.keyOf('publisher.owner', { publisherId: 'fabrikam' });
  keys.developer = await server.keyOf('publisher.developer', { publisherId: 'fabrikam' });
  keys.stranger = await server.keyOf('publisher.owner', { publisherId: 'contoso' });
  keys.billing = await server.keyOf('customer.billingAdmin', { tenantId: tenant });
  keys.license = await server.keyOf('customer.licenseAdmin', { tenantId: tenant });
  keys.operator = await server.keyOf('marketplaceOperator');
  keys.admin = await server.keyOf('admin');
  keys.auditor = await server.keyOf('auditor');
});
afterAll(() => server.close());

const books = '/v1/publishers/fabrikam/books';
const sign = (of: string) => `/v1/customers/${of}/books/b1/sign`;

describe('the order of refusals: 401, 404 by path, 403, 400', () => {
  it.each([
    ['nobody, a path of another, bad JSON', 'none', 'POST', books, '{', 401, 'UNAUTHENTICATED'],
    ['a key that is none, bad JSON', 'wrong', 'POST', books, '{', 401, 'UNAUTHENTICATED'],
    ["another publisher's, bad JSON", 'stranger', 'POST', books, '{', 404, 'NOT_FOUND'],
    [
      "another publisher's, also for a role that may not",
      'developer',
      'POST',
      '/v1/publishers/contoso/books',
      '{',
      404,
      'NOT_FOUND',
    ],
    ["a publisher's, for a tenant", 'billing', 'POST', books, '{', 404, 'NOT_FOUND'],
    ["another tenant's", 'billing', 'POST', sign(other), '{', 404, 'NOT_FOUND'],
    ["a tenant's, for a publisher", 'owner', 'POST', sign(tenant), '{', 404, 'NOT_FOUND'],
    ["another publisher's offer", 'stranger', 'GET', '/v1/offers/fabrikam.f365', undefined, 404, 'NOT_FOUND'],
    ['an offer without a dot', 'owner', 'GET', '/v1/offers/fabrikam', undefined, 404, 'NOT_FOUND'],
    ['an offer without a name', 'owner', 'GET', '/v1/offers/', undefined, 404, 'NOT_FOUND'],
    ['an empty ID', 'operator', 'POST', '/v1/publishers//books', '{', 404, 'NOT_FOUND'],
    ['the role may not, bad JSON', 'developer', 'POST', books, '{', 403, 'FORBIDDEN'],
    ['the installation’s admin does nothing of the domain', 'admin', 'POST', books, book, 403, 'FORBIDDEN'],
    ['R57 the role may not, with a code of its own', 'license', 'POST', sign(tenant), '{', 403, 'SIGNER_NOT_ALLOWED'],
    ['bad JSON', 'owner', 'POST', books, '{', 400, 'MALFORMED_JSON'],
    ['a route that is not there, without credentials', 'none', 'GET', '/v1/nowhere', undefined, 404, 'NOT_FOUND'],
    ['a method that is not there', 'owner', 'PATCH', books, undefined, 404, 'NOT_FOUND'],
    ['a bad key where none is needed', 'wrong', 'POST', '/v1/reviews', { words: 'x' }, 401, 'UNAUTHENTICATED'],
    ['nothing is wrong', 'owner', 'POST', books, book, 201, undefined],
    ['the installation’s roles reach every publisher', 'operator', 'POST', books, book, 201, undefined],
    ['the tenant’s GUID in capitals', 'billing', 'POST', sign(tenant.toUpperCase()), undefined, 200, undefined],
    ['anyone', 'none', 'POST', '/v1/reviews', { words: 'x' }, 200, undefined],
    ['anyone, with a key of whatever role', 'license', 'POST', '/v1/reviews', { words: 'x' }, 200, undefined],
  ])('%s', async (_name, who, method, path, body, status, code) => {
    const answer = await send(method, server.url + path, { key: keys[who] ?? '', body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('401s are all alike and say how to authenticate', async () => {
    const record = await server.keys.create({
      role: 'auditor',
      publisherId: null,
      tenantId: null,
      personId: null,
      label: 'x',
      expiresAt: '2026-03-01T12:00:01.000Z',
    });
    server.clock.set('2026-03-01T12:00:01.000Z');
    const [id, secret] = [record.record.keyId, record.text.split('_').slice(2).join('_')];
    const headers = [
      '',
      `Basic ${id}`,
      'Bearer',
      'Bearer ',
      `Bearer sl_${id}_${'A'.repeat(43)}`,
      `Bearer ${record.text}`,
      `Bearer ${secret}`,
      'Bearer ä',
    ];
    const answers = await Promise.all(
      headers.map((authorization) =>
        send('GET', `${server.url}/v1/books`, { headers: authorization ? { authorization } : {} }),
      ),
    );
    for (const { status, headers: answered, body } of answers) {
      expect([status, answered.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect({ ...body, traceId: '' }).toEqual({ ...answers[0]?.body, traceId: '' });
    }
  });

  it('a key in the query string is no key, and is not repeated in the answer', async () => {
    const { status, body } = await send('GET', `${server.url}/v1/books?access_token=${keys.auditor}`);
    expect(status).toBe(401);
    expect(JSON.stringify(body)).not.toContain(keys.auditor);
  });
});

describe('what does not have the right shape', () => {
  const put = (body: unknown, search = '', headers: Record<string, string> = {}) =>
    send('POST', `${server.url}${books}${search}`, { key: keys.owner ?? '', body, headers });
  const bad = (pointer: string | null, detail: string, code = 'BODY_INVALID') => ({
    pointer,
    code,
    rule: null,
    detail,
  });

  it('is refused with everything that is wrong with body, parameters and headers', async () => {
    const body = {
      titel: 'A',
      pages: '3',
      note: 5,
      samples: [{ text: 'abcdef' }, { 'a/b': 1 }],
      publisherId: 'fabrikam',
    };
    const headers = { 'if-match': 'r3', 'idempotency-key': 'a b' };
    const { status, body: answer } = await put(body, '?wait=5001&after=x&dryRun=yes&limit=3&wait=1', headers);
    expect(status).toBe(400);
    const order = (list: { detail: string }[]) => list.map((item) => JSON.stringify(item)).sort();
    expect(order(answer.errors)).toEqual(
      order([
        bad(null, 'wait must be milliseconds from 0 to 5000.', 'PARAMETER_INVALID'),
        bad(null, 'wait is given twice.', 'PARAMETER_INVALID'),
        bad(null, 'after must be a position that this installation answered.', 'PARAMETER_INVALID'),
        bad(null, 'dryRun must be true or false.', 'PARAMETER_INVALID'),
        bad(null, 'limit is no parameter of this route.', 'PARAMETER_INVALID'),
        bad(null, 'If-Match must be an ETag of this server: "r<revision>".', 'PARAMETER_INVALID'),
        bad(null, 'Idempotency-Key must be 1 to 255 visible ASCII characters, sent once.', 'PARAMETER_INVALID'),
        bad('/title', 'is missing'),
        bad('/titel', 'is not known here'),
        bad('/publisherId', 'is not known here'),
        bad('/pages', 'must be number'),
        bad('/note', 'must be string or null'),
        bad('/samples/0/text', 'must NOT have more than 5 characters'),
        bad('/samples/1/text', 'is missing'),
        bad('/samples/1/a~1b', 'is not known here'),
      ]),
    );
    expect(server.commands).not.toContainEqual(
      expect.objectContaining({ command: expect.objectContaining({ titel: 'A' }) }),
    );
  });

  it.each([
    ['null', 'null', 400, 'BODY_INVALID'],
    ['a list', '[]', 400, 'BODY_INVALID'],
    ['a text', '"x"', 400, 'BODY_INVALID'],
    ['nothing', '', 400, 'BODY_INVALID'],
    ['doubled keys', '{"title":"A","title":"B","pages":3}', 400, 'MALFORMED_JSON'],
    ['__proto__', '{"title":"A","pages":3,"__proto__":{}}', 400, 'MALFORMED_JSON'],
    ['nested too deep', `{"title":${'['.repeat(40)}${']'.repeat(40)},"pages":3}`, 400, 'MALFORMED_JSON'],
    ['65,536 bytes', JSON.stringify({ title: 'x'.repeat(65_536 - 22), pages: 3 }), 400, 'BODY_INVALID'],
    ['65,537 bytes', JSON.stringify({ title: 'x'.repeat(65_537 - 22), pages: 3 }), 413, 'BODY_TOO_LARGE'],
  ])('a body that is %s', async (_name, body, status, code) => {
    const answer = await put(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('lists at most 100 of a thousand faults', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1]));
    expect((await put({ ...book, ...unknown })).body.errors).toHaveLength(100);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'multipart/form-data; boundary=x',
    'application/xml',
    'json',
  ])('a body of type %s', async (type) => {
    const answer = await put(JSON.stringify(book), '', { 'content-type': type });
    expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('does not close the connection for a malformed body', async () => {
    expect((await put('{')).headers.get('connection')).toBe('keep-alive');
  });

  it.each([
    ['wait=5000', 201],
    ['wait=0', 201],
    ['wait=-1', 400],
    ['wait=1e3', 400],
    ['wait=', 400],
    ['dryRun=false', 201],
    ['dryRun=1', 400],
    ['dryRun', 400],
    ['after=foreign.00000000000000000007', 400],
    ['after=0b5c7c1e.7', 400],
    ['after=%zz', 400],
    ['after=%00', 400],
    ['cursor=x', 400],
    ['filter[title][eq]=A', 400],
    ['title=A', 400],
    ['', 201],
    ['&', 201],
  ])('of a command, ?%s → %i', async (search, status) => {
    expect((await put(book, `?${search}`)).status).toBe(status);
  });

  it.each([
    ['limit=1', 200],
    ['limit=200', 200],
    ['limit=201', 400],
    ['limit=0', 400],
    ['limit=01', 400],
    ['cursor=', 400],
    ['dryRun=true', 400],
    ['filter[title][eq]=A', 200],
    ['filter%5Btitle%5D%5Beq%5D=A', 200],
    ['filter[title][like]=A', 400],
    ['filter[author][eq]=A', 400],
    ['filter[constructor][eq]=A', 400],
    ['filter[title]=A', 400],
    ['filter=A', 400],
    ['filter[pages][gte]=3', 200],
    ['filter[pages][gte]=three', 400],
    ['filter[pages][prefix]=3', 400],
    ['filter[title][gt]=A&filter[title][lt]=B', 400],
    [`filter[title][in]=${Array(50).fill('a').join(',')}`, 200],
    [`filter[title][in]=${Array(51).fill('a').join(',')}`, 400],
    [`filter[title][eq]=${'a'.repeat(2001)}`, 400],
  ])('of a list, ?%s → %i', async (search, status) => {
    expect((await send('GET', `${server.url}/v1/books?${search}`, { key: keys.auditor ?? '' })).status).toBe(status);
  });

  it.each([
    ['"r0"', 201],
    ['"r999999999999999"', 201],
    ['"r-1"', 400],
    ['W/"r1"', 400],
    ['*', 400],
    ['"r1", "r2"', 400],
    ['"1"', 400],
  ])('If-Match: %s → %i', async (tag, status) => {
    expect((await put(book, '', { 'if-match': tag })).status).toBe(status);
  });

  it('wants a UUID as idempotency key from those without credentials', async () => {
    const review = (key: string) =>
      send('POST', `${server.url}/v1/reviews`, { body: { words: 'x' }, headers: { 'idempotency-key': key } });
    expect((await review('k1')).body.errors).toEqual([
      bad(null, 'Without credentials Idempotency-Key must be a UUID.', 'PARAMETER_INVALID'),
    ]);
    expect((await review('5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d')).status).toBe(200);
    expect((await put(book, '', { 'idempotency-key': 'k'.repeat(255) })).status).toBe(201);
    expect((await put(book, '', { 'idempotency-key': 'k'.repeat(256) })).status).toBe(400);
  });
});

describe('permissions', () => {
  it('every route of the product lets in exactly the roles that it declares', async () => {
    const product = await testServer();
    const { scopeOf, roles } = await import('#lib/domain/roles.js');
    const scopes = { publisher: { publisherId: 'fabrikam' }, tenant: { tenantId: tenant }, installation: {} };
    const own: Record<string, string> = {
      publisherId: 'fabrikam',
      offer: 'fabrikam.f365',
      tenantId: tenant,
      serviceId: 'fabrikam.f365.gold',
    };
    const wrong: string[] = [];
    for (const role of roles) {
      const scope = scopeOf(role);
      const key = await product.keyOf(role, scopes[scope]);
      for (const { method, path, http, denied } of product.routes) {
        const url = product.url + '/v1' + path.replace(/\{(\w+)\}/g, (_, field: string) => own[field] ?? 'x');
        // A body that is no JSON: whoever is let in gets a 400, or for a GET whatever was asked for.
        const { status, body } = await send(method, url, { key, ...(method !== 'GET' && { body: '{' }) });
        const names = { publisher: /\{(publisherId|offer)\}/.test(path), tenant: path.includes('{tenantId}') };
        const isForeign =
          http.by !== 'anyone' && scope !== 'installation' && (names.publisher || names.tenant) && !names[scope];
        const isAllowed = http.by === 'anyone' || http.by.includes(role);
        const expected = isForeign ? 'NOT_FOUND' : isAllowed ? null : denied;
        const refused = [401, 403, 404].includes(status) ? body.code : null;
        if (refused !== expected) wrong.push(`${role} ${method} ${path}: ${refused} instead of ${expected}`);
      }
    }
    await product.close();
    expect(wrong).toEqual([]);
  });
});
