import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { later } from '#lib/engine/model/instants.js';
import {
  CompleteStopDistribution,
  OfferDistributionStopped,
  StopDistribution,
  StopDistributionRequested,
  type DistributionEvent,
} from './distribution-messages.js';
import { onOffer, statusSays } from './on-offer.js';
import { refuse } from './refusals.js';
import type { Offer } from './state.js';
import { isInProgress } from './status.js';

export function evolveDistribution(state: Offer, { type, data }: Recorded<DistributionEvent>): Offer {
  // Only what is live can be stopped.
  if (state.status === 'unreleased') return state;
  switch (type) {
    case 'StopDistributionRequested':
      return { ...state, submission: null, status: 'stopping', stopDueAt: data.dueAt };
    case 'OfferDistributionStopped':
      return { ...state, status: 'stopped' };
  }
}

const stopDistribution = onOffer({
  command: StopDistribution,
  decide(state, { offer }, { now, settings }) {
    const { publisherId, submission } = state;
    const shown = statusSays(state);
    const refused = reject(
      isInProgress(submission?.phase ?? null) && refuse('OFFER_IN_PUBLISHING', shown),
      state.status !== 'live' && refuse('OFFER_NOT_LIVE', shown),
    );
    if (refused || state.status !== 'live') return refused ?? [];
    // A plan that is live cannot be deleted: it is in every later submission, too.
    const planIds = planIdsOf((submission ?? state.live).content);
    const dueAt = later(now, settings.stopDistributionAfterMs);
    const discardedSubmissionId = submission?.submissionId ?? null;
    return [event(StopDistributionRequested, { publisherId, offer, discardedSubmissionId, planIds, dueAt })];
  },
  answer: (events) => {
    const [first] = events;
    return first?.type === 'StopDistributionRequested' ? { dueAt: first.data.dueAt } : {};
  },
});

const completeStopDistribution = onOffer({
  command: CompleteStopDistribution,
  decide(state, { offer }, { now }) {
    // The timer fired again; meanwhile the offer may even be back.
    if (state.status !== 'stopping') return [];
    if (now < state.stopDueAt) {
      return { rejected: [refuse('STEP_NOT_DUE', `The stop is due at ${state.stopDueAt}.`)] };
    }
    const planIds = planIdsOf(state.live.content);
    return [event(OfferDistributionStopped, { publisherId: state.publisherId, offer, planIds })];
  },
});

function planIdsOf({ plans }: Offer['draft']): string[] {
  return plans.map((plan) => plan.planId);
}

/** Leaving the market (R36). */
export const distribution = [stopDistribution, completeStopDistribution] as const;
