import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Text } from '#lib/engine/model/shape.js';
import { dealRoles, marketplaceRoles } from '../roles.js';

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

/** The secret is shown to whoever repeats the command, and to nobody else. */
export class ConnectedDestination {
  static readonly type = 'ConnectedDestination';
  @Text({ description: 'Verifies what is sent there, as Standard Webhooks has it. It is shown this once.' })
  secret!: string;
}

/** Where the publisher wants its leads (R44); address and secret replace those before. */
export class ConnectLeadDestination {
  static readonly type = 'ConnectLeadDestination';
  static readonly http: HttpRoute = {
    route: 'PUT /publishers/{publisherId}/lead-destination',
    by: dealRoles,
    summary: 'Have leads sent to an address; answers the secret that they are signed with.',
  };
  static readonly answers = ConnectedDestination;
  @Text() publisherId!: string;
  @Text({
    description: 'An https address without query, fragment and credentials, at most 2,000 characters.',
    example: 'https://fabrikam.example/leads',
  })
  url!: string;
}

export class LeadDestinationConnected {
  static readonly type = 'LeadDestinationConnected';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() url!: string;
}

export const publisherEvents = [PublisherEnrolled, IsvConnectEnrolled, LeadDestinationConnected] as const;
export type PublisherEvent = EventOf<(typeof publisherEvents)[number]>;
