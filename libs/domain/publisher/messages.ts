import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Text } from '#lib/engine/model/shape.js';
import { marketplaceRoles } from '../roles.js';

/** A publisher joins the marketplace. */
export class EnrollPublisher {
  static readonly type = 'EnrollPublisher';
  static readonly http: HttpRoute = {
    route: 'POST /publishers',
    by: marketplaceRoles,
    status: 201,
    summary: 'Enrol a publisher in the marketplace.',
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
  @Text({ description: 'Name that customers see.', example: 'Fabrikam, Inc.' }) name!: string;
}

export class PublisherEnrolled {
  static readonly type = 'PublisherEnrolled';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() name!: string;
}

/** The publisher's enrolment in ISV Connect, which license management needs (R13). */
export class EnrollInIsvConnect {
  static readonly type = 'EnrollInIsvConnect';
  static readonly http: HttpRoute = {
    route: 'POST /publishers/{publisherId}/isv-connect',
    by: marketplaceRoles,
    summary: 'Enrol a publisher in ISV Connect.',
  };
  @Text() publisherId!: string;
}

export class IsvConnectEnrolled {
  static readonly type = 'IsvConnectEnrolled';
  static readonly v = 1;
  @Text() publisherId!: string;
}

export const publisherEvents = [PublisherEnrolled, IsvConnectEnrolled] as const;
export type PublisherEvent = EventOf<(typeof publisherEvents)[number]>;
