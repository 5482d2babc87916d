import type { HttpRoute } from '#lib/engine/model/message.js';
import type { View } from '#lib/engine/model/query.js';
import { Nullable, Part, Text, Whole } from '#lib/engine/model/shape.js';
import { Content } from '#lib/domain/offer/content.js';
import { publisherRoles } from '#lib/domain/roles.js';
import { draftRef, liveRef, offerContentsProjection, submittedRef } from './offer-contents.js';
import { isOwn } from './own.js';
import { answer } from './view.js';

export class OfferDraft {
  static readonly type = 'OfferDraft';
  @Text() offer!: string;
  @Text() publisherId!: string;
  @Text({ description: 'From the alias (R8); the listing page is not started until it is saved.' })
  suggestedListingName!: string;
  @Part(() => Content) draft!: Content;
  /** What the submission in preview, or signed off, will make live. */
  @Nullable() @Part(() => Content) preview!: Content | null;
  @Nullable() @Part(() => Content) live!: Content | null;
  @Whole() revision!: number;
}

/** The saved values of each page and plan. */
export class GetOfferDraft {
  static readonly type = 'GetOfferDraft';
  static readonly answers = OfferDraft;
  static readonly http: HttpRoute = {
    route: 'GET /offers/{offer}/draft',
    by: publisherRoles,
    summary: "An offer's pages and plans: as saved, in preview and live.",
    asOf: true,
  };
  @Text() offer!: string;
}

export const offerDraft: View = {
  projection: offerContentsProjection,
  queries: [
    answer.one<GetOfferDraft, OfferDraft>({
      query: GetOfferDraft,
      rounds: [({ offer }) => [draftRef(offer), submittedRef(offer), liveRef(offer)]],
      compose({ offer }, docs, { caller }) {
        const draft = docs.get(draftRef(offer));
        if (!draft || !isOwn(caller, draft.publisherId)) return null;
        const submitted = docs.get(submittedRef(offer));
        return {
          offer: draft.offer,
          publisherId: draft.publisherId,
          suggestedListingName: draft.alias,
          draft: draft.content,
          preview: submitted?.previewed ? submitted.content : null,
          live: docs.get(liveRef(offer))?.content ?? null,
          revision: draft.revision,
        };
      },
    }),
  ],
};
