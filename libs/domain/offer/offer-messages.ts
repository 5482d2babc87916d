import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Text } from '#lib/engine/model/shape.js';
import { offerRoles } from '../roles.js';
import { distributionEvents } from './distribution-messages.js';
import { pageEvents } from './pages-messages.js';
import { planEvents } from './plans-messages.js';
import { publishingEvents } from './publishing-messages.js';
import { releaseEvents } from './release-messages.js';

export class OfferAddress {
  static readonly type = 'OfferAddress';
  @Text({ description: 'publisherId.offerId, as routes name the offer.', example: 'fabrikam.f365' }) offer!: string;
}

/** A publisher starts an offer in Draft; ID and alias are fixed for ever (R4, R5). */
export class CreateOffer {
  static readonly type = 'CreateOffer';
  static readonly http: HttpRoute = {
    route: 'POST /publishers/{publisherId}/offers',
    by: offerRoles,
    status: 201,
    summary: 'Create an offer in Draft, with its ID and its internal name.',
  };
  static readonly answers = OfferAddress;
  @Text({ example: 'fabrikam' }) publisherId!: string;
  @Text({ example: 'f365' }) offerId!: string;
  @Text({ description: 'Internal name; customers never see it.', example: 'Fabrikam 365' }) alias!: string;
}

export class OfferCreated {
  static readonly type = 'OfferCreated';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() offerId!: string;
  @Text() alias!: string;
}

/** Those of the offer itself and of each theme; a theme's own list stands with its messages. */
export const offerEvents = [
  OfferCreated,
  ...pageEvents,
  ...planEvents,
  ...publishingEvents,
  ...releaseEvents,
  ...distributionEvents,
] as const;
export type OfferEvent = EventOf<(typeof offerEvents)[number]>;
