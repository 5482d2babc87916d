import { roles, type Role } from '#lib/domain/roles.js';
import { limits } from '../../apps/server/http/limits.js';
import { permissions } from '../support/permissions.js';
import { startMs, TestProduct } from '../support/product.js';
import { consentedDeal, enroll, liveOffer, newTenant, ok, registeredDeal, updateLicenses } from '../support/story.js';
import { addressOf, surfaceOf, type Described } from '../support/surface.js';

/** Refusals of a role that carry a rule's number. */
const rules: Readonly<Record<string, string>> = {
  'POST /invitations/open': 'R57',
  'POST /invitations/accept': 'R57',
  'POST /invitations/decline': 'R57',
  'POST /customers/{tenantId}/pools/{serviceId}/assign': 'R79',
  'POST /customers/{tenantId}/pools/{serviceId}/unassign': 'R79',
};

/** Fields of the query string that a route asks for. */
const searches: Readonly<Record<string, string>> = {
  'GET /audit/inclusion': 'stream=publisher-fabrikam&revision=0',
  'GET /audit/consistency': 'from=1&to=1',
  'GET /customers/{tenantId}/people/{personId}/checks/explanation': 'offer=fabrikam.f365&component=GoldApp',
  'GET /audit/events': 'stream=publisher-fabrikam&size=1',
};

type Ids = Readonly<Record<string, string>>;
let product: TestProduct;
let surface: readonly Described[];
let own: Ids;
let others: Ids;

/** Two publishers and two tenants, each with everything that a path can name. */
beforeAll(async () => {
  product = await TestProduct.start();
  surface = await surfaceOf(product);
  const scopes: Ids[] = [];
  for (const publisherId of ['fabrikam', 'adatum']) {
    const offer = `${publisherId}.f365`;
    await enroll(product, publisherId);
    await liveOffer(product, offer);
    scopes.push({
      publisherId,
      offer,
      planId: 'gold',
      serviceId: `${offer}.gold`,
      keyId: '0123456789abcdef',
      view: 'seats',
    });
  }
  const tenants = [newTenant(), newTenant()];
  for (const tenantId of tenants) {
    await ok(updateLicenses(product, await consentedDeal(product, tenantId), tenantId, { gold: 1 }));
  }
  const [ownDeal, otherDeal] = [await registeredDeal(product), await registeredDeal(product, 'adatum.f365')];
  own = { ...scopes[0], tenantId: tenants[0] ?? '', dealId: ownDeal };
  // Both tenants have a pool of the one plan: who may look at it finds it.
  const { serviceId = '' } = own;
  others = { ...scopes[1], serviceId, tenantId: tenants[1] ?? '', dealId: otherDeal };
}, startMs);
afterAll(() => product.stop(), startMs);

const nameOf = ({ method, path }: Described) => `${method} ${path}`;
const scopeOf = (role: string) =>
  role === 'app' || role.startsWith('publisher.')
    ? 'publisher'
    : role.startsWith('customer.')
      ? 'tenant'
      : 'installation';
const clientOf = (role: Role) => {
  const scope = scopeOf(role);
  if (scope === 'installation') return product.as(role);
  return product.as(role, scope === 'publisher' ? { publisherId: 'fabrikam' } : { tenantId: own['tenantId'] ?? '' });
};

/** Status of a GET, or of a command whose body is no JSON: 400 for whoever is let in. */
function expected(route: Described, role: Role | null, isOwn: boolean): number {
  const allowed = permissions[nameOf(route)] ?? [];
  const letIn = route.method === 'GET' ? 200 : 400;
  if (allowed === 'anyone') return letIn;
  if (role === null) return 401;
  const scope = scopeOf(role);
  const named = [
    ...(/\{tenantId\}/.test(route.path) ? ['tenant'] : []),
    ...(/\{(publisherId|offer)\}/.test(route.path) ? ['publisher'] : []),
  ];
  if (named.length > 0 && scope !== 'installation' && (!named.includes(scope) || !isOwn)) return 404;
  if (!allowed.includes(role)) return 403;
  // There is no operation; whose one is, other tests show.
  if (route.path === '/operations/{id}') return 404;
  // Whose a deal is shows when it is loaded.
  return route.method === 'GET' && route.path.includes('{dealId}') && scope !== 'installation' && !isOwn ? 404 : letIn;
}

it('every route × every role and nobody × own and another’s: the status of the table', async () => {
  const surprises: string[] = [];
  for (const role of [null, ...roles]) {
    const client = role === null ? product.visitor : await clientOf(role);
    for (const route of surface) {
      for (const isOwn of [true, false]) {
        const path = addressOf(route, isOwn ? own : others);
        // Calls without credentials are limited in time.
        product.clock.advance(limits.callsByAddress.withinMs);
        const { status, body } = await client.send(route.method, path, route.method === 'GET' ? undefined : '{', {
          after: false,
          search: searches[nameOf(route)] ?? '',
        });
        const wanted = expected(route, role, isOwn);
        const rule = wanted === 403 ? (rules[nameOf(route)] ?? null) : null;
        const isAsTold = status === wanted && (status !== 403 || body.rule === rule);
        if (!isAsTold) surprises.push(`${role} ${route.method} ${path}: ${status} ${body.code}, not ${wanted}`);
      }
    }
  }
  expect(surprises).toEqual([]);
}, 60_000);

it('another publisher’s deal and one that is not there are answered alike, by every command on a deal', async () => {
  const owner = await product.owner();
  const bodies: Readonly<Record<string, unknown>> = {
    'PUT /deals/{dealId}': {},
    'POST /deals/{dealId}/licenses': { tenantId: own['tenantId'], lines: [], removed: [] },
  };
  const commands = surface.filter(
    (route) =>
      route.method !== 'GET' &&
      route.path.includes('{dealId}') &&
      permissions[nameOf(route)]?.includes('publisher.referralsAdmin'),
  );
  expect(commands.map(nameOf)).toHaveLength(4);
  for (const route of commands) {
    const ask = (dealId: string) => owner.send(route.method, addressOf(route, { dealId }), bodies[nameOf(route)] ?? {});
    const answers = [
      await ask(others['dealId'] ?? ''),
      await ask('00000000-0000-5000-8000-000000000000'),
      await ask('x'),
    ];
    for (const { status, body } of answers) {
      expect([nameOf(route), status, { ...body, traceId: '' }]).toEqual([
        nameOf(route),
        404,
        { ...answers[0]?.body, traceId: '', code: 'NOT_FOUND' },
      ]);
    }
  }
});

it('nobody changed anything of another’s on the way', async () => {
  const adatum = await product.owner('adatum');
  expect((await ok(adatum.get('/offers/adatum.f365'))).body.status).toBe('Live');
  expect((await ok(adatum.get(`/deals/${others['dealId']}`))).body).toMatchObject({ filter: 'Submitted', revision: 1 });
});
