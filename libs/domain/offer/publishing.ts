import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, type EventOf } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import type { PublisherState } from '../publisher/decider.js';
import { emptyContent } from './content.js';
import type { OfferEvent } from './offer-messages.js';
import { onOffer, publisherFact, submissionFault } from './on-offer.js';
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
import type { Offer, Submission } from './state.js';
import { canBePublished, statusWord } from './status.js';

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
  decide({ status, submission, publisherId, draft }, { offer }, { facts, now, newId, revision }) {
    const phase = submission?.phase ?? null;
    const isvConnect = facts.publisher.status === 'enrolled' && facts.publisher.isvConnect;
    return (
      reject(
        !canBePublished(status, phase) &&
          refuse('OFFER_NOT_PUBLISHABLE', `The status is "${statusWord(status, phase)}".`),
        publishingFaults(draft, isvConnect, now),
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
  decide: ({ publisherId, status, submission }, { offer }) =>
    submission?.phase === 'inProgress'
      ? [event(PublishCanceled, { publisherId, offer, submissionId: submission.submissionId })]
      : {
          rejected: [refuse('NOTHING_TO_CANCEL', `The status is "${statusWord(status, submission?.phase ?? null)}".`)],
        },
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
    // Past it, or failed: the command came again.
    if (isBehind(state, submissionId, step)) return [];
    const refused = reject(submissionFault(submission, submissionId));
    if (refused || submission?.phase !== 'inProgress') return refused ?? [];
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
      ...(unanswered ? [refuse('PACKAGE_URL_UNANSWERED', foundOutside, '/technicalConfiguration')] : []),
    ].map(entryOf);
    const outcome = { publisherId, offer, submissionId, step, report };
    return [report.length > 0 ? event(OfferNeedsAttention, outcome) : event(PublishingStepPassed, outcome)];
  },
});

function isBehind({ submission, ...offer }: Offer, submissionId: string, step: AutomatedStep): boolean {
  if (offer.status !== 'unreleased' && offer.live.submissionId === submissionId) return true;
  if (submission?.submissionId !== submissionId) return false;
  return submission.phase !== 'inProgress' || isBefore(step, submission.awaits);
}

function faultsOf(
  step: Exclude<AutomatedStep, 'createPreview'>,
  offer: Offer,
  { content }: Submission,
  publisher: PublisherState,
  now: string,
): Refusal<OfferRefusalCode>[] {
  // Without license management the package is not looked at: nothing in the offer names a plan.
  const solution = content.offerSetup?.licenseManagement === true ? content.package : null;
  switch (step) {
    case 'pages':
      return publishingFaults(content, publisher.status === 'enrolled' && publisher.isvConnect, now);
    case 'package':
      return solution === null ? [] : packageFaults(solution);
    case 'serviceIds':
      if (solution === null) return [];
      return mappingFaults(offer.offer, content, offer.status === 'unreleased' ? [] : offer.live.content.plans);
    case 'packageUrl':
      return packageUrlFaults(content, now);
  }
}

function entryOf({ code, detail }: Refusal<OfferRefusalCode>): ReportEntry {
  return { check: code, detail, whatToDo: offerRefusals[code].help };
}

/** The way of a submission to its preview (R31–R40), but for what people decide about it. */
export const publishing = [publishOffer, cancelPublish, recordPublishingStep] as const;
