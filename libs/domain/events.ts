import type { EventOf } from '#lib/engine/model/message.js';
import { dealEvents } from './deal/messages.js';
import { invitationEvents } from './invitation/messages.js';
import { leadEvents } from './lead/messages.js';
import { offerEvents } from './offer/offer-messages.js';
import { personEvents } from './person/messages.js';
import { publisherEvents } from './publisher/messages.js';
import { relationshipEvents } from './relationship/messages.js';
import { seatPoolEvents } from './seat-pool/messages.js';

/** Every event there is: what views and processes can listen to. */
export const domainEvents = [
  ...publisherEvents,
  ...offerEvents,
  ...dealEvents,
  ...invitationEvents,
  ...relationshipEvents,
  ...seatPoolEvents,
  ...leadEvents,
  ...personEvents,
] as const;
export type DomainEvent = EventOf<(typeof domainEvents)[number]>;
