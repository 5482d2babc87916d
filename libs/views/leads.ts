import { deliveryIn, type Delivery } from '#lib/engine/model/delivery.js';
import type { HttpRoute } from '#lib/engine/model/message.js';
import { onEach } from '#lib/engine/model/projection.js';
import { type Find, ref, type Snapshot, type View } from '#lib/engine/model/query.js';
import { Flag, Instant, Nullable, OneOf, Part, Text, Whole } from '#lib/engine/model/shape.js';
import { leadDelivery, leadSkips } from '#lib/domain/lead/delivery.js';
import { leadEvents } from '#lib/domain/lead/messages.js';
import {
  leadKinds,
  leadStatuses,
  statusAfter,
  statusAt,
  type LeadKind,
  type LeadStatus,
} from '#lib/domain/lead/status.js';
import { PersonData } from '#lib/domain/person/messages.js';
import { dealRoles } from '#lib/domain/roles.js';
import { isOwn } from './own.js';
import { personData, personRefs, wasErased } from './people.js';
import { answer, projection } from './view.js';

/** A lead without its visitor: who that is, the directory knows (R95). */
interface LeadDoc {
  readonly leadId: string;
  readonly publisherId: string;
  readonly offer: string;
  readonly kind: LeadKind;
  readonly source: string;
  readonly status: LeadStatus;
  readonly submittedAt: string;
  readonly answerDueAt: string | null;
  /** When it was accepted or declined. */
  readonly answeredAt: string | null;
  /** When it was won or lost. */
  readonly closedAt: string | null;
  readonly personId: string;
  /** Of the lead's stream. */
  readonly revision: number;
}

/** Where a publisher's leads go; the secret stands in the records alone. */
interface DestinationDoc {
  readonly url: string;
  readonly connectedAt: string;
}

interface Kinds {
  lead: LeadDoc;
  /** By publisher. */
  destination: DestinationDoc;
}

const leadsProjection = projection<Kinds>({
  name: 'leads',
  version: 1,
  kinds: {
    lead: {
      fields: { publisherId: 'text', status: 'text', kind: 'text', offer: 'text', submittedAt: 'text' },
      indexes: [
        ['publisherId', 'submittedAt'],
        ['publisherId', 'status', 'submittedAt'],
      ],
    },
    destination: {},
  },
  on: {
    ...onEach(leadEvents, ({ data }: { data: { leadId: string } }) => [['lead', data.leadId]] as const),
    LeadDestinationConnected: ({ data }) => [['destination', data.publisherId]],
  },
  fold({ type, data, meta, revision }, docs) {
    const at = meta.recordedAt;
    const become = (leadId: string, change: Partial<LeadDoc>): void => {
      const before = docs.get('lead', leadId);
      if (before) docs.put('lead', leadId, { ...before, ...change, revision });
    };
    switch (type) {
      case 'LeadSubmitted': {
        const dates = { submittedAt: at, answeredAt: null, closedAt: null };
        return docs.put('lead', data.leadId, { ...data, status: 'submitted', ...dates, revision });
      }
      case 'LeadAccepted':
      case 'LeadDeclined':
        return become(data.leadId, { status: statusAfter[type], answeredAt: at });
      case 'LeadWon':
      case 'LeadLost':
        return become(data.leadId, { status: statusAfter[type], closedAt: at });
      case 'LeadExpired':
        return become(data.leadId, { status: statusAfter[type] });
      case 'LeadDestinationConnected':
        return docs.put('destination', data.publisherId, { url: data.url, connectedAt: at });
    }
  },
});

const deliveryStatuses = ['pending', 'delivered', 'failed', ...leadSkips] as const;

/** What became of sending the lead to the publisher (R44). */
export class LeadDelivery {
  @OneOf(deliveryStatuses) status!: (typeof deliveryStatuses)[number];
  @Whole() attempts!: number;
  @Nullable()
  @Text({ description: 'What the last attempt met with.', example: 'It answered 503.' })
  answer!: string | null;
  @Nullable() @Instant() nextAttemptAt!: string | null;
}

