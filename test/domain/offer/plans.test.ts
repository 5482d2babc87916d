import type { EventData } from '#lib/engine/model/message.js';
import { ChooseLicensingOptions } from '#lib/domain/offer/pages-messages.js';
import { PublishOffer } from '#lib/domain/offer/publishing-messages.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { CreatePlan, DeletePlan, ResumePlan, SavePlanListing, StopPlan } from '#lib/domain/offer/plans-messages.js';
import { given } from '../../support/given.js';
import {
  canceled,
  chosen,
  complete,
  created,
  deleted,
  described,
  goneLive,
  inPreview,
  leaving,
  left,
  licenseManagement,
  live,
  needsAttention,
  offer,
  pages,
  plan,
  planIds,
  publisherStreams,
  resumed,
  signedOff,
  stopAsked,
  submitted,
  until,
  wentLive,
} from '../../support/offers.js';

const on = [created, chosen(licenseManagement)];
const creating = (history: readonly EventData[], planId: string, name = planId) =>
  given(decider, history).when(CreatePlan, { offer, planId, name });

describe('CreatePlan', () => {
  it('R24 gives the plan its Service ID at once, in Draft', () => {
    creating(on, 'gold', 'Gold').then(plan('gold', 'Gold'));
    expect(plan('gold').data.serviceId).toBe('fabrikam.f365.gold');
  });

  it('E4 R20 refuses a plan before license management is chosen and with it off, and accepts one with it on', () => {
    const refusal = { code: 'PLANS_NEED_LICENSE_MANAGEMENT', pointer: '/planId' };
    creating([created], 'gold').refused(refusal);
    const off = chosen({ licenseManagement: false, freeInstall: false, listingOption: 'getItNow', trialMonths: null });
    creating([created, off], 'gold').refused(refusal);
    creating(on, 'gold').then(plan('gold'));
  });

  it('R18 accepts a plan while the offer is being published', () => {
    creating([...pages, ...until('s1', 'pages')], 'gold').then(plan('gold'));
  });

  it('R1 R21 accepts a plan ID of 50 characters and refuses 51, none, and other characters', () => {
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

  it('R22 accepts a name that another one equals only in capitals: ß is not ss', () => {
    creating([...on, plan('gold', 'Straße')], 'silver', 'STRASSE').then(plan('silver', 'STRASSE'));
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

describe('DeletePlan', () => {
  const deleting = (history: readonly EventData[], planId = 'gold') =>
    given(decider, history).when(DeletePlan, { offer, planId });
  const inUse = { code: 'PLAN_IN_USE', pointer: null };

  it('R27 accepts deleting a plan of a draft, whatever became of submissions that held it', () => {
    deleting(complete).then(deleted('gold'));
    deleting([...complete, ...until('s1', 'certification'), needsAttention('s1')]).then(deleted('gold'));
    deleting([...complete, ...until('s1', 'pages'), canceled('s1')]).then(deleted('gold'));
    deleting([...complete, ...inPreview('s1'), ...until('s2', 'pages'), canceled('s2')]).then(deleted('gold'));
  });

  it.each([
    ['in progress', [...complete, ...until('s1', 'pages')]],
    ['in preview', [...complete, ...inPreview('s1')]],
    ['signed off', [...complete, ...inPreview('s1'), signedOff('s1')]],
    ['live', live],
    ['live, under a failed one', [...live, ...until('s2', 'pages'), needsAttention('s2', 'pages')]],
    ['leaving the market', [...live, leaving()]],
    ['off the market', [...live, leaving(), left()]],
  ])('R27 refuses to delete a plan of a submission %s', (_phase, history) => {
    deleting(history).refused(inUse);
  });

  it('R27 says whether the plan was live or is on its way', () => {
    deleting(live).says('Plan gold is or was live.');
    deleting([...complete, ...inPreview('s1')]).says('Plan gold is in the submission under way.');
  });

  it('R27 refuses to delete a plan that was live and is stopped', () => {
    deleting([...live, stopAsked('gold'), ...goneLive('s2')]).refused(inUse);
  });

  it('R27 accepts deleting a plan that came after the submission', () => {
    const later = [...complete, ...inPreview('s1'), plan('platinum')];
    deleting(later, 'platinum').then(deleted('platinum'));
    deleting([...later, signedOff('s1'), wentLive('s1')], 'platinum').then(deleted('platinum'));
  });

  it('R27 R36 accepts deleting a plan that only a discarded preview held', () => {
    const preview = [submitted('s2', [...planIds, 'platinum']), ...inPreview('s2').slice(1)];
    deleting([...live, plan('platinum'), ...preview], 'platinum').refused(inUse);
    deleting([...live, plan('platinum'), ...preview, leaving('s2')], 'platinum').then(deleted('platinum'));
  });

  it('R21 does not find one that never was there, and says nothing new of one that is deleted', () => {
    deleting(complete, 'platinum').refused({ code: 'PLAN_NOT_FOUND', pointer: null });
    deleting([...complete, deleted('gold')]).then();
  });

  it('R21 R22 refuses the ID of a deleted plan and accepts its name', () => {
    const history = [...on, plan('gold', 'Gold'), deleted('gold')];
    creating(history, 'aurum', 'Gold').then(plan('aurum', 'Gold'));
    creating(history, 'gold', 'Other').refused({ code: 'PLAN_ID_TAKEN', pointer: '/planId' });
  });

  it('R26 accepts another plan in the place of a deleted one', () => {
    const hundred = [...on, ...Array.from({ length: 100 }, (_, index) => plan(`p${index}`))];
    creating(hundred, 'gold').refused({ code: 'TOO_MANY_PLANS', pointer: null });
    creating([...hundred, deleted('p7')], 'gold').then(plan('gold'));
  });

  it('R20 R25 counts no more for license management, nor as on sale', () => {
    const off = {
      licenseManagement: false,
      freeInstall: false,
      listingOption: 'contactMe',
      trialMonths: null,
    } as const;
    const one = [...on, plan('gold')];
    const choosing = (history: readonly EventData[]) =>
      given(decider, history).when(ChooseLicensingOptions, { offer, ...off });
    choosing(one).refused({ code: 'LICENSE_MANAGEMENT_HAS_PLANS', pointer: '/licenseManagement' });
    choosing([...one, deleted('gold')]).then(chosen(off));
    given(decider, [...complete, ...planIds.map(deleted)], { streams: publisherStreams })
      .when(PublishOffer, { offer })
      .refused({ code: 'NO_PLAN_ON_SALE', pointer: '/plans' });
  });
});

describe('StopPlan', () => {
  const stopping = (history: readonly EventData[], planId = 'gold', typedPlanId = planId) =>
    given(decider, history).when(StopPlan, { offer, planId, typedPlanId });
  const notLive = { code: 'PLAN_NOT_LIVE', pointer: null };
  const last = { code: 'LAST_PLAN_ON_SALE', pointer: null };

  it('R29 accepts stopping a live plan with its ID typed again, and refuses any other text', () => {
    stopping(live).then(stopAsked('gold'));
    for (const typed of ['Gold', 'gold ', '', 'silver']) {
      stopping(live, 'gold', typed).refused({ code: 'PLAN_ID_NOT_TYPED', pointer: '/typedPlanId' });
    }
  });

  it('R18 R28 stops a plan while the offer is being published: the next submission takes it along', () => {
    stopping([...live, ...until('s2', 'pages')]).then(stopAsked('gold'));
  });

  it('R28 refuses to stop a plan that is not live', () => {
    stopping(complete).refused(notLive);
    stopping([...complete, ...inPreview('s1'), signedOff('s1')]).refused(notLive);
    stopping([...live, plan('platinum')], 'platinum').refused(notLive);
    stopping([...live, leaving(), left()]).refused(notLive);
    const stopped = [...live, stopAsked('gold'), ...goneLive('s2')];
    stopping(stopped).refused(notLive);
    stopping([...stopped, resumed('gold')]).refused(notLive);
  });

  it('R28 accepts stopping one of two live plans on sale and refuses the last; a new or stopped one is no other', () => {
    const history = [...live, plan('platinum'), stopAsked('gold')];
    stopping(history, 'silver').then(stopAsked('silver'));
    stopping([...history, stopAsked('silver')], 'bronze').refused(last);
    const gone = [...live, stopAsked('gold'), stopAsked('silver'), ...goneLive('s2')];
    stopping(gone, 'bronze', 'typo').refused(last, { code: 'PLAN_ID_NOT_TYPED', pointer: '/typedPlanId' });
    stopping([...gone, resumed('gold')], 'bronze').refused(last);
    stopping([...gone, resumed('gold'), ...goneLive('s3')], 'bronze').then(stopAsked('bronze'));
  });

  it('says nothing new of one that is asked to stop, and does not find one that is not there', () => {
    stopping([...live, stopAsked('gold'), stopAsked('silver')]).then();
    stopping(live, 'platinum').refused({ code: 'PLAN_NOT_FOUND', pointer: null });
    stopping([...complete, deleted('gold')]).refused({ code: 'PLAN_NOT_FOUND', pointer: null });
  });
});

describe('ResumePlan', () => {
  const resuming = (history: readonly EventData[], planId = 'gold') =>
    given(decider, history).when(ResumePlan, { offer, planId });

  it('R29 withdraws a pending stop, and puts a stopped plan back on sale', () => {
    resuming([...live, stopAsked('gold')]).then(resumed('gold'));
    resuming([...live, stopAsked('gold'), ...goneLive('s2')]).then(resumed('gold'));
  });

  it('says nothing new of one that is on sale, and does not find one that is not there', () => {
    resuming(live).then();
    resuming([...live, stopAsked('gold'), resumed('gold')]).then();
    resuming(live, 'platinum').refused({ code: 'PLAN_NOT_FOUND', pointer: null });
  });
});
