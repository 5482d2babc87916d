import { Webhook } from 'standardwebhooks';
import type { Clock } from '#lib/engine/ports/clock.js';
import { valueAt, type Records } from '#lib/engine/ports/records.js';
import { sending, type Sender, type Sent } from '#lib/engine/processes/requests.js';
import { streams } from '#lib/domain/ids.js';
import type { LeadSkip } from '#lib/domain/lead/delivery.js';
import { personRecord, type PersonRecord } from '#lib/domain/person/directory.js';
import type { PersonState } from '#lib/domain/person/state.js';
import { destinationRecord } from '#lib/domain/publisher/destination.js';
import { DeliverLead } from '#lib/processes/leads.js';
import { delivery, type Chance } from './attempts.js';
import type { GuardedClient } from './guarded-client.js';

export interface LeadSenderOptions {
  readonly client: GuardedClient;
  readonly records: Pick<Records, 'get'>;
  readonly personOf: (stream: string) => Promise<PersonState>;
  readonly clock: Clock;
  readonly chance: Chance;
}

const skipped = (why: LeadSkip): Sent => ({ kind: 'skipped', answer: why });

/**
 * Posts leads to where their publishers want them, with the visitor joined, signed as Standard Webhooks has it (R44).
 * Destination, secret and visitor are those of the moment of sending; every attempt has the same `webhook-id`.
 */
export function leadSender({ client, records, personOf, clock, chance }: LeadSenderOptions): Sender {
  /** Null: erased. The stream knows before the directory has forgotten. */
  const visitor = async (publisherId: string, personId: string): Promise<PersonRecord | null> => {
    const { status } = await personOf(streams.person(publisherId, personId));
    return status === 'erased' ? null : ((await valueAt(records, personRecord(publisherId, personId))) ?? null);
  };
  return sending(DeliverLead, async ({ lead, submittedAt }, attempt, signal) => {
    const { publisherId, personId, leadId, offer, source, kind } = lead;
    const destination = await valueAt(records, destinationRecord(publisherId));
    if (!destination) return skipped('noDestination');
    const person = await visitor(publisherId, personId);
    if (!person) return skipped('personErased');
    const body = JSON.stringify({ type: 'lead.submitted', leadId, offer, source, kind, submittedAt, person });
    const headers = signed(destination.secret, leadId, new Date(clock.now()), body);
    return delivery(await client(destination.url, { method: 'POST', headers, body, signal }), attempt, chance);
  });
}

function signed(secret: string, id: string, at: Date, body: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}
