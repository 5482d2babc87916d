import { request } from 'node:http';
import fc from 'fast-check';
import { roles, scopeOf } from '#lib/domain/roles.js';
import { testServer, type TestServer } from '../support/http.js';

const tenant = '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d';
let server: TestServer;
const keys: string[] = ['', 'nonsense'];

beforeAll(async () => {
  server = await testServer();
  const scopes = { publisher: { publisherId: 'fabrikam' }, tenant: { tenantId: tenant }, installation: {} };
  for (const role of roles) keys.push(await server.keyOf(role, scopes[scopeOf(role)]));
});
afterAll(() => server.close());

/** Not fetch: that mends addresses and headers before it sends them. */
function status(method: string, path: string, headers: Record<string, string>, body: Buffer | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url, { method, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

/** What Node's client lets through; the rest is tried byte by byte elsewhere. */
const segment = fc.oneof(
  fc.constantFrom(
    'fabrikam',
    'fabrikam.f365',
    tenant,
    'fabrikam.f365.gold',
    '%00',
    '%2e%2e',
    '..',
    '%F0%9F%98%80',
    '',
    '%',
    '%c3%28',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
);
const parameter = fc.oneof(
  fc.constantFrom(
    'after=x',
    'wait=1',
    'wait=99999',
    'dryRun=true',
    'limit=5',
    'limit=x',
    'cursor=x',
    'filter[tab][eq]=Closed',
    'filter[a]',
    '%',
    '=',
    '__proto__=1',
  ),
  fc.tuple(segment, segment).map(([name, value]) => `${name}=${value}`),
);
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom('{', '{}', '[]', 'null', '{"a":1,"a":2}', '{"__proto__":1}', '1e999', '"\\ud800"', '['.repeat(5000)),
);
const header = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-7', 'x'),
    'if-match': fc.constantFrom('"r1"', '*', 'r1', '"r99999999999999999999"'),
    'idempotency-key': fc.constantFrom('k', '', 'a b', tenant, 'k'.repeat(300)),
    traceparent: fc.constantFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '00-0-0-0', 'x'),
  },
  { requiredKeys: ['content-type'] },
);

it('whatever comes in, no answer is a 5xx: 2,000 requests to the routes there are and beside them', async () => {
  const { routes } = server;
  const path = fc
    .tuple(
      fc.nat(),
      fc.array(segment, { minLength: 4, maxLength: 4 }),
      fc.array(parameter, { maxLength: 3 }),
      fc.boolean(),
    )
    .map(([index, segments, parameters, isRoute]) => {
      const route = routes[index % routes.length];
      const rest = [...segments];
      const known = route?.path.replace(/\{\w+\}/g, () => rest.pop() ?? '') ?? '';
      const search = parameters.length > 0 ? `?${parameters.join('&')}` : '';
      return { method: route?.method ?? 'GET', path: `/v1${isRoute ? known : `/${segments.join('/')}`}${search}` };
    });
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.constantFrom(...keys),
      header,
      json,
      async ({ method, path: target }, key, headers, body) => {
        const authorization = key ? { authorization: `Bearer ${key}` } : {};
        const bytes = method === 'GET' ? null : Buffer.from(body);
        const answered = await status(method, target, { ...headers, ...authorization }, bytes);
        expect(answered).toBeGreaterThanOrEqual(200);
        expect(answered).toBeLessThan(500);
      },
    ),
    { numRuns: 2000 },
  );
  expect(server.logged).toEqual([]);
});

it('bodies near what each command wants, with anything in their fields, are no 5xx either', async () => {
  const fields = server.routes.flatMap(({ parts }) => Object.keys(parts.body?.properties ?? {}));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('', 'fabrikam', tenant, -1, 1.5, 0, true, null),
  );
  const body = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 8 });
  const targets = server.routes.filter(({ parts }) => parts.body !== null);
  const own: Record<string, string> = { publisherId: 'fabrikam', offer: 'fabrikam.f365', tenantId: tenant };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...targets),
      fc.constantFrom(...keys),
      body,
      async ({ method, path }, key, sent) => {
        const target = `/v1${path.replace(/\{(\w+)\}/g, (_, field: string) => own[field] ?? 'x')}`;
        const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
        expect(await status(method, target, headers, Buffer.from(JSON.stringify(sent)))).toBeLessThan(500);
      },
    ),
    { numRuns: 1000 },
  );
  expect(server.logged).toEqual([]);
});