export class Lead {
  static readonly type = 'Lead';
  @Text() leadId!: string;
  @Text({ example: 'fabrikam.f365' }) offer!: string;
  @OneOf(leadKinds) kind!: LeadKind;
  @Text({ example: 'AppSource-PLT|fabrikam.f365' }) source!: string;
  @OneOf(leadStatuses) status!: LeadStatus;
  @Instant() submittedAt!: string;
  /** Null: it needs no answer (R46). */
  @Nullable() @Instant() answerDueAt!: string | null;
  /** When it was accepted or declined. */
  @Nullable() @Instant() answeredAt!: string | null;
  /** When it was won or lost. */
  @Nullable() @Instant() closedAt!: string | null;
  @Text() personId!: string;
  /** The visitor; what they wrote is the note. Null once they were erased. */
  @Nullable() @Part(() => PersonData) person!: PersonData | null;
  @Flag({ description: 'The visitor was erased from the directory.' }) erased!: boolean;
  @Part(() => LeadDelivery) delivery!: LeadDelivery;
  /** Of the lead. */
  @Whole() revision!: number;
}

/** The leads of a publisher, newest first. */
export class LeadsOfPublisher {
  static readonly type = 'LeadsOfPublisher';
  static readonly answers = Lead;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/leads',
    by: dealRoles,
    summary: 'Leads with their visitors and what became of their delivery, newest first.',
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
}

/** Null: leads are kept, and sent nowhere. */
export class LeadDestination {
  static readonly type = 'LeadDestination';
  @Nullable() @Text({ example: 'https://fabrikam.example/leads' }) url!: string | null;
  @Nullable() @Instant() connectedAt!: string | null;
}

export class GetLeadDestination {
  static readonly type = 'GetLeadDestination';
  static readonly answers = LeadDestination;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/lead-destination',
    by: dealRoles,
    summary: "Where the publisher's leads are sent.",
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
}

const destinationOf = (publisherId: string) => ref(leadsProjection, 'destination', publisherId);
const notYet: Delivery = { status: 'pending', attempts: 0, answer: null, nextAttemptAt: null };

/** Until the process has come to it, it waits for its first attempt. */
function deliveryOf(leadId: string, docs: Snapshot): LeadDelivery {
  const { status, answer: met, ...attempts } = deliveryIn(docs.get(leadDelivery(leadId)) ?? notYet);
  if (status !== 'skipped') return { status, answer: met, ...attempts };
  return { status: leadSkips.find((why) => why === met) ?? 'failed', answer: null, ...attempts };
}

export const leads: View = {
  projection: leadsProjection,
  queries: [
    answer.list<LeadsOfPublisher, LeadDoc, Lead>({
      query: LeadsOfPublisher,
      find({ publisherId }, _docs, { caller }): Find<LeadDoc> | null {
        if (!isOwn(caller, publisherId)) return null;
        const where = { publisherId: { eq: publisherId } };
        return { view: leadsProjection, kind: 'lead', where, orderBy: 'submittedAt', descending: true };
      },
      rows: [({ publisherId, personId, leadId }) => [...personRefs(publisherId, personId), leadDelivery(leadId)]],
      compose({ publisherId, ...lead }, _query, docs, { now }) {
        const { personId, leadId } = lead;
        return {
          ...lead,
          status: statusAt(lead, now),
          person: personData(publisherId, personId, docs),
          erased: wasErased(publisherId, personId, docs),
          delivery: deliveryOf(leadId, docs),
        };
      },
      filters: ['status', 'kind', 'offer', 'submittedAt'],
    }),
    answer.one<GetLeadDestination, LeadDestination>({
      query: GetLeadDestination,
      rounds: [({ publisherId }) => [destinationOf(publisherId)]],
      compose: ({ publisherId }, docs, { caller }) =>
        isOwn(caller, publisherId) ? (docs.get(destinationOf(publisherId)) ?? { url: null, connectedAt: null }) : null,
    }),
  ],
};
