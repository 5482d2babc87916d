import { addressOf, type Recorded } from '#lib/engine/model/envelope.js';
import type { HttpRoute } from '#lib/engine/model/message.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Instant, OneOf, Parts, Text } from '#lib/engine/model/shape.js';
import { ReportEntry } from '#lib/domain/offer/publishing-messages.js';
import { publisherRoles } from '#lib/domain/roles.js';
import { isOwn } from './own.js';
import { answer, projection } from './view.js';

/** What a publisher is told of, with what to do about it (R37). */
const messages = {
  attentionNeeded: 'Publishing stopped. The report says what was found: mend it in the draft, then publish again.',
  previewAvailable: 'The preview is available. Look at it, then make it live.',
  live: 'The offer is live.',
} as const;
type Subject = keyof typeof messages;
const subjects = ['attentionNeeded', 'previewAvailable', 'live'] as const satisfies readonly Subject[];

export class Notification {
  static readonly type = 'Notification';
  /** `stream@revision` of the event that it tells of. */
  @Text() reference!: string;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @OneOf(subjects) subject!: Subject;
  @Instant() at!: string;
  @Text() message!: string;
  @Parts(() => ReportEntry) report!: ReportEntry[];
}

interface Kinds {
  /** By the address of its event. */
  notification: Omit<Notification, 'message'>;
}

const touches = (event: Recorded) => [['notification', addressOf(event)]] as const;

export const notificationsProjection = projection<Kinds>({
  name: 'notifications',
  version: 1,
  kinds: {
    notification: {
      writtenOnce: true,
      fields: { publisherId: 'text', at: 'text', offer: 'text', subject: 'text' },
      indexes: [['publisherId', 'at']],
    },
  },
  on: { OfferNeedsAttention: touches, OfferPreviewCreated: touches, OfferWentLive: touches },
  fold(event, docs) {
    const notify = (
      subject: Subject,
      { publisherId, offer, submissionId }: { publisherId: string; offer: string; submissionId: string },
      report: readonly ReportEntry[] = [],
    ): void => {
      const reference = addressOf(event);
      const at = event.meta.recordedAt;
      const copies = report.map((entry) => ({ ...entry }));
      docs.put('notification', reference, { reference, publisherId, offer, submissionId, subject, at, report: copies });
    };
    switch (event.type) {
      case 'OfferNeedsAttention':
        return notify('attentionNeeded', event.data, event.data.report);
      case 'OfferPreviewCreated':
        return notify('previewAvailable', event.data);
      case 'OfferWentLive':
        return notify('live', event.data);
    }
  },
});

export class NotificationsOfPublisher {
  static readonly type = 'NotificationsOfPublisher';
  static readonly answers = Notification;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/notifications',
    by: publisherRoles,
    summary: 'What needs the publisher, or what it waits for, the latest first.',
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
}

export const notifications: View = {
  projection: notificationsProjection,
  queries: [
    answer.list({
      query: NotificationsOfPublisher,
      find: ({ publisherId }, _docs, { caller }): Find<Kinds['notification']> | null =>
        isOwn(caller, publisherId)
          ? {
              view: notificationsProjection,
              kind: 'notification',
              where: { publisherId: { eq: publisherId } },
              orderBy: 'at',
              descending: true,
            }
          : null,
      compose: (told): Notification => ({ ...told, message: messages[told.subject] }),
      filters: ['offer', 'subject', 'at'],
    }),
  ],
};
