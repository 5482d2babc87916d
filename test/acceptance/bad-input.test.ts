import fc from 'fast-check';
import { roles, type Role } from '#lib/domain/roles.js';
import { limits } from '../../apps/server/http/limits.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import { send } from '../support/http.js';
import { consentedDeal, enroll, liveOffer, newTenant, ok, registeredDeal, updateLicenses } from '../support/story.js';
import { isOnPair } from '../support/stores.js';
import { addressOf, surfaceOf, type Described, type Schema } from '../support/surface.js';

let product: TestProduct;
let surface: readonly Described[];
let own: Readonly<Record<string, string>>;
let others: Readonly<Record<string, string>>;
const clients = new Map<Role | 'anyone', Client>();

beforeAll(async () => {
  product = await TestProduct.start();
  surface = await surfaceOf(product);
  const ids: Record<string, string>[] = [];
  for (const publisherId of ['fabrikam', 'adatum']) {
    await enroll(product, publisherId);
    await liveOffer(product, `${publisherId}.f365`);
    const tenantId = newTenant();
    const dealId = await registeredDeal(product, `${publisherId}.f365`);
    const offer = `${publisherId}.f365`;
    ids.push({
      publisherId,
      offer,
      planId: 'gold',
      serviceId: `${offer}.gold`,
      tenantId,
      dealId,
      keyId: '0'.repeat(16),
    });
  }
  own = ids[0] ?? {};
  others = ids[1] ?? {};
  const { tenantId = '' } = own;
  await ok(updateLicenses(product, await consentedDeal(product, tenantId), tenantId, { gold: 2 }));
  clients.set('anyone', product.visitor);
  for (const role of roles) {
    const isPublishers = role === 'app' || role.startsWith('publisher.');
    const scope = isPublishers ? { publisherId: 'fabrikam' } : role.startsWith('customer.') ? { tenantId } : {};
    clients.set(role, await product.as(role, scope));
  }
}, startMs);
afterAll(() => product.stop(), startMs);

/** Who may use a route. */
function clientFor({ roles: allowed }: Described): Client {
  const name = allowed === 'anyone' ? 'anyone' : (allowed[0] as Role);
  return clients.get(name) ?? product.visitor;
}
const bodied = () => surface.filter(({ body }) => body !== null);
const nameOf = ({ method, path }: Described) => `${method} ${path}`;

/** Lets so much time pass that calls without credentials are let in again. */
function pause({ roles: allowed }: Described): void {
  if (allowed === 'anyone') product.clock.advance(limits.callsByAddress.withinMs);
}

/** A value of the shape that a schema asks for, with words that mean something here. */
function valid({ anyOf, enum: words, const: only, type, properties = {}, items = {} }: Schema, name = ''): unknown {
  if (only !== undefined) return only;
  if (words) return words[0];
  if (anyOf) return valid(anyOf[0] ?? {}, name);
  if (type === 'array') return [valid(items, name)];
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, valid(of, key)]));
  if (type === 'string') return own[name] ?? 'x';
  return type === 'boolean' ? true : 1;
}

/** Sends each route that takes a body what is made of its valid body; returns the answers that are not as told. */
async function surprises(textOf: (body: Record<string, unknown>, route: Described) => string, wanted: string) {
  const found: string[] = [];
  for (const route of bodied()) {
    pause(route);
    const text = textOf(valid(route.body ?? {}) as Record<string, unknown>, route);
    const { status, body } = await clientFor(route).send(route.method, addressOf(route, own), text, { after: false });
    if (`${status} ${body.code}` !== wanted) found.push(`${nameOf(route)}: ${status} ${body.code}`);
  }
  return found;
}

