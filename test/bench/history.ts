import { event, type EventData } from '#lib/engine/model/message.js';
import type { Envelope } from '#lib/engine/model/envelope.js';
import type { EventStore, NewEvent } from '#lib/engine/ports/event-store.js';
import { uuidFrom } from '#lib/engine/uuid.js';
import { streams } from '#lib/domain/ids.js';
import { CustomerAttachedToDeal, LicenseCountChanged, LicensesActivated } from '#lib/domain/deal/messages.js';
import { CustomerRelationshipEstablished } from '#lib/domain/relationship/messages.js';
import { SeatAssigned, SeatPoolResized, SeatUnassigned } from '#lib/domain/seat-pool/messages.js';

const publisherId = 'fabrikam';
const offer = 'fabrikam.f365';
const planId = 'gold';
const serviceId = 'fabrikam.f365.gold';
/** Each round of a customer's history: one change of the count, people coming and going. */
const coming = 20;
const going = 11;
const perRound = coming + going + 2;

interface Written {
  readonly stream: string;
  readonly events: readonly EventData[];
}

/** One customer's history: consent, licenses, and rounds of growing with seats taken and given back. */
function* customer(tenantId: string, dealId: string, rounds: number): Generator<Written> {
  const ids = { publisherId, offer, tenantId, serviceId, planId };
  const line = { ...ids, dealId };
  yield {
    stream: streams.relationship(publisherId, tenantId),
    events: [
      event(CustomerRelationshipEstablished, {
        publisherId,
        tenantId,
        organizationName: tenantId,
        country: 'US',
        invitationId: dealId,
        consentVersion: '1',
        consentHash: '0',
      }),
    ],
  };
  yield {
    stream: streams.deal(dealId),
    events: [
      event(CustomerAttachedToDeal, { publisherId, dealId, tenantId }),
      event(LicensesActivated, { ...line, count: 100 }),
    ],
  };
  const pool = `seatPool-${tenantId}.${serviceId}`;
  const resized = (from: number, to: number, dealRevision: number) =>
    event(SeatPoolResized, { ...ids, from, to, dealId, dealCount: to, dealRevision });
  yield { stream: pool, events: [resized(0, 100, 1)] };
  for (let round = 0; round < rounds; round += 1) {
    const [from, to] = [100 + round * coming, 100 + (round + 1) * coming];
    yield { stream: streams.deal(dealId), events: [event(LicenseCountChanged, { ...line, from, to })] };
    const person = (index: number): string => `person-${round * coming + index}`;
    const seats = Array.from({ length: coming }, (_, index) =>
      event(SeatAssigned, { ...ids, personId: person(index), refused: [] }),
    );
    const freed = Array.from({ length: going }, (_, index) =>
      event(SeatUnassigned, { ...ids, personId: person(index), reason: 'request' }),
    );
    yield { stream: pool, events: [resized(from, to, 2 + round), ...seats, ...freed] };
  }
}

/** Writes a history of at least so many events, customers interleaved as they would be. Returns how many. */
export async function writeHistory(store: EventStore, count: number): Promise<number> {
  const rounds = 30;
  const customers = Math.ceil(count / (rounds * perRound + 4));
  const revisions = new Map<string, number>();
  let written = 0;
  const histories = Array.from({ length: customers }, (_, index) => {
    const tenantId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return customer(tenantId, uuidFrom('deal', tenantId), rounds);
  });
  for (let open = histories; open.length > 0;) {
    const steps = open.map((history) => ({ history, step: history.next() }));
    open = steps.filter(({ step }) => !step.done).map(({ history }) => history);
    const appends: Written[] = steps.flatMap(({ step }) => (step.done ? [] : step.value));
    for (let from = 0; from < appends.length; from += 256) {
      await Promise.all(
        appends.slice(from, from + 256).map(async ({ stream, events }) => {
          const last = revisions.get(stream) ?? -1;
          const result = await store.append(
            stream,
            last === -1 ? 'none' : last,
            placed(stream, last + 1, events, written),
          );
          if (!result.ok) throw new Error(`${stream} is at ${result.actual}.`);
          revisions.set(stream, last + events.length);
          written += events.length;
        }),
      );
    }
  }
  return written;
}

const start = Date.parse('2023-01-01T00:00:00.000Z');

function placed(stream: string, revision: number, events: readonly EventData[], written: number): NewEvent[] {
  const at = new Date(start + written * 90).toISOString();
  const commandId = uuidFrom('command', stream, String(revision));
  const meta: Envelope = {
    v: 1,
    recordedAt: at,
    occurredAt: at,
    commandId,
    commandHash: commandId,
    actor: { kind: 'key', id: '0f1e2d3c4b5a6978', role: 'customer.licenseAdmin', personId: 'admin' },
    tenant: publisherId,
    context: [],
    traceparent: null,
    $correlationId: commandId,
    $causationId: commandId,
  };
  return events.map(({ type, data }, index) => ({ id: uuidFrom(commandId, String(index)), type, data, meta }));
}
