import type { Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf, type HttpRoute } from '#lib/engine/model/message.js';
import { onEach, type Docs } from '#lib/engine/model/projection.js';
import { type DocRef, ref, type View } from '#lib/engine/model/query.js';
import { Text } from '#lib/engine/model/shape.js';
import { publisherOf, streams } from '#lib/domain/ids.js';
import { emptyContent } from '#lib/domain/offer/content.js';
import { offerEvents, type OfferEvent } from '#lib/domain/offer/offer-messages.js';
import { publishingEvents } from '#lib/domain/offer/publishing-messages.js';
import { releaseEvents } from '#lib/domain/offer/release-messages.js';
import { statusWord } from '#lib/domain/offer/status.js';
import { auditRoles, marketplaceRoles, publisherRoles } from '#lib/domain/roles.js';
import { draftRef, fromOffer } from './offer-contents.js';
import { afterStop, openPhase, progressed } from './offer-progress.js';
import { OfferStatus, OfferSummary, statusOf, summaryOf, type OfferDoc } from './offer-status-answer.js';
import { isOwn } from './own.js';
import { everyStream } from './stream-index.js';
import { answer, projection } from './view.js';

export interface PublisherDoc {
  readonly name: string;
  readonly isvConnect: boolean;
}

interface Kinds {
  /** By offer. */
  offer: OfferDoc;
  /** By publisher: what its offers need to know of it (R13). */
  publisher: PublisherDoc;
}

const touchesOffer = ({ data }: { data: { offer: string } }) => [['offer', data.offer] as const];
const touchesPublisher = ({ data }: { data: { publisherId: string } }) => [['publisher', data.publisherId] as const];

export const offerStatusProjection = projection<Kinds>({
  name: 'offer-status',
  version: 1,
  kinds: {
    offer: {
      fields: { publisherId: 'text', offer: 'text', status: 'text' },
      indexes: [['publisherId', 'offer']],
      origins: { ...fromOffer, fields: { publisherId: (publisherId) => everyStream('offer', { publisherId }) } },
    },
    publisher: { origins: { key: (publisherId) => ({ stream: streams.publisher(publisherId) }) } },
  },
  on: {
    PublisherEnrolled: touchesPublisher,
    IsvConnectEnrolled: touchesPublisher,
    ...onEach(offerEvents, touchesOffer),
  },
  fold(event, docs) {
    switch (event.type) {
      case 'PublisherEnrolled':
        return docs.put('publisher', event.data.publisherId, { name: event.data.name, isvConnect: false });
      case 'IsvConnectEnrolled': {
        const publisher = docs.get('publisher', event.data.publisherId);
        if (publisher) docs.put('publisher', event.data.publisherId, { ...publisher, isvConnect: true });
        return;
      }
      case 'OfferCreated':
        return docs.put('offer', event.data.offer, created(event));
      case 'LicensingOptionsChosen':
        return changeOffer(docs, event, () => ({ managesLicenses: event.data.licenseManagement }));
      case 'OfferWentLive':
        return changeOffer(docs, event, ({ submission }) => ({
          market: 'live',
          everLive: true,
          liveSince: event.meta.recordedAt,
          submission: progressed(submission, event),
        }));
      case 'StopDistributionRequested':
        return changeOffer(docs, event, ({ submission }) => ({
          market: 'stopping',
          stopDueAt: event.data.dueAt,
          submission: afterStop(submission, event),
        }));
      case 'OfferDistributionStopped':
        return changeOffer(docs, event, () => ({ market: 'stopped', liveSince: null, stopDueAt: null }));
      default:
        if (isOneOf(publishingEvents, event) || isOneOf(releaseEvents, event)) {
          return changeOffer(docs, event, ({ submission }) => ({ submission: progressed(submission, event) }));
        }
        // Every event counts: the revision that is shown is what `If-Match` sends back.
        if (isOneOf(offerEvents, event)) changeOffer(docs, event, () => ({}));
    }
  },
});

function created({ data, meta, revision }: Recorded<Extract<OfferEvent, { type: 'OfferCreated' }>>): OfferDoc {
  return {
    publisherId: data.publisherId,
    offer: data.offer,
    alias: data.alias,
    createdAt: meta.recordedAt,
    status: 'Draft',
    market: 'unreleased',
    managesLicenses: false,
    everLive: false,
    liveSince: null,
    stopDueAt: null,
    submission: null,
    revision,
  };
}

function changeOffer(
  docs: Docs<Kinds>,
  { data: { offer }, revision }: Recorded<OfferEvent>,
  change: (doc: OfferDoc) => Partial<OfferDoc>,
): void {
  const before = docs.get('offer', offer);
  if (!before) return;
  const after = { ...before, ...change(before), revision };
  docs.put('offer', offer, { ...after, status: statusWord(after.market, openPhase(after.submission)) });
}

/** Where an offer stands, and what can or must be done next; for a marketplace operator, which submission (R38). */
export class GetOfferStatus {
  static readonly type = 'GetOfferStatus';
  static readonly answers = OfferStatus;
  static readonly http: HttpRoute = {
    route: 'GET /offers/{offer}',
    by: [...publisherRoles, ...marketplaceRoles, ...auditRoles],
    summary: 'Status of an offer: phase and steps, pages, what blocks publishing, allowed actions.',
    asOf: true,
  };
  @Text() offer!: string;
}

export class ListOffers {
  static readonly type = 'ListOffers';
  static readonly answers = OfferSummary;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/offers',
    by: [...publisherRoles, ...auditRoles],
    summary: "A publisher's offers with their status.",
    asOf: true,
  };
  static readonly rowKey = ['offer'];
  @Text() publisherId!: string;
}

export function offerRef(offer: string): DocRef<OfferDoc> {
  return ref(offerStatusProjection, 'offer', offer);
}

export function publisherRef(publisherId: string): DocRef<PublisherDoc> {
  return ref(offerStatusProjection, 'publisher', publisherId);
}

export const offerStatus: View = {
  projection: offerStatusProjection,
  queries: [
    answer.one<GetOfferStatus, OfferStatus>({
      query: GetOfferStatus,
      rounds: [({ offer }) => [offerRef(offer), draftRef(offer), publisherRef(publisherOf(offer))]],
      compose({ offer }, docs, context) {
        const doc = docs.get(offerRef(offer));
        if (!doc || !isOwn(context.caller, doc.publisherId)) return null;
        const draft = docs.get(draftRef(offer))?.content ?? emptyContent;
        return statusOf(doc, draft, docs.get(publisherRef(doc.publisherId))?.isvConnect ?? false, context);
      },
    }),
    answer.list<ListOffers, OfferDoc, OfferSummary>({
      query: ListOffers,
      find: ({ publisherId }, _docs, { caller }) =>
        isOwn(caller, publisherId)
          ? {
              view: offerStatusProjection,
              kind: 'offer',
              where: { publisherId: { eq: publisherId } },
              orderBy: 'offer',
            }
          : null,
      compose: summaryOf,
      filters: ['status'],
    }),
  ],
};
