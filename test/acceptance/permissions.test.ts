import { roles, type Role } from '#lib/domain/roles.js';
import { limits } from '../../apps/server/http/limits.js';
import { startMs, TestProduct } from '../support/product.js';
import { consentedDeal, enroll, liveOffer, newTenant, ok, registeredDeal, updateLicenses } from '../support/story.js';
import { addressOf, surfaceOf, type Described } from '../support/surface.js';

/** Who may do what, written by hand. Kept apart from the product's own declarations on purpose. */
const admins = ['publisher.owner', 'publisher.manager', 'publisher.globalAdmin', 'publisher.accountAdmin'];
const offers = [...admins, 'publisher.developer'];
const deals = [...admins, 'publisher.referralsAdmin'];
const publisher = [...offers, 'publisher.referralsAdmin'];
const consent = ['customer.globalAdmin', 'customer.billingAdmin'];
const seats = ['customer.globalAdmin', 'customer.licenseAdmin', 'customer.userAdmin'];
const customer = [...seats, 'customer.billingAdmin'];
const marketplace = ['marketplaceOperator'];
const permissions: Readonly<Record<string, readonly string[] | 'anyone'>> = {
  'POST /publishers': marketplace,
  'POST /publishers/{publisherId}/isv-connect': marketplace,
  'POST /publishers/{publisherId}/offers': offers,
  'GET /publishers/{publisherId}/offers': publisher,
  'PUT /offers/{offer}/licensing-options': offers,
  'PUT /offers/{offer}/properties': offers,
  'PUT /offers/{offer}/listing': offers,
  'PUT /offers/{offer}/availability': offers,
  'PUT /offers/{offer}/technical-configuration': offers,
  'PUT /offers/{offer}/package': offers,
  'POST /offers/{offer}/plans': offers,
  'GET /offers/{offer}/plans': publisher,
  'PUT /offers/{offer}/plans/{planId}': offers,
  'DELETE /offers/{offer}/plans/{planId}': offers,
  'POST /offers/{offer}/plans/{planId}/stop': offers,
  'POST /offers/{offer}/plans/{planId}/resume': offers,
  'POST /offers/{offer}/stop-distribution': offers,
  'POST /offers/{offer}/publish': offers,
  'POST /offers/{offer}/cancel': offers,
  'PUT /publishers/{publisherId}/lead-destination': deals,
  'GET /publishers/{publisherId}/lead-destination': deals,
  'GET /publishers/{publisherId}/leads': deals,
  'POST /storefront/offers/{offer}/leads': 'anyone',
  'POST /leads/{leadId}/accept': deals,
  'POST /leads/{leadId}/decline': deals,
  'POST /leads/{leadId}/close': deals,
  'POST /offers/{offer}/certify': marketplace,
  'POST /offers/{offer}/reject': marketplace,
  'POST /offers/{offer}/go-live': offers,
  'GET /offers/{offer}/draft': publisher,
  // Who certifies an offer sees its submission, who reviews a deal sees the deal; who audits, what deals became.
  'GET /offers/{offer}': [...publisher, ...marketplace],
  'GET /offers/{offer}/history': [...publisher, 'auditor'],
  'GET /publishers/{publisherId}/notifications': publisher,
  'GET /reviews/submissions': marketplace,
  'GET /reviews/deals': marketplace,
  'GET /publishers/{publisherId}/deals': [...publisher, ...marketplace, 'auditor'],
  'GET /deals/{dealId}': [...publisher, ...marketplace, 'auditor'],
  'GET /deals/{dealId}/invitations': [...publisher, 'auditor'],
  'POST /publishers/{publisherId}/deals': deals,
  'POST /deals/{dealId}/register': deals,
  'PUT /deals/{dealId}': deals,
  'POST /deals/{dealId}/request-update': marketplace,
  'POST /deals/{dealId}/approve': marketplace,
  'POST /deals/{dealId}/decline': marketplace,
  'POST /deals/{dealId}/licenses': deals,
  'POST /deals/{dealId}/invitations': deals,
  'POST /invitations/open': consent,
  'POST /invitations/accept': consent,
  'POST /invitations/decline': consent,
  'POST /invitations/{invitationId}/revoke': deals,
  'GET /operations/{id}': [...seats, 'operator', 'admin'],
  'POST /relationships/{publisherId}.{tenantId}/terminate': [...deals, ...consent],
  'POST /customers/{tenantId}/pools/{serviceId}/assign': seats,
  'POST /customers/{tenantId}/pools/{serviceId}/unassign': seats,
  'PUT /customers/{tenantId}/pools/{serviceId}/shrink-policy': ['customer.globalAdmin', 'customer.licenseAdmin'],
  'GET /customers/{tenantId}/pools/{serviceId}/seats': customer,
  'GET /customers/{tenantId}/pools/{serviceId}/seats-at-stake': customer,
  'GET /customers/{tenantId}/people': seats,
  'PUT /customers/{tenantId}/people/{personId}': seats,
  'DELETE /customers/{tenantId}/people/{personId}': seats,
  'GET /publishers/{publisherId}/people': deals,
  'PUT /publishers/{publisherId}/people/{personId}': deals,
  'DELETE /publishers/{publisherId}/people/{personId}': deals,
  'GET /customers/{tenantId}/licenses': customer,
  'GET /customers/{tenantId}/products': customer,
  'GET /customers/{tenantId}/partners': customer,
  'GET /publishers/{publisherId}/licenses': publisher,
  'GET /publishers/{publisherId}/license-dashboard': publisher,
  'GET /publishers/{publisherId}/license-dashboard/plans': publisher,
  'GET /publishers/{publisherId}/customers': publisher,
  'GET /storefront/offers': 'anyone',
  'GET /storefront/offers/{offer}': 'anyone',
  'GET /ledger': ['auditor'],
  'POST /checks': ['app'],
  'GET /projections': ['operator', 'admin'],
  'POST /keys': ['admin'],
  'GET /keys': ['admin'],
  'DELETE /keys/{keyId}': ['admin'],
};
/** Refusals of a role that carry a rule's number. */
const rules: Readonly<Record<string, string>> = {
  'POST /invitations/open': 'R57',
  'POST /invitations/accept': 'R57',
  'POST /invitations/decline': 'R57',
  'POST /customers/{tenantId}/pools/{serviceId}/assign': 'R79',
  'POST /customers/{tenantId}/pools/{serviceId}/unassign': 'R79',
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
    scopes.push({ publisherId, offer, planId: 'gold', serviceId: `${offer}.gold`, keyId: '0123456789abcdef' });
  }
  const tenants = [newTenant(), newTenant()];
  for (const tenantId of tenants) {
    await ok(updateLicenses(product, await consentedDeal(product, tenantId), tenantId, { gold: 1 }));
  }
  const [ownDeal, otherDeal] = [await registeredDeal(product), await registeredDeal(product, 'adatum.f365')];
  own = { ...scopes[0], tenantId: tenants[0] ?? '', dealId: ownDeal };
  others = { ...scopes[1], tenantId: tenants[1] ?? '', dealId: otherDeal };
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

it('has a line in the table for every route, and a route for every line', () => {
  expect(surface.map(nameOf).sort()).toEqual(Object.keys(permissions).sort());
});

it('declares in its reference the roles of the table', () => {
  const sorted = (allowed: readonly string[] | 'anyone') => (allowed === 'anyone' ? allowed : [...allowed].sort());
  for (const route of surface) {
    expect([nameOf(route), sorted(route.roles)]).toEqual([nameOf(route), sorted(permissions[nameOf(route)] ?? [])]);
  }
});

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
    (route) => route.method !== 'GET' && route.path.includes('{dealId}') && permissions[nameOf(route)] === deals,
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
