import { stateOf } from '#lib/engine/commands/state-of.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Sender } from '#lib/engine/processes/requests.js';
import { offer } from '#lib/domain/offer/offer.js';
import { catalog } from '../registries.js';
import type { GuardedClient } from './guarded-client.js';
import { packageUrlSender } from './package-url.js';

/** Who carries out what processes ask of the outside: one for each kind of request. */
export function senders(client: GuardedClient, events: EventStore): readonly Sender[] {
  return [packageUrlSender(client, (stream) => stateOf(events, catalog, offer, stream), Math.random)];
}
