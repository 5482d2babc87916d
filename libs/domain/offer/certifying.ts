import { event } from '#lib/engine/model/message.js';
import { reject, type Finding } from '#lib/engine/model/refusal.js';
import { codePoints } from '../ids.js';
import { onOffer } from './on-offer.js';
import { OfferNeedsAttention, PublishingStepPassed } from './publishing-messages.js';
import { isBefore } from './publishing-steps.js';
import { refuse } from './refusals.js';
import { CertifyOffer, RejectOffer } from './release-messages.js';
import type { ReportEntry } from './report.js';
import type { Submission } from './state.js';
import { submissionFault } from './submissions.js';

const limits = { entries: 100, check: 200, text: 2_000 } as const;

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
    report.length > limits.entries && refuse('REPORT_INVALID', `There are ${report.length} entries.`, '/report'),
    ...report.map(
      ({ check, detail, whatToDo }, index) =>
        !(isText(check, limits.check) && isText(detail, limits.text) && isText(whatToDo, limits.text)) &&
        refuse('REPORT_INVALID', 'A text of this entry is blank or too long.', `/report/${index}`),
    ),
  ];
}

export const certifying = [certifyOffer, rejectOffer] as const;
