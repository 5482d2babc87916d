import type { Sent } from '#lib/engine/processes/requests.js';
import { personPut } from '#lib/domain/person/directory.js';
import type { PersonState } from '#lib/domain/person/state.js';
import { destinationPut } from '#lib/domain/publisher/destination.js';
import type { DeliverLead } from '#lib/processes/leads.js';
import type { Answer, OutgoingRequest } from '#lib/product/outgoing/guarded-client.js';
import { leadSender } from '#lib/product/outgoing/lead-delivery.js';
import { submitted } from '../domain/lead/fixtures.js';
import { ManualClock } from '../support/clock.js';
import { marked } from '../support/persons.js';
import { recordsInMemory } from '../support/records.js';
import { settings } from '../support/settings.js';

const publisherId = 'fabrikam';
const marker = 'unlikely-marker';
const url = 'https://fabrikam.example/leads';
const destination = destinationPut(publisherId, { url, secret: settings.signingSecret('connect') });
const directory = personPut(publisherId, 'id-of-person', marked(marker));
const { answerDueAt: _answerDueAt, ...lead } = submitted().data;
const input: DeliverLead = { lead, submittedAt: '2026-03-01T12:00:00.000Z' };
const erased: PersonState = { status: 'erased', personId: 'id-of-person', publisherId, tenantId: null };

/** What comes of one attempt, and what was asked of the outside. */
async function attempt(
  rows: readonly (typeof destination)[],
  {
    person = { status: 'none' },
    answer = { kind: 'answered', status: 200, body: marker },
  }: {
    person?: PersonState;
    answer?: Answer;
  } = {},
): Promise<{ sent: Sent; asked: readonly string[]; streams: readonly string[] }> {
  const records = recordsInMemory();
  await records.transact(rows.map((row) => ({ ...row, expect: 'none' as const })));
  const asked: string[] = [];
  const streams: string[] = [];
  const sender = leadSender({
    client: async (address: string, { method }: OutgoingRequest) => {
      asked.push(`${method} ${address}`);
      return answer;
    },
    records,
    personOf: async (stream) => {
      streams.push(stream);
      return person;
    },
    clock: new ManualClock(),
    chance: () => 0.5,
  });
  return { sent: await sender.send(input, 1, AbortSignal.any([])), asked, streams };
}

describe('a lead', () => {
  it('R44 is posted to the destination; what came of it says nothing of the visitor', async () => {
    const { sent, asked, streams } = await attempt([destination, directory]);
    expect(sent).toEqual({ kind: 'delivered', answer: 'It answered 200.' });
    expect([asked, streams]).toEqual([[`POST ${url}`], ['person-fabrikam.id-of-person']]);
  });

  it('R44 is sent nowhere without a destination', async () => {
    expect(await attempt([directory])).toMatchObject({
      sent: { kind: 'skipped', answer: 'noDestination' },
      asked: [],
    });
  });

  it('R95 is not sent once its visitor was erased, also while the directory still holds them', async () => {
    const skipped = { sent: { kind: 'skipped', answer: 'personErased' }, asked: [] };
    expect(await attempt([destination, directory], { person: erased })).toMatchObject(skipped);
    expect(await attempt([destination])).toMatchObject(skipped);
  });

  it('R44 is tried again as every delivery is', async () => {
    const failed = (status: number) =>
      attempt([destination, directory], { answer: { kind: 'answered', status, body: '' } });
    expect((await failed(503)).sent).toEqual({ kind: 'retry', answer: 'It answered 503.', afterMs: 5_000 });
    expect((await failed(410)).sent).toEqual({ kind: 'failed', answer: 'It answered 410.' });
  });
});
