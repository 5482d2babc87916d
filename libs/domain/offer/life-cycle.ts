import type { LifeCycle } from '../life-cycle.js';
import type { OfferState } from './state.js';
import { statusWord } from './status.js';

/** A submission and what is live go their ways side by side; the word is that of the submission while there is one. */
export const offerLifeCycle: LifeCycle<OfferState> = {
  category: 'offer',
  wordOf: (state) => (state.status === 'none' ? 'none' : statusWord(state.status, state.submission?.phase ?? null)),
  moves: [
    ['none', 'OfferCreated', 'Draft'],
    ['Draft', 'OfferSubmitted', 'Publish in progress'],
    ['Attention needed', 'OfferSubmitted', 'Publish in progress'],
    ['Preview', 'OfferSubmitted', 'Publish in progress'],
    ['Live', 'OfferSubmitted', 'Publish in progress'],
    ['Not available in the marketplace', 'OfferSubmitted', 'Publish in progress'],
    ['Publish in progress', 'OfferNeedsAttention', 'Attention needed'],
    ['Publish in progress', 'OfferPreviewCreated', 'Preview'],
    ['Preview', 'GoLiveSignedOff', 'Publish in progress'],
    ['Publish in progress', 'OfferWentLive', 'Live'],
    // R32: what was there before the submission shows again.
    ['Publish in progress', 'PublishCanceled', 'Draft'],
    ['Publish in progress', 'PublishCanceled', 'Live'],
    ['Publish in progress', 'PublishCanceled', 'Not available in the marketplace'],
    // R36: a preview or failed submission is discarded.
    ['Live', 'StopDistributionRequested', 'Pending stop distribution'],
    ['Preview', 'StopDistributionRequested', 'Pending stop distribution'],
    ['Attention needed', 'StopDistributionRequested', 'Pending stop distribution'],
    ['Pending stop distribution', 'OfferDistributionStopped', 'Not available in the marketplace'],
  ],
};
