import type { Aggregate } from '#lib/engine/model/aggregate.js';
import { stateOf } from '#lib/engine/commands/state-of.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { Sender } from '#lib/engine/processes/requests.js';
import { offer } from '#lib/domain/offer/offer.js';
import { person } from '#lib/domain/person/decider.js';
import { catalog } from '../registries.js';
import type { GuardedClient } from './guarded-client.js';
import { leadSender } from './lead-delivery.js';
import { packageUrlSender } from './package-url.js';

export interface SendersOptions {
  /** The way out. */
  readonly client: GuardedClient;
  readonly events: EventStore;
  readonly records: Records;
  readonly clock: Clock;
}

/** Who carries out what processes ask of the outside: one for each kind of request. */
export function senders({ client, events, records, clock }: SendersOptions): readonly Sender[] {
  const endOf =
    <S>(aggregate: Aggregate<S>) =>
    (stream: string): Promise<S> =>
      stateOf(events, catalog, aggregate, stream);
  const chance = Math.random;
  return [
    packageUrlSender(client, endOf(offer), chance),
    leadSender({ client, records, personOf: endOf(person), clock, chance }),
  ];
}
