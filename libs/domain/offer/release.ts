import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Finding } from '#lib/engine/model/refusal.js';
import { codePoints } from '../ids.js';
import { later } from '#lib/engine/model/instants.js';
import { emptyContent } from './content.js';
import { notCurrent, onOffer, statusSays, submissionFault } from './on-offer.js';
import { OfferNeedsAttention, PublishingStepPassed, isBefore, type ReportEntry } from './publishing-messages.js';
import { refuse } from './refusals.js';
import {
  CertifyOffer,
  CompleteGoLive,
  GoLive,
  GoLiveSignedOff,
  OfferWentLive,
  RejectOffer,
  type ReleaseEvent,
} from './release-messages.js';
import { releaseOf, type Offer, type Submission } from './state.js';

const reportLimits = { entries: 100, check: 200, text: 2_000 } as const;

export function evolveRelease(state: Offer, { type, data }: Recorded<ReleaseEvent>): Offer {
  const { submissionId } = data;
  const content = state.submission?.content ?? emptyContent;
  switch (type) {
    case 'GoLiveSignedOff':
      return { ...state, submission: { submissionId, content, phase: 'goingLive', dueAt: data.dueAt } };
    case 'OfferWentLive':
      return { ...state, submission: null, status: 'live', live: { submissionId, content } };
  }
}

const certifyOffer = onOffer({
  command: CertifyOffer,
  decide: ({ publisherId, submission }, { offer, submissionId, report }) =>
    // Certified already: autoCertify, or an operator who asks twice.
    submission?.submissionId === submissionId && isCertified(submission)
      ? []
      : (reject(submissionFault(submission, submissionId), ...reportFaults(report)) ??
        reject(certificationFault(submission)) ?? [
          event(PublishingStepPassed, { publisherId, offer, submissionId, step: 'certification', report }),
        ]),
});

const rejectOffer = onOffer({
  command: RejectOffer,
  decide: ({ publisherId, submission }, { offer, submissionId, report }) =>
    reject(
      submissionFault(submission, submissionId),
      report.length === 0 && refuse('REPORT_INVALID', 'The report is empty.', '/report'),
      ...reportFaults(report),
    ) ??
    reject(certificationFault(submission)) ?? [
      event(OfferNeedsAttention, { publisherId, offer, submissionId, step: 'certification', report }),
    ],
});

function isCertified(submission: Submission): boolean {
  return submission.phase === 'inProgress'
    ? isBefore('certification', submission.awaits)
    : submission.phase !== 'attentionNeeded';
}

/** R38: certification comes after automated validation and before the preview. */
function certificationFault(submission: Submission | null): Finding {
  return (
    !(submission?.phase === 'inProgress' && submission.awaits === 'certification') &&
    refuse('NOT_IN_CERTIFICATION', 'The submission is not in certification.', '/submissionId')
  );
}

/** R33: a report says which check, and what to do. */
function reportFaults(report: readonly ReportEntry[]): Finding[] {
  const isText = (text: string, most: number) => text.trim() !== '' && codePoints(text) <= most;
  return [
    report.length > reportLimits.entries && refuse('REPORT_INVALID', `There are ${report.length} entries.`, '/report'),
    ...report.map(
      ({ check, detail, whatToDo }, index) =>
        !(
          isText(check, reportLimits.check) &&
          isText(detail, reportLimits.text) &&
          isText(whatToDo, reportLimits.text)
        ) && refuse('REPORT_INVALID', 'A text of this entry is blank or too long.', `/report/${index}`),
    ),
  ];
}

const goLive = onOffer({
  command: GoLive,
  decide(state, { offer, submissionId }, { now, settings }) {
    const { publisherId, submission } = state;
    return (
      reject(
        submission?.phase !== 'preview' && refuse('OFFER_NOT_IN_PREVIEW', statusSays(state)),
        submissionFault(submission, submissionId),
      ) ?? [event(GoLiveSignedOff, { publisherId, offer, submissionId, dueAt: later(now, settings.goLiveAfterMs) })]
    );
  },
  answer: (events) => {
    const [first] = events;
    return first?.type === 'GoLiveSignedOff' ? { dueAt: first.data.dueAt } : {};
  },
});

const completeGoLive = onOffer({
  command: CompleteGoLive,
  decide(state, { offer, submissionId }, { now }) {
    const { publisherId, submission } = state;
    // The timer fired again.
    if (releaseOf(state)?.submissionId === submissionId) return [];
    if (submission?.submissionId !== submissionId) return { rejected: [notCurrent(submission)] };
    if (submission.phase !== 'goingLive' || now < submission.dueAt) {
      return { rejected: [refuse('STEP_NOT_DUE', 'The submission does not go live yet.', '/submissionId')] };
    }
    const planIds = submission.content.plans.map((plan) => plan.planId);
    return [event(OfferWentLive, { publisherId, offer, submissionId, planIds })];
  },
});

/** What is decided about a submission by people, and going live when it is due (R31–R40). */
export const release = [certifyOffer, rejectOffer, goLive, completeGoLive] as const;
