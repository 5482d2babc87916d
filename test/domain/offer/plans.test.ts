import type { EventData } from '#lib/engine/model/message.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { CreatePlan, SavePlanListing } from '#lib/domain/offer/plans-messages.js';
import { given } from '../../support/given.js';
import { chosen, created, described, licenseManagement, offer, pages, plan, until } from '../../support/offers.js';

const on = [created, chosen(licenseManagement)];
const creating = (history: readonly EventData[], planId: string, name = planId) =>
  given(decider, history).when(CreatePlan, { offer, planId, name });

describe('CreatePlan', () => {
  it('R24 gives the plan its Service ID at once, in Draft', () => {
    creating(on, 'gold', 'Gold').then(plan('gold', 'Gold'));
    expect(plan('gold').data.serviceId).toBe('fabrikam.f365.gold');
  });

  it('E4 R20 refuses a plan before license management is chosen, and with it off', () => {
    const refusal = { code: 'PLANS_NEED_LICENSE_MANAGEMENT', pointer: '/planId' };
    creating([created], 'gold').refused(refusal);
    const off = chosen({ licenseManagement: false, freeInstall: false, listingOption: 'getItNow', trialMonths: null });
    creating([created, off], 'gold').refused(refusal);
  });

  it('R18 accepts a plan while the offer is being published', () => {
    creating([...pages, ...until('s1', 'pages')], 'gold').then(plan('gold'));
  });

  it('R21 accepts an ID of 50 characters and refuses 51, none, and other characters', () => {
    creating(on, 'p'.repeat(50), 'P').then(plan('p'.repeat(50), 'P'));
    for (const planId of ['p'.repeat(51), '', 'Gold', 'go.ld', 'go ld']) {
      creating(on, planId, 'P').refused({ code: 'PLAN_ID_INVALID', pointer: '/planId' });
    }
  });

  it('R21 R22 refuses an ID and a name that are taken', () => {
    creating([...on, plan('gold', 'Café')], 'gold', ' CAFE\u0301 ').refused(
      { code: 'PLAN_ID_TAKEN', pointer: '/planId' },
      { code: 'PLAN_NAME_TAKEN', pointer: '/name' },
    );
  });

  it('R22 accepts a name of 200 code points and refuses 201, and a blank one', () => {
    creating(on, 'gold', '🥇'.repeat(200)).then(plan('gold', '🥇'.repeat(200)));
    for (const name of ['🥇'.repeat(201), '', '  ']) {
      creating(on, 'gold', name).refused({ code: 'PLAN_NAME_INVALID', pointer: '/name' });
    }
  });

  it('R26 accepts the 100th plan and refuses the next', () => {
    const plans = (count: number) => Array.from({ length: count }, (_, index) => plan(`p${index}`));
    creating([...on, ...plans(99)], 'gold').then(plan('gold'));
    creating([...on, ...plans(100)], 'gold').refused({ code: 'TOO_MANY_PLANS', pointer: null });
  });
});

describe('SavePlanListing', () => {
  const saving = (name: string, description: string | null, planId = 'gold') =>
    given(decider, [...on, plan('gold'), plan('silver')]).when(SavePlanListing, { offer, planId, name, description });

  it('R23 accepts a description of 3,000 code points and refuses 3,001', () => {
    saving('gold', '🥇'.repeat(3_000)).then(described('gold', '🥇'.repeat(3_000)));
    saving('gold', '🥇'.repeat(3_001)).refused({ code: 'PLAN_DESCRIPTION_TOO_LONG', pointer: '/description' });
  });

  it("R22 accepts the plan's own name and refuses another's", () => {
    saving('GOLD', null).then(described('gold', null, 'GOLD'));
    saving('Silver ', null).refused({ code: 'PLAN_NAME_TAKEN', pointer: '/name' });
  });

  it('R21 does not find a plan that is not there', () => {
    saving('Bronze', null, 'bronze').refused({ code: 'PLAN_NOT_FOUND', pointer: null });
  });

  it('says nothing new when nothing changes', () => {
    saving('gold', null).then();
  });
});
