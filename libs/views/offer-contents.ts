import { isOneOf } from '#lib/engine/model/message.js';
import { onEach, type Docs } from '#lib/engine/model/projection.js';
import { ref, type DocRef } from '#lib/engine/model/query.js';
import { streams } from '#lib/domain/ids.js';
import { emptyContent, type Content } from '#lib/domain/offer/content.js';
import { offerEvents } from '#lib/domain/offer/offer-messages.js';
import { pageEvents } from '#lib/domain/offer/pages-messages.js';
import { withPage } from '#lib/domain/offer/pages.js';
import { planEvents } from '#lib/domain/offer/plans-messages.js';
import { withPlans } from '#lib/domain/offer/plans.js';
import { projection } from './view.js';

export interface DraftDoc {
  readonly publisherId: string;
  readonly offer: string;
  /** What the listing's name is suggested from (R8). It stays here: what customers see has no room for it (R5). */
  readonly alias: string;
  readonly content: Content;
  /** Of the offer. Every event counts, so that what was seen can be sent back in `If-Match`. */
  readonly revision: number;
}

/** Frozen by the open submission (R18). */
export interface SubmittedDoc {
  readonly submissionId: string;
  readonly previewed: boolean;
  readonly content: Content;
}

/** What customers see. */
export interface LiveDoc {
  readonly publisherId: string;
  readonly offer: string;
  readonly submissionId: string;
  readonly status: 'onSale' | 'stopped';
  readonly since: string;
  readonly name: string;
  readonly category: string;
  readonly content: Content;
  /** Of the offer, when this went live. */
  readonly revision: number;
}

/** All by offer. */
interface Kinds {
  draft: DraftDoc;
  submitted: SubmittedDoc;
  live: LiveDoc;
}

type OnOffer = { readonly data: { readonly offer: string } };

const draft = ({ data: { offer } }: OnOffer) => [['draft', offer] as const];
const draftAndSubmitted = (event: OnOffer) => [...draft(event), ['submitted', event.data.offer] as const];
const everything = (event: OnOffer) => [...draftAndSubmitted(event), ['live', event.data.offer] as const];

/** An offer's pages and plans three times: as saved, as submitted, as live. */
/** Of documents by offer. */
export const fromOffer = { key: (offer: string) => ({ stream: streams.offer(offer) }) };

export const offerContentsProjection = projection<Kinds>({
  name: 'offer-contents',
  version: 1,
  kinds: {
    draft: { origins: fromOffer },
    submitted: { origins: fromOffer },
    live: {
      origins: fromOffer,
      fields: { publisherId: 'text', status: 'text', name: 'text', category: 'text' },
      indexes: [
        ['status', 'name'],
        ['status', 'publisherId', 'name'],
        ['status', 'category', 'name'],
      ],
    },
  },
  on: {
    ...onEach(offerEvents, draft),
    OfferSubmitted: draftAndSubmitted,
    PublishCanceled: draftAndSubmitted,
    OfferNeedsAttention: draftAndSubmitted,
    OfferPreviewCreated: draftAndSubmitted,
    OfferWentLive: everything,
    StopDistributionRequested: draftAndSubmitted,
    OfferDistributionStopped: everything,
  },
  fold(event, docs) {
    const { type, data, revision } = event;
    if (isOneOf(pageEvents, event)) {
      return touchDraft(docs, event.data.offer, revision, (content) => withPage(content, event));
    }
    if (isOneOf(planEvents, event)) {
      return touchDraft(docs, event.data.offer, revision, (content) => withPlans(content, event));
    }
    switch (type) {
      case 'OfferCreated': {
        const { publisherId, offer, alias } = data;
        return docs.put('draft', offer, { publisherId, offer, alias, content: emptyContent, revision });
      }
      case 'OfferSubmitted': {
        touchDraft(docs, data.offer, revision);
        const content = docs.get('draft', data.offer)?.content ?? emptyContent;
        return docs.put('submitted', data.offer, { submissionId: data.submissionId, previewed: false, content });
      }
      case 'OfferPreviewCreated': {
        touchDraft(docs, data.offer, revision);
        const submitted = docs.get('submitted', data.offer);
        if (submitted) docs.put('submitted', data.offer, { ...submitted, previewed: true });
        return;
      }
      case 'OfferWentLive': {
        touchDraft(docs, data.offer, revision);
        const content = docs.get('submitted', data.offer)?.content ?? emptyContent;
        docs.delete('submitted', data.offer);
        return docs.put('live', data.offer, {
          publisherId: data.publisherId,
          offer: data.offer,
          submissionId: data.submissionId,
          status: 'onSale',
          since: event.meta.recordedAt,
          name: content.listing?.name ?? '',
          category: content.properties?.category ?? '',
          content,
          revision,
        });
      }
      case 'OfferDistributionStopped': {
        const stopped = docs.get('live', data.offer);
        if (stopped) docs.put('live', data.offer, { ...stopped, status: 'stopped' });
        return touchDraft(docs, data.offer, revision);
      }
      case 'PublishCanceled':
      case 'OfferNeedsAttention':
      case 'StopDistributionRequested':
        docs.delete('submitted', data.offer);
        return touchDraft(docs, data.offer, revision);
      default:
        if (isOneOf(offerEvents, event)) touchDraft(docs, event.data.offer, revision);
    }
  },
});

function touchDraft(
  docs: Docs<Kinds>,
  offer: string,
  revision: number,
  change: (content: Content) => Content = (content) => content,
): void {
  const before = docs.get('draft', offer);
  if (before) docs.put('draft', offer, { ...before, content: change(before.content), revision });
}

export function draftRef(offer: string): DocRef<DraftDoc> {
  return ref(offerContentsProjection, 'draft', offer);
}

export function submittedRef(offer: string): DocRef<SubmittedDoc> {
  return ref(offerContentsProjection, 'submitted', offer);
}

export function liveRef(offer: string): DocRef<LiveDoc> {
  return ref(offerContentsProjection, 'live', offer);
}
