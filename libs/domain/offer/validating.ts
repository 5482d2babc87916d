import { event } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import type { PublisherState } from '../publisher/decider.js';
import { mappingFaults, packageFaults } from './package.js';
import { onOffer, publisherFact } from './on-offer.js';
import { packageUrlFaults, publishingFaults } from './publishability.js';
import {
  OfferNeedsAttention,
  OfferPreviewCreated,
  PublishingStepPassed,
  RecordPublishingStep,
} from './publishing-messages.js';
import { isBefore, type AutomatedStep } from './publishing-steps.js';
import { offerRefusals, refuse, type OfferRefusalCode } from './refusals.js';
import type { ReportEntry } from './report.js';
import type { Offer, Submission } from './state.js';
import { submissionFault } from './submissions.js';

/** Carries out one step of the marketplace's own (R35): the step is judged at this moment, on what was frozen. */
export const recordPublishingStep = onOffer({
  command: RecordPublishingStep,
  facts: ({ offer }) => publisherFact(offer),
  decide(state, { offer, submissionId, step }, { facts, now }) {
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
    const report = faultsOf(step, state, submission, facts.publisher, now).map(entryOf);
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
