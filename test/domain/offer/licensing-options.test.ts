import type { EventData } from '#lib/engine/model/message.js';
import type { LicensingOptions } from '#lib/domain/offer/content.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { ChooseLicensingOptions } from '#lib/domain/offer/pages-messages.js';
import { given } from '../../support/given.js';
import {
  chosen,
  created,
  goneLive,
  inPreview,
  licenseManagement,
  live,
  needsAttention,
  offer,
  pages,
  plan,
  signedOff,
  until,
} from '../../support/offers.js';

const contactMe: LicensingOptions = {
  licenseManagement: false,
  freeInstall: false,
  listingOption: 'contactMe',
  trialMonths: null,
};
const freeTrial = { ...contactMe, listingOption: 'freeTrial', trialMonths: 3 } as const;

const choosing = (history: readonly EventData[], options: LicensingOptions) =>
  given(decider, history).when(ChooseLicensingOptions, { offer, ...options });

describe('ChooseLicensingOptions', () => {
  it.each<LicensingOptions>([
    licenseManagement,
    { ...licenseManagement, freeInstall: true },
    contactMe,
    { ...contactMe, listingOption: 'getItNow' },
    { ...freeTrial, trialMonths: 1 },
    freeTrial,
    { ...freeTrial, trialMonths: 6 },
  ])('R10 R11 accepts %j', (options) => {
    choosing([created], options).then(chosen(options));
  });

  it('R10 refuses both, and neither', () => {
    const conflict = { code: 'LICENSING_OPTIONS_CONFLICT', pointer: '/listingOption' };
    choosing([created], { ...licenseManagement, listingOption: 'contactMe' }).refused(conflict);
    choosing([created], { ...contactMe, listingOption: null }).refused(conflict);
  });

  it.each<LicensingOptions>([
    { ...freeTrial, trialMonths: 2 },
    { ...freeTrial, trialMonths: 0 },
    { ...freeTrial, trialMonths: 1.5 },
    { ...freeTrial, trialMonths: null },
    { ...contactMe, trialMonths: 3 },
    { ...licenseManagement, trialMonths: 1 },
  ])('R10 refuses the trial of %j', (options) => {
    choosing([created], options).refused({ code: 'TRIAL_LENGTH_INVALID', pointer: '/trialMonths' });
  });

  it('R11 refuses free install without license management', () => {
    choosing([created], { ...contactMe, freeInstall: true }).refused({
      code: 'FREE_INSTALL_NEEDS_LICENSE_MANAGEMENT',
      pointer: '/freeInstall',
    });
  });

  const fixed = { code: 'LICENSE_MANAGEMENT_FIXED', pointer: '/licenseManagement' };
  const withoutPlans = [created, chosen(contactMe)];

  it('R12 refuses to switch license management in Publish in progress, in Preview and after the sign-off', () => {
    for (const submission of [until('s1', 'pages'), inPreview('s1'), [...inPreview('s1'), signedOff('s1')]]) {
      choosing([...withoutPlans, ...submission], licenseManagement).refused(fixed);
    }
  });

  it('R12 accepts switching license management in Attention needed', () => {
    choosing([...withoutPlans, ...until('s1', 'certification'), needsAttention('s1')], licenseManagement).then(
      chosen(licenseManagement),
    );
  });

  it('E8 R12 refuses to switch license management after live, and accepts free install or another listing option', () => {
    choosing(live, contactMe).refused(fixed, { code: 'LICENSE_MANAGEMENT_HAS_PLANS', pointer: '/licenseManagement' });
    const freeInstall = { ...licenseManagement, freeInstall: true };
    choosing(live, freeInstall).then(chosen(freeInstall));
    const liveWithout = [...withoutPlans, ...goneLive('s1')];
    choosing(liveWithout, licenseManagement).refused(fixed);
    choosing(liveWithout, freeTrial).then(chosen(freeTrial));
  });

  it('R20 refuses to switch license management off while there is a plan, and accepts it without one', () => {
    choosing([...pages, plan('gold')], contactMe).refused({
      code: 'LICENSE_MANAGEMENT_HAS_PLANS',
      pointer: '/licenseManagement',
    });
    choosing(pages, contactMe).then(chosen(contactMe));
  });
});