describe('every route that takes a body refuses', () => {
  const json = JSON.stringify;
  const first = (body: Record<string, unknown>) => Object.keys(body)[0] ?? '';
  it.each<[string, string, (body: Record<string, unknown>, route: Described) => string]>([
    ['what is cut off', '400 MALFORMED_JSON', (body) => json(body).slice(0, -1)],
    ['a key twice', '400 MALFORMED_JSON', (body) => `{${json(first(body))}:1,${json(body).slice(1)}`],
    ['__proto__', '400 MALFORMED_JSON', (body) => `{"__proto__":1,${json(body).slice(1)}`],
    ['half a surrogate pair', '400 MALFORMED_JSON', (body) => json(body).replace('{', '{"\\ud800":1,')],
    ['what is nested too deep', '400 MALFORMED_JSON', (body) => json({ ...body, [first(body)]: deep(40) })],
    ['a number that no double holds', '400 MALFORMED_JSON', (body) => `{"n":9007199254740993,${json(body).slice(1)}`],
    ['a list', '400 BODY_INVALID', (body) => json([body])],
    ['null', '400 BODY_INVALID', () => 'null'],
    ['an unknown field', '400 BODY_INVALID', (body) => json({ ...body, nobodyKnows: 1 })],
    [
      'a field of the path',
      '400 BODY_INVALID',
      (body, { path }) => json({ ...body, [/\{(\w+)\}/.exec(path)?.[1] ?? 'id']: 'x' }),
    ],
    ['a field of the wrong type', '400 BODY_INVALID', (body) => json({ ...body, [first(body)]: { wrong: true } })],
    [
      'too much',
      '413 BODY_TOO_LARGE',
      (body, { bodyBytes }) => json({ ...body, [first(body)]: 'x'.repeat(bodyBytes + 1) }),
    ],
  ])('%s with %s', async (_what, wanted, textOf) => {
    expect(await surprises(textOf, wanted)).toEqual([]);
  });

  it('what is no JSON by its media type', async () => {
    for (const route of bodied()) {
      pause(route);
      const { status } = await send(route.method, `${product.url}/v1${addressOf(route, own)}`, {
        key: clientFor(route).key ?? '',
        body: '<x/>',
        headers: { 'content-type': 'application/xml' },
      });
      expect([nameOf(route), status]).toEqual([nameOf(route), 415]);
    }
  });
});

