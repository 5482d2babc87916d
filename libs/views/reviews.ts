import type { HttpRoute } from '#lib/engine/model/message.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Instant, Nullable, Text } from '#lib/engine/model/shape.js';
import { marketplaceRoles } from '#lib/domain/roles.js';
import { dealProgressProjection, type DealDoc } from './deal-documents.js';
import { composeDeal, DealProgress, roundsOfDeal } from './deal-progress.js';
import { submittedRef } from './offer-contents.js';
import { answer, projection } from './view.js';

/** A submission on its way to certification. */
interface SubmissionDoc {
  readonly publisherId: string;
  readonly offer: string;
  readonly submissionId: string;
  readonly submittedAt: string;
  /** When automated validation was done; null: it is under way. */
  readonly waitingSince: string | null;
  readonly state: 'validating' | 'waiting';
}

interface Kinds {
  /** By offer: there is one at a time. */
  submission: SubmissionDoc;
}

const touches = ({ data }: { data: { offer: string } }) => [['submission', data.offer]] as const;

export const reviewsProjection = projection<Kinds>({
  name: 'reviews',
  version: 1,
  kinds: {
    submission: {
      fields: { state: 'text', waitingSince: 'text', publisherId: 'text' },
      indexes: [['state', 'waitingSince']],
    },
  },
  on: {
    OfferSubmitted: touches,
    PublishingStepPassed: touches,
    OfferNeedsAttention: touches,
    PublishCanceled: touches,
  },
  fold({ type, data, meta }, docs) {
    switch (type) {
      case 'OfferSubmitted': {
        const { publisherId, offer, submissionId } = data;
        const submittedAt = meta.recordedAt;
        const validating = { submittedAt, waitingSince: null, state: 'validating' } as const;
        return docs.put('submission', offer, { publisherId, offer, submissionId, ...validating });
      }
      case 'PublishingStepPassed': {
        // The last automated step before certification, and certification itself.
        if (data.step === 'certification') return docs.delete('submission', data.offer);
        const before = docs.get('submission', data.offer);
        if (data.step !== 'packageUrl' || before === undefined) return;
        return docs.put('submission', data.offer, { ...before, waitingSince: meta.recordedAt, state: 'waiting' });
      }
      case 'OfferNeedsAttention':
      case 'PublishCanceled':
        return docs.delete('submission', data.offer);
    }
  },
});

export class SubmissionToReview {
  static readonly type = 'SubmissionToReview';
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  /** Of the listing, as submitted. */
  @Nullable() @Text() name!: string | null;
  @Instant() submittedAt!: string;
  @Nullable() @Instant() waitingSince!: string | null;
}

export class SubmissionsToReview {
  static readonly type = 'SubmissionsToReview';
  static readonly answers = SubmissionToReview;
  static readonly http: HttpRoute = {
    route: 'GET /reviews/submissions',
    by: marketplaceRoles,
    summary: 'Submissions that wait for certification, the longest waiting first.',
  };
}

export class DealsToReview {
  static readonly type = 'DealsToReview';
  static readonly answers = DealProgress;
  static readonly http: HttpRoute = {
    route: 'GET /reviews/deals',
    by: marketplaceRoles,
    summary: 'Registered deals that wait for review, the oldest first.',
  };
}

export const reviews: View = {
  projection: reviewsProjection,
  queries: [
    answer.list({
      query: SubmissionsToReview,
      find: (): Find<SubmissionDoc> => ({
        view: reviewsProjection,
        kind: 'submission',
        where: { state: { eq: 'waiting' } },
        orderBy: 'waitingSince',
      }),
      rows: [({ offer }) => [submittedRef(offer)]],
      compose: ({ state: _state, ...submission }, _query, docs): SubmissionToReview => ({
        ...submission,
        name: docs.get(submittedRef(submission.offer))?.content.listing?.name ?? null,
      }),
      filters: ['publisherId'],
    }),
    answer.list({
      query: DealsToReview,
      find: (): Find<DealDoc> => ({
        view: dealProgressProjection,
        kind: 'deal',
        where: { filter: { eq: 'Submitted' } },
        orderBy: 'startedAt',
      }),
      rows: roundsOfDeal,
      compose: composeDeal,
      filters: ['publisherId', 'offer'],
    }),
  ],
};
