import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import type { OfferEvent } from './events.js';
import { onOffer, publisherFact } from './on-offer.js';
import { packageUrlExpiry, publishingFaults } from './publishability.js';
import { CancelPublish, OfferSubmitted, PublishCanceled, PublishOffer, type Warning } from './publishing-messages.js';
import { refuse } from './refusals.js';
import { canBePublished, statusWord } from './status.js';

/** A signature that ends sooner than this is worth a warning (R15). */
const warnWithinMs = 30 * 24 * 3_600_000;

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
      ) ??
      reject(publishingFaults(draft, isvConnect, now)) ?? [
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

type SubmittedEvent = Recorded<Extract<OfferEvent, { type: 'OfferSubmitted' }>>;

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

export const submitting = [publishOffer, cancelPublish] as const;