it('every route that names something answers 404 where it is unknown or another’s, to whoever may use it', async () => {
  const unknown = {
    publisherId: 'nobody',
    offer: 'fabrikam.none',
    tenantId: newTenant(),
    dealId: 'none',
    keyId: 'none',
  };
  const found: string[] = [];
  // What is searched for in the log, and not found there, is an empty list.
  const naming = surface.filter(({ path }) => path.includes('{') && !path.startsWith('/audit/'));
  for (const route of naming) {
    const client = clientFor(route);
    // A shape that is refused would come first.
    const body = route.method === 'GET' ? undefined : route.body === null ? {} : valid(route.body);
    for (const ids of [unknown, others]) {
      pause(route);
      const isInstallations =
        Array.isArray(route.roles) && ['admin', 'marketplaceOperator'].includes(route.roles[0] ?? '');
      if (ids === others && (isInstallations || route.roles === 'anyone')) continue;
      const path = addressOf(route, { ...own, ...ids });
      const { status } = await client.send(route.method, path, body, {
        after: false,
        search: route.method === 'GET' ? '' : 'dryRun=true',
      });
      const isAction = /^\/(keys|operations|projections)\//.test(route.path);
      if (status !== 404 && !(isAction && status === 400)) found.push(`${route.method} ${path}: ${status}`);
    }
  }
  expect(found).toEqual([]);
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

describe('whatever comes in', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '',
      'x',
      'fabrikam',
      'fabrikam.f365',
      'gold',
      'constructor',
      '__proto__',
      'a.b.c',
      'x'.repeat(201),
      '\u0000',
      '😀',
    ),
    fc.string({ maxLength: 30 }),
  );
  const number = fc.oneof(
    fc.constantFrom(0, -1, 1, 1.5, 1e15, 1_000_000, 1_000_001),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );

  /** Near what a schema asks for: mostly of the right shape, with any content. */
  function near(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const wrong = fc.jsonValue({ maxDepth: 2 });
    return fc.oneof({ weight: 60, arbitrary: shaped(schema, name) }, { weight: 1, arbitrary: wrong });
  }
  function shaped(
    { anyOf, enum: words, pattern, type, properties = {}, items = {} }: Schema,
    name: string,
  ): fc.Arbitrary<unknown> {
    if (words) return fc.constantFrom(...words);
    if (anyOf) return fc.oneof(...anyOf.map((branch) => near(branch, name)), fc.constant(null));
    if (type === 'array') return fc.array(near(items, name), { maxLength: 4 });
    if (type === 'object') {
      return fc.record(Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, near(of, key)])));
    }
    if (type === 'boolean') return fc.boolean();
    if (type === 'number' || type === 'integer') return number;
    const known = fc.constantFrom(own[name] ?? 'x', others[name] ?? 'x');
    return pattern === undefined ? fc.oneof(known, text) : known;
  }

  const parameters = ['after=x', 'wait=0', 'limit=1', 'limit=x', 'cursor=x.y', 'filter[tenantId][eq]=x', '%zz', 'x=1'];
  const search = fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.constantFrom(...parameters) },
  );
  const revision = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 40 }) });

  /** Requests of the callers that may, with own, others' and impossible IDs. */
  function requestOf(route: Described) {
    const segment = fc.oneof(
      { weight: 8, arbitrary: fc.constant('own') },
      { weight: 1, arbitrary: fc.constant('other') },
      { weight: 1, arbitrary: text.map((id) => encodeURIComponent(id || 'x')) },
    );
    const fields = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
    const path = fc.tuple(...fields.map(() => segment)).map((ids) =>
      addressOf(
        route,
        Object.fromEntries(
          fields.map((field, index) => {
            const id = ids[index] ?? '';
            return [field, id === 'own' ? (own[field] ?? 'x') : id === 'other' ? (others[field] ?? 'x') : id];
          }),
        ),
      ),
    );
    const body = route.body === null ? fc.constant(route.method === 'GET' ? undefined : {}) : near(route.body);
    const callers = route.roles === 'anyone' ? [...clients.keys()] : (route.roles as Role[]);
    return fc.record({ path, body, search, revision, caller: fc.constantFrom(...callers) });
  }

  // What refuses is the same on all stores; theirs are the answers to what is let in.
  const numRuns = isOnPair ? 20 : 60;

  it(`to whichever route, no answer is a 5xx, and every refusal is a problem with a code: ${numRuns} requests a route`, async () => {
    const onRoute = (route: Described) =>
      fc.assert(
        fc.asyncProperty(requestOf(route), async ({ path, body, search: words, revision: seen, caller }) => {
          pause(route);
          const client = clients.get(caller) ?? product.visitor;
          const ask = (stated: number | null) =>
            client.send(route.method, path, body, { after: false, search: words, revision: stated });
          const first = await ask(seen);
          const { status, headers, body: answer } = first.status === 428 ? await ask(first.revision) : first;
          expect(status).toBeGreaterThanOrEqual(200);
          expect(status).toBeLessThan(500);
          if (status < 400) return;
          expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
          expect(answer).toEqual(
            expect.objectContaining({ status, code: expect.stringMatching(/^[A-Z_]+$/), traceId: expect.any(String) }),
          );
          expect(answer.errors.length).toBeGreaterThan(0);
        }),
        { numRuns },
      );
    // A few callers at once, each with routes of its own.
    const routes = surface.values();
    const callOneAfterTheOther = async () => {
      for (const route of routes) await onRoute(route);
    };
    await Promise.all(Array.from({ length: 4 }, callOneAfterTheOther));
    const operator = await product.as('operator');
    const { body } = await ok(operator.get('/projections', { after: false }));
    expect(body.rows.flatMap(({ parked }: { parked: unknown[] }) => parked)).toEqual([]);
  }, 120_000);
});
