import * as fabrikam from './fabrikam.js';
import {
  checked,
  created,
  expectStatus,
  expectThat,
  goLive,
  ok,
  publish,
  registeredDeal,
  untilStatus,
  updateLicenses,
  type Step,
} from './step.js';

const { offer, tenantId } = fabrikam;
const silverPool = `/customers/${tenantId}/pools/${offer}.silver`;

/** What happens later to the same offer and the same customer. */
export const longerStory: readonly Step[] = [
  {
    title: 'Attention needed, and resubmission',
    async run({ publisher }) {
      ok(await publisher.put(`/offers/${offer}/package`, fabrikam.packageWithout('bronze')));
      await publish(publisher);
      const failed = await untilStatus(publisher, 'Attention needed');
      const told = ok(await publisher.get('/publishers/fabrikam/notifications'));
      const [latest] = told.body.rows;
      expectThat(latest?.subject === 'attentionNeeded', 'a notification of it', told);
      ok(await publisher.put(`/offers/${offer}/package`, fabrikam.solutionPackage));
      await publish(publisher);
      await untilStatus(publisher, 'Preview');
      return `a package without bronze: ${failed.body.status}, “${latest?.report?.[0]?.detail}”; mended and published again: Preview`;
    },
  },
  {
    title: 'Stop a plan, publish, go live',
    async run({ publisher }, { dealId }) {
      ok(await publisher.post(`/offers/${offer}/plans/bronze/stop`, { typedPlanId: 'bronze' }));
      await goLive(publisher, await publish(publisher));
      const plans = ok(await publisher.get(`/offers/${offer}/plans`));
      const words = plans.body.rows.map(({ planId, status }) => `${planId} ${status}`);
      ok(await updateLicenses(publisher, dealId, { bronze: 6 }));
      return `${words.join(', ')}; the customer keeps bronze, and may have 6 instead of 5`;
    },
  },
  {
    title: 'A second deal of the same customer',
    async run({ publisher, licenseAdmin }) {
      const dealId = await registeredDeal(publisher);
      const bronze = await updateLicenses(publisher, dealId, { bronze: 1 });
      expectThat(expectStatus(bronze, 422).body.rule === 'R66', 'R66 for a plan that is not on sale', bronze);
      ok(await updateLicenses(publisher, dealId, { gold: 10 }));
      const counts = ok(await licenseAdmin.get(`/customers/${tenantId}/licenses`));
      const gold = counts.body.rows.find(({ serviceId }) => serviceId === `${offer}.gold`);
      expectThat(gold?.total === 50, 'a pool of 50', counts);
      return `no new consent is needed; gold 40 + 10 = ${gold?.total}; a new line of bronze is refused (R66)`;
    },
  },
  {
    title: 'More seats than licenses, and the end of it',
    async run({ publisher, licenseAdmin, app }, { dealId }) {
      ok(await updateLicenses(publisher, dealId, { silver: 2 }));
      ok(await licenseAdmin.post(`${silverPool}/assign`, { personIds: ['grace'] }));
      ok(await updateLicenses(publisher, dealId, { silver: 1 }));
      const silver = async () => {
        const { body } = ok(await licenseAdmin.get(`/customers/${tenantId}/licenses`));
        return body.rows.find(({ serviceId }) => serviceId === `${offer}.silver`)?.conflict;
      };
      const conflict = await silver();
      const atWork = await checked(app, 'grace', 'SilverApp');
      ok(await licenseAdmin.post(`${silverPool}/unassign`, { personIds: ['grace'] }));
      const ended = (await silver()) === null;
      return `conflict of ${conflict?.excess}, due ${conflict?.dueAt}; grace works on: ${atWork}; she gives her seat back: ${ended ? 'resolved' : 'open'}`;
    },
  },
  {
    title: 'A lead',
    async run({ visitor, publisher }) {
      const { body } = created(await visitor.post(`/storefront/offers/${offer}/leads`, fabrikam.lead));
      const seen = ok(await publisher.get('/publishers/fabrikam/leads'));
      const [lead] = seen.body.rows;
      expectThat(lead?.leadId === body.leadId, 'the lead in the list', seen);
      ok(await publisher.post(`/leads/${body.leadId}/accept`));
      ok(await publisher.post(`/leads/${body.leadId}/close`, { outcome: 'won' }));
      return `from ${lead?.source}: accepted, won`;
    },
  },
  {
    title: 'Erase a person',
    async run({ licenseAdmin }) {
      const ada = `/customers/${tenantId}/people/ada`;
      ok(await licenseAdmin.put(ada, { name: 'Ada Lovelace', email: 'ada@contoso.example' }));
      const before = ok(await licenseAdmin.get(`${silverPool}/seats`));
      ok(await licenseAdmin.send('DELETE', ada));
      const after = ok(await licenseAdmin.get(`${silverPool}/seats`));
      const [was, is] = [before.body.rows[0], after.body.rows[0]];
      expectThat(is?.erased === true && is.person === null, 'an erased holder', after);
      expectStatus(await licenseAdmin.put(ada, { name: 'Ada Lovelace' }), 422);
      return `the seat of ${was?.person?.name} is now of ${is?.personId}, whose name nobody knows; she cannot be written down again`;
    },
  },
];
