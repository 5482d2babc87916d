import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventOf } from '#lib/engine/model/message.js';
import { Instant, Nullable, OneOf, Parts, Text } from '#lib/engine/model/shape.js';
import type { StopDistributionRequested } from '#lib/domain/offer/distribution-messages.js';
import {
  publishingSteps,
  ReportEntry,
  stepAfter,
  type PublishingEvent,
  type PublishingStep,
} from '#lib/domain/offer/publishing-messages.js';
import type { ReleaseEvent } from '#lib/domain/offer/release-messages.js';
import type { Phase } from '#lib/domain/offer/state.js';

const outcomes = ['passed', 'failed', 'canceled'] as const;
const phases = ['inProgress', 'attentionNeeded', 'preview', 'goingLive', 'live', 'canceled', 'discarded'] as const;

/** A step with its times; those that are still to come are left out. */
export class StepProgress {
  @OneOf(publishingSteps) step!: PublishingStep;
  @Instant() startedAt!: string;
  @Nullable() @Instant() endedAt!: string | null;
  @Nullable() @OneOf(outcomes) outcome!: (typeof outcomes)[number] | null;
}

/** The newest submission of an offer, whatever became of it. */
export class SubmissionProgress {
  @Text() submissionId!: string;
  @OneOf(phases) phase!: (typeof phases)[number];
  @Parts(() => StepProgress) steps!: StepProgress[];
  /** Of the last step that left one. */
  @Parts(() => ReportEntry) report!: ReportEntry[];
  @Nullable() @Instant() signedOffAt!: string | null;
  @Nullable() @Instant() goLiveDueAt!: string | null;
}

/** Where an open submission stands; null when it is live, canceled or discarded. */
export function openPhase(submission: SubmissionProgress | null): Phase | null {
  const phase = submission?.phase ?? 'canceled';
  return phase === 'live' || phase === 'canceled' || phase === 'discarded' ? null : phase;
}

/** The newest submission after an event. */
export function progressed(
  before: SubmissionProgress | null,
  event: Recorded<PublishingEvent | ReleaseEvent>,
): SubmissionProgress {
  const { type, data, meta } = event;
  const at = meta.recordedAt;
  const submission = before ?? fresh(data.submissionId);
  switch (type) {
    case 'OfferSubmitted':
      return { ...fresh(data.submissionId), steps: [starting('pages', at)] };
    case 'PublishingStepPassed': {
      const steps = [...ended(submission, at, 'passed'), starting(stepAfter(data.step), at)];
      return { ...submission, steps, report: data.report };
    }
    case 'OfferNeedsAttention':
      return { ...submission, phase: 'attentionNeeded', steps: ended(submission, at, 'failed'), report: data.report };
    case 'OfferPreviewCreated':
      return { ...submission, phase: 'preview', steps: [...ended(submission, at, 'passed'), starting('signOff', at)] };
    case 'GoLiveSignedOff': {
      const steps = [...ended(submission, at, 'passed'), starting('goLive', at)];
      // The window counts from the moment of which the due time was reckoned.
      return { ...submission, phase: 'goingLive', steps, signedOffAt: meta.occurredAt, goLiveDueAt: data.dueAt };
    }
    case 'OfferWentLive':
      return { ...submission, phase: 'live', steps: ended(submission, at, 'passed') };
    case 'PublishCanceled':
      return { ...submission, phase: 'canceled', steps: ended(submission, at, 'canceled') };
  }
}

/** The newest submission after the offer was asked to leave the market: only an open one is discarded (R36). */
export function afterStop(
  before: SubmissionProgress | null,
  { data, meta }: Recorded<EventOf<typeof StopDistributionRequested>>,
): SubmissionProgress | null {
  if (before === null || data.discardedSubmissionId === null) return before;
  return { ...before, phase: 'discarded', steps: ended(before, meta.recordedAt, 'canceled') };
}

function fresh(submissionId: string): SubmissionProgress {
  return { submissionId, phase: 'inProgress', steps: [], report: [], signedOffAt: null, goLiveDueAt: null };
}

function starting(step: PublishingStep, startedAt: string): StepProgress {
  return { step, startedAt, endedAt: null, outcome: null };
}

/** The steps, with the one under way ended. */
function ended({ steps }: SubmissionProgress, endedAt: string, outcome: (typeof outcomes)[number]): StepProgress[] {
  return steps.map((step) => (step.outcome === null ? { ...step, endedAt, outcome } : step));
}
