import { Client, type Answer } from './client.js';
import * as fabrikam from './fabrikam.js';
import { titled } from './fabrikam.js';

const { offer, tenantId, plans } = fabrikam;

/** Who takes part, each with a key of their own. */
interface People {
  readonly marketplace: Client;
  readonly publisher: Client;
  readonly billingAdmin: Client;
  readonly licenseAdmin: Client;
  readonly app: Client;
  readonly visitor: Client;
}

/** What one step hands to the next. */
interface Memory {
  dealId: string;
  token: string;
  submissionId: string;
}

export interface Step {
  readonly number: number;
  readonly title: string;
  /** Does it and tells what came of it. Throws Unexpected if an answer is not as the source tells. */
  run(people: People, memory: Memory): Promise<string>;
}

/** An answer that is not as the source tells. */
export class Unexpected extends Error {}

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Unexpected(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

function expectThat(holds: boolean, what: string, answer: Answer): void {
  if (!holds) throw new Unexpected(`expected ${what}, got ${JSON.stringify(answer.body)}`);
}

const ok = (answer: Answer): Answer => expectStatus(answer, 200);
const created = (answer: Answer): Answer => expectStatus(answer, 201);

/** Asks for the offer's status until it is the word, for ten seconds at most. */
async function untilStatus(publisher: Client, word: string): Promise<Answer> {
  for (const until = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = ok(await publisher.get(`/offers/${offer}`));
    if (answer.body.status === word) return answer;
    if (Date.now() > until) throw new Unexpected(`the offer is ${answer.body.status}, not ${word}`);
  }
}

async function checked(app: Client, personId: string, component: string): Promise<string> {
  const { body } = ok(await app.post('/checks', { offer, tenantId, personId, component }));
  return `${component} ${body.allowed ? 'allowed' : 'denied'} (${body.code})`;
}

/** The sixteen steps from an offer to a person at work, in the order in which they must work. */
export const story: readonly Step[] = [
  {
    number: 1,
    title: 'CreateOffer with Offer ID and alias',
    async run({ marketplace, publisher }) {
      created(await marketplace.post('/publishers', { publisherId: 'fabrikam', name: 'Fabrikam, Inc.' }));
      ok(await marketplace.post('/publishers/fabrikam/isv-connect'));
      created(await publisher.post('/publishers/fabrikam/offers', { offerId: 'f365', alias: 'Fabrikam 365 (2026)' }));
      return `${offer} is ${(await untilStatus(publisher, 'Draft')).body.status}; ID and alias are fixed for ever`;
    },
  },
  {
    number: 2,
    title: 'Choose licensing options',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/licensing-options`, fabrikam.licensingOptions));
      return 'license management on, with free install';
    },
  },
  {
    number: 3,
    title: 'Create plans, then their descriptions',
    async run({ publisher }) {
      const serviceIds: string[] = [];
      for (const planId of plans) {
        const { body } = created(await publisher.post(`/offers/${offer}/plans`, { planId, name: titled(planId) }));
        serviceIds.push(body.serviceId);
        const description = `The ${planId} plan.`;
        ok(await publisher.put(`/offers/${offer}/plans/${planId}`, { name: titled(planId), description }));
      }
      return `Service IDs at once, still in Draft: ${serviceIds.join(', ')}`;
    },
  },
  {
    number: 4,
    title: 'Copy the Service IDs into the solution package',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/package`, fabrikam.solutionPackage));
      return 'GoldApp ← gold; SilverApp ← gold, silver; BronzeApp ← all three; HomeApp is not mapped';
    },
  },
  {
    number: 5,
    title: 'Technical configuration',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/technical-configuration`, fabrikam.technicalConfiguration));
      return 'Base License Model User, CRM package URL saved';
    },
  },
  {
    number: 6,
    title: 'Complete the other pages, PublishOffer',
    async run({ publisher }, memory) {
      const before = ok(await publisher.get(`/offers/${offer}`));
      const refused = expectStatus(
        await publisher.post(`/offers/${offer}/publish`, {}, { revision: before.revision }),
        422,
      );
      ok(await publisher.put(`/offers/${offer}/properties`, { category: 'Sales' }));
      ok(await publisher.put(`/offers/${offer}/listing`, fabrikam.listing));
      const { revision } = ok(await publisher.put(`/offers/${offer}/availability`, { markets: ['US', 'SE'] }));
      const { body } = ok(await publisher.post(`/offers/${offer}/publish`, {}, { revision }));
      memory.submissionId = body.submissionId;
      return `first refused with all that was missing (${refused.body.errors.length} faults), then Publish in progress`;
    },
  },
  {
    number: 7,
    title: 'Automated validation, certification, preview',
    async run({ publisher }) {
      return `the offer is in ${(await untilStatus(publisher, 'Preview')).body.status}`;
    },
  },
  {
    number: 8,
    title: 'GoLive',
    async run({ publisher }, { submissionId }) {
      const { revision } = ok(await publisher.get(`/offers/${offer}`));
      ok(await publisher.post(`/offers/${offer}/go-live`, { submissionId }, { revision }));
      const live = await untilStatus(publisher, 'Live');
      return `the offer is ${live.body.status} after the go-live window`;
    },
  },
  {
    number: 9,
    title: 'The listing shows its buttons',
    async run({ visitor, billingAdmin }) {
      const anyone = ok(await visitor.get(`/storefront/offers/${offer}`));
      const admin = ok(await billingAdmin.get(`/storefront/offers/${offer}`));
      expectThat(anyone.body.buttons.join() === 'Contact Me', 'Contact Me for a visitor', anyone);
      expectThat(admin.body.buttons.join() === 'Get It Now,Contact Me', 'Get It Now for an admin', admin);
      return `visitor: ${anyone.body.buttons.join(', ')}; tenant admin: ${admin.body.buttons.join(', ')}`;
    },
  },
  {
    number: 10,
    title: 'Register the deal',
    async run({ publisher }, memory) {
      const today = new Date().toISOString().slice(0, 10);
      const { body } = created(await publisher.post('/publishers/fabrikam/deals', fabrikam.dealForm(today)));
      memory.dealId = body.dealId;
      ok(await publisher.post(`/deals/${memory.dealId}/register`));
      const deal = ok(await publisher.get(`/deals/${memory.dealId}`));
      expectThat(deal.body.tab === 'In Progress' && deal.body.filter === 'Submitted', 'In Progress, Submitted', deal);
      return `the deal is in tab ${deal.body.tab}, filter ${deal.body.filter}`;
    },
  },
  {
    number: 11,
    title: 'Manage licenses: InviteCustomer and copy the link',
    async run({ publisher }, memory) {
      const { body } = created(await publisher.post(`/deals/${memory.dealId}/invitations`));
      memory.token = body.link.slice(body.link.lastIndexOf('/') + 1);
      return `${body.link.slice(0, body.link.lastIndexOf('.'))}.… expires ${body.expiresAt}`;
    },
  },
  {
    number: 12,
    title: 'The customer accepts and authorizes',
    async run({ publisher, licenseAdmin, billingAdmin }, { dealId, token }) {
      const { revision } = ok(await publisher.get(`/deals/${dealId}`));
      const lines = [{ planId: 'gold', count: 2 }];
      const early = await publisher.post(`/deals/${dealId}/licenses`, { tenantId, lines, removed: [] }, { revision });
      expectThat(expectStatus(early, 422).body.rule === 'R63', 'R63 before consent', early);
      const consent = { token, organizationName: 'Contoso', country: 'US' };
      expectStatus(await licenseAdmin.post('/invitations/accept', consent), 403);
      ok(await billingAdmin.post('/invitations/accept', consent));
      return 'licenses refused before consent (R63); license admin refused (R57); billing admin: established';
    },
  },
  {
    number: 13,
    title: 'Add plans and numbers, UpdateLicenses',
    async run({ publisher, licenseAdmin }, { dealId }) {
      const { revision } = ok(await publisher.get(`/deals/${dealId}`));
      const lines = [
        { planId: 'gold', count: 30 },
        { planId: 'silver', count: 2 },
      ];
      ok(await publisher.post(`/deals/${dealId}/licenses`, { tenantId, lines, removed: [] }, { revision }));
      const counts = ok(await licenseAdmin.get(`/customers/${tenantId}/licenses`));
      return counts.body.rows
        .map((row: { serviceId: string; total: number }) => `${row.serviceId} ${row.total}`)
        .join(', ');
    },
  },
  {
    number: 14,
    title: 'Assign to employees, unassign',
    async run({ licenseAdmin }) {
      const pool = `/customers/${tenantId}/pools/${offer}.silver`;
      ok(await licenseAdmin.post(`${pool}/assign`, { personIds: ['ada', 'grace'] }));
      const full = expectStatus(await licenseAdmin.post(`${pool}/assign`, { personIds: ['alan'] }), 422);
      ok(await licenseAdmin.post(`${pool}/unassign`, { personIds: ['grace'] }));
      const seats = ok(await licenseAdmin.get(`${pool}/seats`));
      const holders = seats.body.rows.map((row) => row.personId).join(', ');
      return `ada and grace got silver seats, alan was refused (${full.body.code}), grace gave hers back; seated: ${holders}`;
    },
  },
  {
    number: 15,
    title: 'Open the app',
    async run({ app }) {
      const ada: string[] = [];
      for (const component of ['SilverApp', 'BronzeApp', 'HomeApp', 'GoldApp'])
        ada.push(await checked(app, 'ada', component));
      return `ada: ${ada.join(', ')}; grace: ${await checked(app, 'grace', 'SilverApp')}`;
    },
  },
  {
    number: 16,
    title: 'A new number, or the trash can, then UpdateLicenses',
    async run({ publisher, licenseAdmin }, { dealId }) {
      const path = `/deals/${dealId}/licenses`;
      const { revision } = ok(await publisher.get(`/deals/${dealId}`));
      const more = { tenantId, lines: [{ planId: 'gold', count: 40 }], removed: [] };
      const changed = ok(await publisher.post(path, more, { revision }));
      const trash = { tenantId, lines: [], removed: ['silver'] };
      ok(await publisher.post(path, trash, { revision: changed.revision }));
      const stale = await publisher.post(path, trash, { revision });
      expectStatus(stale, 412);
      const counts = ok(await licenseAdmin.get(`/customers/${tenantId}/licenses`));
      const { rows } = counts.body;
      return `gold 30 → 40, silver deactivated: ${rows.map((row) => `${row.serviceId} ${row.total}`).join(', ')}; a stale revision is refused (412)`;
    },
  },
];

/** Gives each person a key. */
export async function enroll(base: string, adminKey: string): Promise<People> {
  const seen = { position: null };
  const admin = new Client(base, adminKey, seen);
  const keyFor = async (scope: { role: string; publisherId?: string; tenantId?: string; personId?: string }) => {
    const { body } = created(await admin.post('/keys', { ...scope, label: `demo: ${scope.role}` }));
    return new Client(base, body.key, seen);
  };
  return {
    marketplace: await keyFor({ role: 'marketplaceOperator' }),
    publisher: await keyFor({ role: 'publisher.owner', publisherId: 'fabrikam' }),
    billingAdmin: await keyFor({ role: 'customer.billingAdmin', tenantId, personId: 'contoso-billing' }),
    licenseAdmin: await keyFor({ role: 'customer.licenseAdmin', tenantId, personId: 'contoso-licenses' }),
    app: await keyFor({ role: 'app', publisherId: 'fabrikam' }),
    visitor: new Client(base, null, seen),
  };
}
