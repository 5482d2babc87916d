import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { onOffer } from './on-offer.js';
import { refuse } from './refusals.js';
import { CompleteGoLive, GoLive, GoLiveSignedOff, OfferWentLive } from './release-messages.js';
import { statusWord } from './status.js';
import { submissionFault } from './submissions.js';

const goLive = onOffer({
  command: GoLive,
  decide: ({ publisherId, status, submission }, { offer, submissionId }, { now, settings }) =>
    reject(
      submission?.phase !== 'preview' &&
        refuse('OFFER_NOT_IN_PREVIEW', `The status is "${statusWord(status, submission?.phase ?? null)}".`),
      submissionFault(submission, submissionId),
    ) ?? [event(GoLiveSignedOff, { publisherId, offer, submissionId, dueAt: later(now, settings.goLiveAfterMs) })],
  answer: (events) => {
    const [first] = events;
    return first?.type === 'GoLiveSignedOff' ? { dueAt: first.data.dueAt } : {};
  },
});

const completeGoLive = onOffer({
  command: CompleteGoLive,
  decide({ submission, ...state }, { offer, submissionId }, { now }) {
    // The timer fired again.
    if (state.status !== 'unreleased' && state.live.submissionId === submissionId) return [];
    const refused = reject(submissionFault(submission, submissionId));
    if (refused) return refused;
    if (submission?.phase !== 'goingLive' || now < submission.dueAt) {
      return { rejected: [refuse('STEP_NOT_DUE', 'The submission does not go live yet.', '/submissionId')] };
    }
    const planIds = submission.content.plans.map((plan) => plan.planId);
    return [event(OfferWentLive, { publisherId: state.publisherId, offer, submissionId, planIds })];
  },
});

function later(instant: string, byMs: number): string {
  return new Date(Date.parse(instant) + byMs).toISOString();
}

export const releasing = [goLive, completeGoLive] as const;
