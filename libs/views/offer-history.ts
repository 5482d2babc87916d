import { addressOf, sortableAddress, type Actor, type Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf, type HttpRoute } from '#lib/engine/model/message.js';
import { onEach } from '#lib/engine/model/projection.js';
import type { Find, Ref, Snapshot, View } from '#lib/engine/model/query.js';
import { Instant, Nullable, OneOf, Part, Parts, Text, Whole } from '#lib/engine/model/shape.js';
import { publisherOf } from '#lib/domain/ids.js';
import { offerEvents, type OfferEvent } from '#lib/domain/offer/offer-messages.js';
import { ReportEntry } from '#lib/domain/offer/publishing-messages.js';
import { auditRoles, publisherRoles } from '#lib/domain/roles.js';
import { fromOffer } from './offer-contents.js';
import { offerRef } from './offer-status.js';
import { isOwn } from './own.js';
import { erasureRef, wasErased } from './people.js';
import { Who } from './seats.js';
import { answer, projection } from './view.js';

const eventTypes = offerEvents.map(({ type }) => type);
const initiators = ['publisherUser', 'marketplace', 'unidentifiedUser'] as const;
type Initiator = (typeof initiators)[number];

/** Something that happened to an offer. */
export class OfferHistoryEntry {
  static readonly type = 'OfferHistoryEntry';
  /** `stream@revision`, good for ever. */
  @Text() reference!: string;
  @Text() offer!: string;
  @Whole() revision!: number;
  @Instant() recordedAt!: string;
  @OneOf(eventTypes) event!: string;
  /** Null: the system, by a process or a timer; `unidentifiedUser`: a person of the publisher who was erased. */
  @Nullable() @OneOf(initiators) initiator!: Initiator | null;
  @Part(() => Who) who!: Who;
  @Nullable() @Text() submissionId!: string | null;
  @Nullable() @Text() planId!: string | null;
  /** Which check found what, and how to go on: of a publishing step that left a report. */
  @Parts(() => ReportEntry) report!: ReportEntry[];
}

interface Kinds {
  /** By offer and revision, padded so that keys of an offer sort in order. */
  entry: OfferHistoryEntry;
}

const touches = ({ data, revision }: Recorded<OfferEvent>) =>
  [['entry', sortableAddress(data.offer, revision)]] as const;

export const offerHistoryProjection = projection<Kinds>({
  name: 'offer-history',
  version: 1,
  kinds: {
    entry: {
      writtenOnce: true,
      fields: { offer: 'text', revision: 'number', event: 'text', recordedAt: 'text' },
      indexes: [['offer', 'revision']],
      origins: { fields: { offer: fromOffer.key } },
    },
  },
  on: onEach(offerEvents, touches),
  fold(event, docs) {
    if (isOneOf(offerEvents, event)) {
      docs.put('entry', sortableAddress(event.data.offer, event.revision), entryOf(event));
    }
  },
});

function entryOf(event: Recorded<OfferEvent>): OfferHistoryEntry {
  const { type, data, meta, revision } = event;
  return {
    reference: addressOf(event),
    offer: data.offer,
    revision,
    recordedAt: meta.recordedAt,
    event: type,
    initiator: initiatorOf(meta.actor),
    who: { ...meta.actor },
    submissionId: 'submissionId' in data ? data.submissionId : null,
    planId: 'planId' in data ? data.planId : null,
    report: 'report' in data ? data.report.map((entry) => ({ ...entry })) : [],
  };
}

/** Who set something going, in the words of the history (R39). */
function initiatorOf({ kind, role }: Actor): Initiator | null {
  if (kind === 'system') return null;
  return role === 'marketplaceOperator' ? 'marketplace' : 'publisherUser';
}

/** Who acted on an offer for its publisher is a person of that publisher. */
function userOf({ initiator, who: { personId } }: OfferHistoryEntry): string | null {
  return initiator === 'publisherUser' ? personId : null;
}

function erasuresOf(entry: OfferHistoryEntry): readonly Ref[] {
  const user = userOf(entry);
  return user === null ? [] : [erasureRef(publisherOf(entry.offer), user)];
}

/** R39 */
function shown(entry: OfferHistoryEntry, docs: Snapshot): OfferHistoryEntry {
  const user = userOf(entry);
  const isErased = user !== null && wasErased(publisherOf(entry.offer), user, docs);
  return isErased ? { ...entry, initiator: 'unidentifiedUser' } : entry;
}

/** What happened to an offer, by whom and when. */
export class HistoryOfOffer {
  static readonly type = 'HistoryOfOffer';
  static readonly answers = OfferHistoryEntry;
  static readonly http: HttpRoute = {
    route: 'GET /offers/{offer}/history',
    by: [...publisherRoles, ...auditRoles],
    summary: 'What happened to an offer, the latest first.',
    asOf: true,
  };
  static readonly rowKey = ['reference'];
  @Text({ example: 'fabrikam.f365' }) offer!: string;
}

export const offerHistory: View = {
  projection: offerHistoryProjection,
  queries: [
    answer.list({
      query: HistoryOfOffer,
      before: [({ offer }) => [offerRef(offer)]],
      find: ({ offer }, docs, { caller }): Find<OfferHistoryEntry> | null =>
        docs.get(offerRef(offer)) && isOwn(caller, publisherOf(offer))
          ? {
              view: offerHistoryProjection,
              kind: 'entry',
              where: { offer: { eq: offer } },
              orderBy: 'revision',
              descending: true,
            }
          : null,
      rows: [erasuresOf],
      compose: (entry, _query, docs) => shown(entry, docs),
      filters: ['event', 'recordedAt'],
    }),
  ],
};
