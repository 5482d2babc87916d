import { handling, type Context, type Decision, type Facts, type NoFacts } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Finding } from '#lib/engine/model/refusal.js';
import { publisherOf, streams } from '../ids.js';
import { publisher } from '../publisher/decider.js';
import type { Settings } from '../settings.js';
import type { OfferEvent } from './offer-messages.js';
import { refuse } from './refusals.js';
import type { Offer, OfferState, Submission } from './state.js';
import { statusWord } from './status.js';

export const handle = handling<OfferState, OfferEvent, Settings>();

interface OnOffer<C, F> {
  readonly command: CommandClass<C>;
  facts?(command: C): F;
  decide(offer: Offer, command: C, context: Context<F, Settings>): Decision<OfferEvent>;
  answer?(events: readonly Recorded<OfferEvent>[], command: C, settings: Settings): object;
}

/** A command to an offer that is there: the engine answers 404 to one that is not. */
export function onOffer<C extends { offer: string }, F extends Facts = NoFacts>(acts: OnOffer<C, F>) {
  return handle<C, F>({
    ...acts,
    stream: ({ offer }) => streams.offer(offer),
    decide: (state, command, context) => (state.status === 'none' ? [] : acts.decide(state, command, context)),
  });
}

/** The publisher of an offer, as a fact. */
export function publisherFact(offer: string) {
  return { publisher: { aggregate: publisher, stream: streams.publisher(publisherOf(offer)) } };
}

/** A command about a submission names it, and is refused for any but the current one (R40). */
export function submissionFault(submission: Submission | null, submissionId: string): Finding {
  return submission?.submissionId !== submissionId && notCurrent(submission);
}

export function notCurrent(submission: Submission | null) {
  return refuse(
    'SUBMISSION_NOT_CURRENT',
    submission ? `The current submission is ${submission.submissionId}.` : 'There is no open submission.',
    '/submissionId',
  );
}

/** Why the offer cannot do now what was asked. */
export function statusSays({ status, submission }: Pick<Offer, 'status' | 'submission'>): string {
  return `The status is "${statusWord(status, submission?.phase ?? null)}".`;
}
