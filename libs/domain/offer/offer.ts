import type { Decider } from '#lib/engine/model/aggregate.js';
import { certifying } from './certifying.js';
import { createOffer } from './creating.js';
import { offerEvents } from './events.js';
import { chooseLicensingOptions } from './licensing-options.js';
import { savingPages } from './pages.js';
import { managingPlans } from './plans.js';
import { releasing } from './releasing.js';
import { evolve, type OfferState } from './state.js';
import { submitting } from './submitting.js';
import { recordPublishingStep } from './validating.js';

/** One offer: its draft pages and plans, its way through publishing, and what is live. */
export const offer: Decider<OfferState> = {
  category: 'offer',
  events: offerEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId }),
  handles: [
    createOffer,
    chooseLicensingOptions,
    ...savingPages,
    ...managingPlans,
    ...submitting,
    recordPublishingStep,
    ...certifying,
    ...releasing,
  ],
};
