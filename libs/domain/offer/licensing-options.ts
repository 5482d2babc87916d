import { event } from '#lib/engine/model/message.js';
import { reject, type Finding } from '#lib/engine/model/refusal.js';
import { same } from '../same.js';
import type { LicensingOptions } from './content.js';
import { onOffer } from './on-offer.js';
import { ChooseLicensingOptions, LicensingOptionsChosen } from './pages-messages.js';
import { refuse } from './refusals.js';
import { hasBeenLive, managesLicenses, type Offer } from './state.js';

export const chooseLicensingOptions = onOffer({
  command: ChooseLicensingOptions,
  decide(state, { offer, ...options }) {
    const { licenseManagement } = options;
    const switched = state.draft.offerSetup !== null && licenseManagement !== managesLicenses(state);
    return (
      reject(
        ...optionFaults(options),
        switched &&
          isFixed(state) &&
          refuse('LICENSE_MANAGEMENT_FIXED', 'The offer is being published or was live.', '/licenseManagement'),
        !licenseManagement &&
          state.draft.plans.length > 0 &&
          refuse(
            'LICENSE_MANAGEMENT_HAS_PLANS',
            `The offer has ${state.draft.plans.length} plans.`,
            '/licenseManagement',
          ),
      ) ??
      (same(options, state.draft.offerSetup)
        ? []
        : [event(LicensingOptionsChosen, { publisherId: state.publisherId, offer, ...options })])
    );
  },
});

/** R10, R11: license management, or exactly one listing option. */
function optionFaults({ licenseManagement, freeInstall, listingOption, trialMonths }: LicensingOptions): Finding[] {
  const trial = listingOption === 'freeTrial';
  return [
    licenseManagement &&
      listingOption !== null &&
      refuse('LICENSING_OPTIONS_CONFLICT', `License management is on, and ${listingOption} too.`, '/listingOption'),
    !licenseManagement &&
      listingOption === null &&
      refuse(
        'LICENSING_OPTIONS_CONFLICT',
        'License management is off, and no listing option chosen.',
        '/listingOption',
      ),
    (trial ? ![1, 3, 6].includes(trialMonths ?? 0) : trialMonths !== null) &&
      refuse(
        'TRIAL_LENGTH_INVALID',
        trial ? `The trial has ${trialMonths} months.` : 'There is no trial.',
        '/trialMonths',
      ),
    freeInstall &&
      !licenseManagement &&
      refuse('FREE_INSTALL_NEEDS_LICENSE_MANAGEMENT', 'License management is off.', '/freeInstall'),
  ];
}

/** R12: in Publish in progress and Preview, and from the first sign-off to go live on. */
function isFixed(state: Offer): boolean {
  return hasBeenLive(state) || (state.submission !== null && state.submission.phase !== 'attentionNeeded');
}
