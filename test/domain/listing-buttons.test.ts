import type { LicensingOptions } from '#lib/domain/offer/content.js';
import { listingButtons } from '#lib/domain/listing-buttons.js';

const off = (listingOption: LicensingOptions['listingOption']): LicensingOptions => ({
  licenseManagement: false,
  freeInstall: false,
  listingOption,
  trialMonths: listingOption === 'freeTrial' ? 3 : null,
});
const on = (freeInstall: boolean): LicensingOptions => ({
  licenseManagement: true,
  freeInstall,
  listingOption: null,
  trialMonths: null,
});
const visitor = { tenantAdmin: false, holdsLicense: false };
const admin = { tenantAdmin: true, holdsLicense: false };
const holder = { tenantAdmin: false, holdsLicense: true };
const adminHolder = { tenantAdmin: true, holdsLicense: true };

describe('R41 listing buttons', () => {
  it.each([
    ['nothing chosen yet', null, visitor, []],
    ['no listing option', off(null), visitor, []],
    ['getItNow', off('getItNow'), visitor, ['Get It Now']],
    ['freeTrial', off('freeTrial'), visitor, ['Free trial']],
    ['contactMe', off('contactMe'), visitor, ['Contact Me']],
    ['contactMe, admin with a license', off('contactMe'), adminHolder, ['Contact Me']],
    ['E9 on, no free install, visitor', on(false), visitor, ['Contact Me']],
    ['E9 on, no free install, admin', on(false), admin, ['Contact Me']],
    ['E9 on, no free install, holder', on(false), holder, ['Contact Me', 'Get It Now']],
    ['E9 on, no free install, admin with a license', on(false), adminHolder, ['Contact Me', 'Get It Now']],
    ['E10 on, free install, visitor', on(true), visitor, ['Contact Me']],
    ['E10 on, free install, admin', on(true), admin, ['Get It Now', 'Contact Me']],
    ['E10 on, free install, holder', on(true), holder, ['Get It Now', 'Contact Me']],
    ['E10 on, free install, admin with a license', on(true), adminHolder, ['Get It Now', 'Contact Me']],
  ])('%s', (_case, options, viewer, buttons) => {
    expect(listingButtons(true, options, viewer)).toStrictEqual(buttons);
    // R42: an offer that is not live, or stopped, shows none.
    expect(listingButtons(false, options, viewer)).toEqual([]);
  });
});
