import type { Answer, Client, TestProduct } from './product.js';
import { licenseManagement, listing, planIds, technicalConfiguration } from './offers.js';

/** The story of the domain, brought to a point over HTTP alone. What should succeed and does not, throws with its answer. */

export const offer = 'fabrikam.f365';
export const hourMs = 3_600_000;

/** The answer, if it is a success. */
export async function ok(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** A tenant nobody has named yet. */
export function newTenant(): string {
  tenants += 1;
  return `00000000-0000-4000-8000-${String(tenants).padStart(12, '0')}`;
}
let tenants = 0;

/** GoldApp ← gold; SilverApp ← gold, silver; BronzeApp ← all three; HomeApp is not mapped. */
export function packageOf(of: string): object {
  const serviceId = (planId: string) => `${of}.${planId}`;
  return {
    planDefinitions: planIds.map((planId) => ({
      serviceId: serviceId(planId),
      displayName: planId,
      moreInfoUrl: `https://fabrikam.example/${planId}`,
    })),
    components: [
      { name: 'GoldApp', serviceIds: ['gold'].map(serviceId) },
      { name: 'SilverApp', serviceIds: ['gold', 'silver'].map(serviceId) },
      { name: 'BronzeApp', serviceIds: planIds.map(serviceId) },
    ],
  };
}

export async function enroll(product: TestProduct, publisherId = 'fabrikam'): Promise<void> {
  const marketplace = await product.marketplace;
  await ok(marketplace.post('/publishers', { publisherId, name: `${publisherId}, Inc.` }));
  await ok(marketplace.post(`/publishers/${publisherId}/isv-connect`));
}

/** An offer of an enrolled publisher with every page complete, licenses managed, plans gold, silver and bronze. */
export async function completeDraft(product: TestProduct, of = offer, options: object = {}): Promise<void> {
  const [publisherId = '', offerId = ''] = of.split('.');
  const owner = await product.owner(publisherId);
  await ok(owner.post(`/publishers/${publisherId}/offers`, { offerId, alias: `Alias of ${of}` }));
  await ok(owner.put(`/offers/${of}/licensing-options`, { ...licenseManagement, ...options }));
  for (const planId of planIds) {
    await ok(owner.post(`/offers/${of}/plans`, { planId, name: planId }));
    await ok(owner.put(`/offers/${of}/plans/${planId}`, { name: planId, description: `The ${planId} plan.` }));
  }
  await ok(owner.put(`/offers/${of}/package`, packageOf(of)));
  await completePages(owner, of);
}

/** The pages that have nothing to do with licenses. */
export async function completePages(owner: Client, of: string): Promise<void> {
  await ok(owner.put(`/offers/${of}/technical-configuration`, technicalConfiguration));
  await ok(owner.put(`/offers/${of}/properties`, { category: 'Sales' }));
  await ok(owner.put(`/offers/${of}/listing`, listing));
  await ok(owner.put(`/offers/${of}/availability`, { markets: ['SE', 'US'] }));
}

/** Asks until the offer's status holds what is waited for, ten seconds at most. */
export async function untilOffer(
  product: TestProduct,
  of: string,
  holds: (status: Answer['body']) => boolean,
): Promise<Answer> {
  const owner = await product.owner(of.split('.')[0]);
  for (const until = Date.now() + 10_000; ;) {
    const answer = await ok(owner.get(`/offers/${of}`));
    if (holds(answer.body)) return answer;
    if (Date.now() > until) throw new Error(`${of} stays as it is: ${JSON.stringify(answer.body)}`);
  }
}

export function untilStatus(product: TestProduct, of: string, word: string): Promise<Answer> {
  return untilOffer(product, of, ({ status }) => status === word);
}

/** Publishes as the revision seen; returns the submission's ID. */
export async function publish(product: TestProduct, of = offer): Promise<string> {
  const owner = await product.owner(of.split('.')[0]);
  const { revision } = await ok(owner.get(`/offers/${of}`));
  return (await ok(owner.post(`/offers/${of}/publish`, {}, { revision }))).body.submissionId;
}

/** Signs off a preview; the offer is live when the clock has come to the due time. */
export async function signOff(product: TestProduct, of: string, submissionId: string): Promise<Answer> {
  const owner = await product.owner(of.split('.')[0]);
  const { revision } = await untilStatus(product, of, 'Preview');
  return ok(owner.post(`/offers/${of}/go-live`, { submissionId }, { revision }));
}

/** From a complete draft to Live, where the installation certifies by itself; four hours pass. */
export async function goLive(product: TestProduct, of = offer): Promise<void> {
  await signOff(product, of, await publish(product, of));
  product.clock.advance(4 * hourMs);
  await untilStatus(product, of, 'Live');
}

export async function liveOffer(product: TestProduct, of = offer, options: object = {}): Promise<void> {
  await completeDraft(product, of, options);
  await goLive(product, of);
}

/** A complete form for a solution that the partner hosts, unless a tenant is given. */
export function dealForm(product: TestProduct, of = offer, tenantId: string | null = null): object {
  const today = product.clock.now().slice(0, 10);
  return {
    company: 'Contoso',
    country: 'US',
    city: 'Redmond',
    state: 'Washington',
    offer: of,
    solutionValue: { amountMinor: 1_200_000, currency: 'USD' },
    totalContractValue: { amountMinor: 1_500_000, currency: 'USD' },
    deployedIn: tenantId === null ? 'partnerTenant' : 'customerTenant',
    tenantId,
    signedOn: today,
    startsOn: today,
    endsOn: null,
    perpetual: true,
    contact: 'contoso-buyer',
  };
}

export async function registeredDeal(product: TestProduct, of = offer): Promise<string> {
  const publisherId = of.split('.')[0] ?? '';
  const owner = await product.owner(publisherId);
  const { body } = await ok(owner.post(`/publishers/${publisherId}/deals`, dealForm(product, of)));
  await ok(owner.post(`/deals/${body.dealId}/register`));
  return body.dealId;
}

/** Invites the customer; returns the token of the link. */
export async function invite(product: TestProduct, dealId: string, publisherId = 'fabrikam'): Promise<string> {
  const { body } = await ok((await product.owner(publisherId)).post(`/deals/${dealId}/invitations`));
  return body.link.slice(body.link.lastIndexOf('/') + 1);
}

export async function accept(product: TestProduct, token: string, tenantId: string): Promise<Answer> {
  const billing = await product.as('customer.billingAdmin', { tenantId });
  return ok(billing.post('/invitations/accept', { token, organizationName: 'Contoso', country: 'US' }));
}

/** A registered deal whose customer has consented. */
export async function consentedDeal(product: TestProduct, tenantId: string): Promise<string> {
  const dealId = await registeredDeal(product);
  await accept(product, await invite(product, dealId), tenantId);
  return dealId;
}

/** UpdateLicenses with the revision that the deal shows. The answer may be a refusal. */
export async function updateLicenses(
  product: TestProduct,
  dealId: string,
  tenantId: string,
  counts: Readonly<Record<string, number>>,
  removed: readonly string[] = [],
): Promise<Answer> {
  const owner = await product.owner();
  const { revision } = await ok(owner.get(`/deals/${dealId}`));
  const lines = Object.entries(counts).map(([planId, count]) => ({ planId, count }));
  return owner.post(`/deals/${dealId}/licenses`, { tenantId, lines, removed }, { revision });
}

/** A tenant that has licenses by one deal. */
export async function licensedCustomer(product: TestProduct, counts: Readonly<Record<string, number>>) {
  const tenantId = newTenant();
  const dealId = await consentedDeal(product, tenantId);
  await ok(updateLicenses(product, dealId, tenantId, counts));
  return { tenantId, dealId };
}

/** What the ledger holds of a tenant, in the fields that the examples speak of. */
export async function ledgerOf(product: TestProduct, tenantId: string): Promise<readonly unknown[][]> {
  const auditor = await product.as('auditor');
  const { body } = await ok(auditor.get('/ledger', { search: `filter[tenantId][eq]=${tenantId}&limit=200` }));
  return body.rows.map((row: Record<string, unknown>) => [
    row['event'],
    row['planId'],
    row['from'],
    row['to'],
    row['licenses'],
    row['seats'],
  ]);
}
