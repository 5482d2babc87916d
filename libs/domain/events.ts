import type { EventOf } from '#lib/engine/model/message.js';
import { publisherEvents } from './publisher/messages.js';

/** Every event there is: what views and processes can listen to. */
export const domainEvents = [...publisherEvents] as const;
export type DomainEvent = EventOf<(typeof domainEvents)[number]>;
