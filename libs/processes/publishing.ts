import { issue, setTimer, type ProcessManager } from '#lib/engine/model/process.js';
import { CompleteStopDistribution } from '#lib/domain/offer/distribution-messages.js';
import type { OfferEvent } from '#lib/domain/offer/offer-messages.js';
import { RecordPublishingStep, stepAfter } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive } from '#lib/domain/offer/release-messages.js';
import type { Settings } from '#lib/domain/settings.js';

/**
 * Carries a submission through publishing: each step that passes leads to the next, up to certification, which a
 * marketplace operator decides unless the installation certifies by itself (R38); then the preview; and after the
 * sign-off, going live when it is due; and a live offer off the market when its stop is due (R36). No timer is ever
 * cleared: nothing cancels a go-live that was signed off (R32), or a stop.
 */
export function publishing({ autoCertify }: Pick<Settings, 'autoCertify'>): ProcessManager<OfferEvent> {
  return {
    name: 'publishing',
    startAt: 'beginning',
    on: {
      OfferSubmitted: ({ data: { offer, submissionId } }) => [
        issue(RecordPublishingStep, { offer, submissionId, step: 'pages' }),
      ],
      PublishingStepPassed({ data: { offer, submissionId, step } }) {
        const next = stepAfter(step);
        if (next !== 'certification') return [issue(RecordPublishingStep, { offer, submissionId, step: next })];
        return autoCertify ? [issue(CertifyOffer, { offer, submissionId, report: [] })] : [];
      },
      GoLiveSignedOff: ({ data: { offer, submissionId, dueAt } }) => [
        setTimer(submissionId, dueAt, CompleteGoLive, { offer, submissionId }),
      ],
      StopDistributionRequested: ({ data: { offer, dueAt } }) => [
        setTimer(offer, dueAt, CompleteStopDistribution, { offer }),
      ],
    },
  };
}
