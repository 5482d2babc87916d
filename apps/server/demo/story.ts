import * as fabrikam from './fabrikam.js';
import { titled } from './fabrikam.js';
import {
  checked,
  created,
  expectStatus,
  expectThat,
  goLive,
  ok,
  registeredDeal,
  untilStatus,
  updateLicenses,
  type Step,
} from './step.js';

const { offer, tenantId, plans } = fabrikam;

/** The sixteen steps of the source from an offer to a person at work, in the order in which they must work. */
export const story: readonly Step[] = [
  {
    title: 'CreateOffer with Offer ID and alias',
    async run({ marketplace, publisher }) {
      created(await marketplace.post('/publishers', { publisherId: 'fabrikam', name: 'Fabrikam, Inc.' }));
      ok(await marketplace.post('/publishers/fabrikam/isv-connect'));
      created(await publisher.post('/publishers/fabrikam/offers', { offerId: 'f365', alias: 'Fabrikam 365 (2026)' }));
      return `${offer} is ${(await untilStatus(publisher, 'Draft')).body.status}; ID and alias are fixed for ever`;
    },
  },
  {
    title: 'Choose licensing options',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/licensing-options`, fabrikam.licensingOptions));
      return 'license management on, with free install';
    },
  },
  {
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
    title: 'Copy the Service IDs into the solution package',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/package`, fabrikam.solutionPackage));
      return 'GoldApp ← gold; SilverApp ← gold, silver; BronzeApp ← all three; HomeApp is not mapped';
    },
  },
  {
    title: 'Technical configuration',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/technical-configuration`, fabrikam.technicalConfiguration));
      return 'Base License Model User, CRM package URL saved';
    },
  },
  {
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
    title: 'Automated validation, certification, preview',
    async run({ publisher }) {
      return `the offer is in ${(await untilStatus(publisher, 'Preview')).body.status}`;
    },
  },
  {
    title: 'GoLive',
    async run({ publisher }, { submissionId }) {
      const live = await goLive(publisher, submissionId);
      return `the offer is ${live.body.status} after the go-live window`;
    },
  },
  {
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
    title: 'Register the deal',
    async run({ publisher }, memory) {
      memory.dealId = await registeredDeal(publisher);
      const deal = ok(await publisher.get(`/deals/${memory.dealId}`));
      expectThat(deal.body.tab === 'In Progress' && deal.body.filter === 'Submitted', 'In Progress, Submitted', deal);
      return `the deal is in tab ${deal.body.tab}, filter ${deal.body.filter}`;
    },
  },
  {
    title: 'Manage licenses: InviteCustomer and copy the link',
    async run({ publisher }, memory) {
      const { body } = created(await publisher.post(`/deals/${memory.dealId}/invitations`));
      memory.token = body.link.slice(body.link.lastIndexOf('/') + 1);
      return `${body.link.slice(0, body.link.lastIndexOf('.'))}.… expires ${body.expiresAt}`;
    },
  },
  {
    title: 'The customer accepts and authorizes',
    async run({ publisher, licenseAdmin, billingAdmin }, { dealId, token }) {
      const early = await updateLicenses(publisher, dealId, { gold: 2 });
      expectThat(expectStatus(early, 422).body.rule === 'R63', 'R63 before consent', early);
      const consent = { token, organizationName: 'Contoso', country: 'US' };
      expectStatus(await licenseAdmin.post('/invitations/accept', consent), 403);
      ok(await billingAdmin.post('/invitations/accept', consent));
      return 'licenses refused before consent (R63); license admin refused (R57); billing admin: established';
    },
  },
  {
    title: 'Add plans and numbers, UpdateLicenses',
    async run({ publisher, licenseAdmin }, { dealId }) {
      ok(await updateLicenses(publisher, dealId, { gold: 30, silver: 2, bronze: 5 }));
      const counts = ok(await licenseAdmin.get(`/customers/${tenantId}/licenses`));
      return counts.body.rows
        .map((row: { serviceId: string; total: number }) => `${row.serviceId} ${row.total}`)
        .join(', ');
    },
  },
  {
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
    title: 'Open the app',
    async run({ app }) {
      const ada: string[] = [];
      for (const component of ['SilverApp', 'BronzeApp', 'HomeApp', 'GoldApp'])
        ada.push(await checked(app, 'ada', component));
      return `ada: ${ada.join(', ')}; grace: ${await checked(app, 'grace', 'SilverApp')}`;
    },
  },
  {
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
