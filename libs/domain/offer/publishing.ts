import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, type EventOf } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import { isInIsvConnect, type PublisherState } from '../publisher/decider.js';
import { emptyContent, hasLicenseManagement } from './content.js';
import type { OfferEvent } from './offer-messages.js';
import { notCurrent, onOffer, publisherFact, statusSays } from './on-offer.js';
import { packageFaults } from './page-rules.js';
import { mappingFaults, packageUrlExpiry, packageUrlFaults, publishingFaults } from './publishability.js';
import {
  CancelPublish,
  OfferNeedsAttention,
  OfferPreviewCreated,
  OfferSubmitted,
  PublishCanceled,
  PublishingStepPassed,
  PublishOffer,
  RecordPublishingStep,
  isBefore,
  stepAfter,
  type AutomatedStep,
  type PublishingEvent,
  type ReportEntry,
  type Warning,
} from './publishing-messages.js';
import { offerRefusals, refuse, type OfferRefusalCode } from './refusals.js';
import { releaseOf, type Offer, type Submission } from './state.js';
import { canBePublished } from './status.js';

/** A signature that ends sooner than this is worth a warning (R15). */
const warnWithinMs = 30 * 24 * 3_600_000;

export function evolvePublishing(state: Offer, { type, data }: Recorded<PublishingEvent>): Offer {
  const { submissionId } = data;
  const content = state.submission?.content ?? emptyContent;
  switch (type) {
    case 'OfferSubmitted':
      return { ...state, submission: { submissionId, content: state.draft, phase: 'inProgress', awaits: 'pages' } };
    case 'PublishCanceled':
      return { ...state, submission: null };
    case 'PublishingStepPassed':
      return { ...state, submission: { submissionId, content, phase: 'inProgress', awaits: stepAfter(data.step) } };
    case 'OfferNeedsAttention':
      return { ...state, submission: { submissionId, content, phase: 'attentionNeeded' } };
    case 'OfferPreviewCreated':
      return { ...state, submission: { submissionId, content, phase: 'preview' } };
  }
}

const publishOffer = onOffer({
  command: PublishOffer,
  facts: ({ offer }) => publisherFact(offer),
  decide(state, { offer }, { facts, now, newId, revision }) {
    const { status, submission, publisherId, draft } = state;
    return (
      reject(
        !canBePublished(status, submission?.phase ?? null) && refuse('OFFER_NOT_PUBLISHABLE', statusSays(state)),
        publishingFaults(draft, isInIsvConnect(facts.publisher), now),
      ) ?? [
        event(OfferSubmitted, {
          publisherId,
          offer,
          submissionId: newId('submission'),
          draftRevision: revision,
          planIds: draft.plans.map((plan) => plan.planId),
          packageUrlExpiresAt: packageUrlExpiry(draft),
        }),
      ]
    );
  },
  answer: (events) => {
    const submitted = events.find(isSubmitted);
    return submitted ? { submissionId: submitted.data.submissionId, warnings: warningsOf(submitted) } : {};
  },
});

const cancelPublish = onOffer({
  command: CancelPublish,
  decide: (state, { offer }) =>
    state.submission?.phase === 'inProgress'
      ? [event(PublishCanceled, { publisherId: state.publisherId, offer, submissionId: state.submission.submissionId })]
      : { rejected: [refuse('NOTHING_TO_CANCEL', statusSays(state))] },
});

type SubmittedEvent = Recorded<EventOf<typeof OfferSubmitted>>;

function isSubmitted(recorded: Recorded<OfferEvent>): recorded is SubmittedEvent {
  return recorded.type === 'OfferSubmitted';
}

function warningsOf({ data: { packageUrlExpiresAt }, meta }: SubmittedEvent): Warning[] {
  if (packageUrlExpiresAt === null) return [];
  const leftMs = Date.parse(packageUrlExpiresAt) - Date.parse(meta.occurredAt);
  return leftMs >= warnWithinMs
    ? []
    : [{ code: 'PACKAGE_URL_EXPIRES_SOON', detail: `The package URL's signature expires at ${packageUrlExpiresAt}.` }];
}

/** Carries out one step of the marketplace's own (R35): the step is judged at this moment, on what was frozen. */
const recordPublishingStep = onOffer({
  command: RecordPublishingStep,
  facts: ({ offer }) => publisherFact(offer),
  decide(state, { offer, submissionId, step, foundOutside }, { facts, now }) {
    const { publisherId, submission } = state;
    // Live by now: the command came again.
    if (releaseOf(state)?.submissionId === submissionId) return [];
    if (submission?.submissionId !== submissionId) return { rejected: [notCurrent(submission)] };
    // Past the step, or failed: it came again, too.
    if (submission.phase !== 'inProgress' || isBefore(step, submission.awaits)) return [];
    if (submission.awaits !== step) {
      return { rejected: [refuse('STEP_NOT_DUE', `The submission waits for ${submission.awaits}.`, '/step')] };
    }
    if (step === 'createPreview') {
      const planIds = submission.content.plans.map((plan) => plan.planId);
      return [event(OfferPreviewCreated, { publisherId, offer, submissionId, planIds })];
    }
    const unanswered = step === 'packageUrl' && foundOutside !== null;
    const report = [
      ...faultsOf(step, state, submission, facts.publisher, now),
      ...(unanswered ? [refuse('PACKAGE_URL_UNANSWERED', foundOutside)] : []),
    ].map(entryOf);
    const outcome = { publisherId, offer, submissionId, step, report };
    return [report.length > 0 ? event(OfferNeedsAttention, outcome) : event(PublishingStepPassed, outcome)];
  },
});

function faultsOf(
  step: Exclude<AutomatedStep, 'createPreview'>,
  offer: Offer,
  { content }: Submission,
  publisher: PublisherState,
  now: string,
): Refusal<OfferRefusalCode>[] {
  // Without license management the package is not looked at: nothing in the offer names a plan.
  const solution = hasLicenseManagement(content) ? content.package : null;
  switch (step) {
    case 'pages':
      return publishingFaults(content, isInIsvConnect(publisher), now);
    case 'package':
      return solution === null ? [] : packageFaults(solution);
    case 'serviceIds':
      if (solution === null) return [];
      return mappingFaults(offer.offer, solution, content.plans, releaseOf(offer)?.content.plans ?? []);
    case 'packageUrl':
      return packageUrlFaults(content, now);
  }
}

function entryOf({ code, detail }: Refusal<OfferRefusalCode>): ReportEntry {
  return { check: code, detail, whatToDo: offerRefusals[code].help };
}

/** The way of a submission to its preview (R31–R40), but for what people decide about it. */
export const publishing = [publishOffer, cancelPublish, recordPublishingStep] as const;
