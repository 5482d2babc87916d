import { issue, request, setTimer, type ProcessManager, type Reaction } from '#lib/engine/model/process.js';
import { CompleteStopDistribution } from '#lib/domain/offer/distribution-messages.js';
import type { OfferEvent } from '#lib/domain/offer/offer-messages.js';
import { RecordPublishingStep, stepAfter, type AutomatedStep } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive } from '#lib/domain/offer/release-messages.js';
import type { Settings } from '#lib/domain/settings.js';

/**
 * Asks the package URL of a submission for its first byte, and records the step `packageUrl` with what came of it (R35).
 * The URL is read from the offer's stream when it is asked, so that its signature stands nowhere else.
 */
export class CheckPackageUrl {
  static readonly type = 'CheckPackageUrl';
  offer!: string;
  submissionId!: string;
}

/**
 * Carries a submission through publishing: each step that passes leads to the next, up to certification, which a
 * marketplace operator decides unless the installation certifies by itself (R38); then the preview; and after the
 * sign-off, going live when it is due; and a live offer off the market when its stop is due (R36). No timer is ever
 * cleared: nothing cancels a go-live that was signed off (R32), or a stop.
 */
export function publishing({
  autoCertify,
  checkPackageUrl,
}: Pick<Settings, 'autoCertify' | 'checkPackageUrl'>): ProcessManager<OfferEvent> {
  const carryOut = (step: AutomatedStep, submission: CheckPackageUrl): Reaction =>
    step === 'packageUrl' && checkPackageUrl
      ? request(submission.submissionId, CheckPackageUrl, submission)
      : issue(RecordPublishingStep, { ...submission, step, foundOutside: null });
  return {
    name: 'publishing',
    startAt: 'beginning',
    on: {
      OfferSubmitted: ({ data: { offer, submissionId } }) => [carryOut('pages', { offer, submissionId })],
      PublishingStepPassed({ data: { offer, submissionId, step } }) {
        const next = stepAfter(step);
        if (next !== 'certification') return [carryOut(next, { offer, submissionId })];
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
