import { Client, type Seen } from '../../apps/server/demo/client.js';
import { dealForm, offer, titled } from '../../apps/server/demo/fabrikam.js';
import * as fabrikam from '../../apps/server/demo/fabrikam.js';

/** A deal whose customer has consented, ready for license updates; with the key that may make them. */
export interface OpenDeal {
  readonly dealId: string;
  readonly tenantId: string;
  revision: number;
}

export interface Marketplace {
  readonly deals: readonly OpenDeal[];
  readonly publisherKey: string;
  readonly appKey: string;
}

/** Brings an empty server to so many deals with consented customers, all through HTTP; the first has a seat for `ada`. */
export async function openMarketplace(base: string, adminKey: string, count: number): Promise<Marketplace> {
  const seen: Seen = { position: null };
  const keyFor = async (scope: object): Promise<string> => {
    const answer = await new Client(base, adminKey, { position: null }).post('/keys', { ...scope, label: 'bench' });
    return answer.body.key;
  };
  const as = async (scope: object) => new Client(base, await keyFor(scope), seen);
  const marketplace = await as({ role: 'marketplaceOperator' });
  const publisherKey = await keyFor({ role: 'publisher.owner', publisherId: 'fabrikam' });
  const publisher = new Client(base, publisherKey, seen);
  await publishOffer(marketplace, publisher);
  const deals: OpenDeal[] = [];
  for (let index = 0; index < count; index += 1) {
    const tenantId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const billingAdmin = await as({ role: 'customer.billingAdmin', tenantId });
    const form = { ...dealForm(new Date().toISOString().slice(0, 10)), tenantId };
    const { dealId } = (await publisher.post('/publishers/fabrikam/deals', form)).body;
    await publisher.post(`/deals/${dealId}/register`);
    const { link } = (await publisher.post(`/deals/${dealId}/invitations`)).body;
    const token = link.slice(link.lastIndexOf('/') + 1);
    const consent = { token, organizationName: `Customer ${index}`, country: 'US' };
    const accepted = await billingAdmin.post('/invitations/accept', consent);
    if (accepted.status !== 200) throw new Error(JSON.stringify(accepted));
    const { revision } = await publisher.get(`/deals/${dealId}`);
    const first = { tenantId, lines: [{ planId: 'gold', count: 1 }], removed: [] };
    const updated = await publisher.post(`/deals/${dealId}/licenses`, first, { revision });
    if (updated.status !== 200 || updated.revision === null) throw new Error(JSON.stringify(updated));
    deals.push({ dealId, tenantId, revision: updated.revision });
  }
  const licenseAdmin = await as({ role: 'customer.licenseAdmin', tenantId: deals[0]?.tenantId });
  await licenseAdmin.post(`/customers/${deals[0]?.tenantId}/pools/${offer}.gold/assign`, { personIds: ['ada'] });
  return { deals, publisherKey, appKey: await keyFor({ role: 'app', publisherId: 'fabrikam' }) };
}

async function publishOffer(marketplace: Client, publisher: Client): Promise<void> {
  await marketplace.post('/publishers', { publisherId: 'fabrikam', name: 'Fabrikam' });
  await marketplace.post('/publishers/fabrikam/isv-connect');
  await publisher.post('/publishers/fabrikam/offers', { offerId: 'f365', alias: 'bench' });
  const at = `/offers/${offer}`;
  await publisher.put(`${at}/licensing-options`, fabrikam.licensingOptions);
  for (const planId of fabrikam.plans) {
    await publisher.post(`${at}/plans`, { planId, name: titled(planId) });
    await publisher.put(`${at}/plans/${planId}`, { name: titled(planId), description: planId });
  }
  await publisher.put(`${at}/package`, fabrikam.solutionPackage);
  await publisher.put(`${at}/technical-configuration`, fabrikam.technicalConfiguration);
  await publisher.put(`${at}/properties`, { category: 'Sales' });
  await publisher.put(`${at}/listing`, fabrikam.listing);
  const { revision } = await publisher.put(`${at}/availability`, { markets: ['US'] });
  const { submissionId } = (await publisher.post(`${at}/publish`, {}, { revision })).body;
  const preview = await untilStatus(publisher, 'Preview');
  await publisher.post(`${at}/go-live`, { submissionId }, { revision: preview });
  await untilStatus(publisher, 'Live');
}

async function untilStatus(publisher: Client, word: string): Promise<number | null> {
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((done) => setTimeout(done, 50))) {
    const { body, revision } = await publisher.get(`/offers/${offer}`);
    if (body.status === word) return revision;
  }
  throw new Error(`The offer did not become ${word}.`);
}
