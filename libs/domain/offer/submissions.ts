import type { Finding } from '#lib/engine/model/refusal.js';
import { refuse } from './refusals.js';
import type { Submission } from './state.js';

/** A command about a submission names it, and is refused for any but the current one (R40). */
export function submissionFault(submission: Submission | null, submissionId: string): Finding {
  return (
    submission?.submissionId !== submissionId &&
    refuse(
      'SUBMISSION_NOT_CURRENT',
      submission ? `The current submission is ${submission.submissionId}.` : 'There is no open submission.',
      '/submissionId',
    )
  );
}
