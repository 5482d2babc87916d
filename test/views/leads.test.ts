import { event, type EventData } from '#lib/engine/model/message.js';
import type { Delivery } from '#lib/engine/model/delivery.js';
import { leadDelivery } from '#lib/domain/lead/delivery.js';
import { LeadSubmitted } from '#lib/domain/lead/messages.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { LeadDestinationConnected } from '#lib/domain/publisher/messages.js';
import type { Lead } from '#lib/views/leads.js';
import { GetLeadDestination, leads, LeadsOfPublisher } from '#lib/views/leads.js';
import { people } from '#lib/views/people.js';
import { accepted, declined, dueAt, expired, leadId, lost, submitted, won } from '../domain/lead/fixtures.js';
import { asking } from '../support/asking.js';
import { noon, recorded } from '../support/given.js';
import { enrolled, offer } from '../support/offers.js';
import { personOf } from '../support/persons.js';

const publisherId = 'fabrikam';
const owner = { publisherId };
const ada = personOf({ name: 'Ada Lovelace', firstName: 'Ada', lastName: 'Lovelace', note: 'For 30 people.' });
const directory = personPut(publisherId, 'id-of-person', ada);

interface Circumstances {
  readonly caller?: object;
  readonly delivery?: Delivery & { readonly input?: object };
  readonly now?: string;
  readonly filter?: Readonly<Record<string, string>>;
  readonly others?: ReturnType<typeof recorded>;
}

function rows(history: readonly EventData[], circumstances: Circumstances = {}): Lead[] | null {
  const { caller = owner, delivery, now = noon, filter = {}, others = [] } = circumstances;
  const records = [directory, ...(delivery ? [{ ...leadDelivery(leadId), value: delivery, sort: null }] : [])];
  const log = [...recorded(`lead-${leadId}`, history), ...others];
  return asking([leads, people], log, caller, { records, now }).list(LeadsOfPublisher, { publisherId }, filter) as
    Lead[] | null;
}
const notYet = { status: 'pending', attempts: 0, answer: null, nextAttemptAt: null };

describe('the leads of a publisher', () => {
  it('R43 R44 R95 show the visitor from the directory, and how far the delivery is', () => {
    expect(rows([submitted()])).toEqual([
      {
        leadId,
        offer,
        kind: 'contact',
        source: `AppSource-PLT|${offer}`,
        status: 'submitted',
        submittedAt: '2026-03-01T11:59:59.000Z',
        answerDueAt: dueAt,
        answeredAt: null,
        closedAt: null,
        personId: 'id-of-person',
        person: ada,
        erased: false,
        delivery: notYet,
        revision: 0,
      },
    ]);
  });

  const at = { answeredAt: null, closedAt: null };
  const [first, second] = ['2026-03-01T11:59:58.000Z', '2026-03-01T11:59:59.000Z'];
  it.each([
    ['accepted', [submitted(), accepted], { ...at, answeredAt: second, revision: 1 }],
    ['declined', [submitted(), declined], { ...at, answeredAt: second, revision: 1 }],
    ['won', [submitted(), accepted, won], { answeredAt: first, closedAt: second, revision: 2 }],
    ['lost', [submitted(), accepted, lost], { answeredAt: first, closedAt: second, revision: 2 }],
    ['expired', [submitted(), expired], { ...at, revision: 1 }],
  ])('R45 show one that is %s, and when', (status, history, expected) => {
    expect(rows(history)).toMatchObject([{ status, ...expected }]);
  });

  it('R45 show one as expired from its deadline on, be its timer late; R46 an installation never', () => {
    const statuses = (kind: 'contact' | 'install', now: string) => rows([submitted(kind)], { now })?.[0]?.status;
    expect(statuses('contact', '2026-03-15T11:59:59.999Z')).toBe('submitted');
    expect([dueAt, '2026-03-15T12:00:00.001Z'].map((now) => statuses('contact', now))).toEqual(['expired', 'expired']);
    expect(statuses('install', '2036-03-15T12:00:00.000Z')).toBe('submitted');
  });

  it('R44 show every outcome of the delivery, and nothing of what is sent', () => {
    const shown = (delivery: Circumstances['delivery']) =>
      rows([submitted()], { ...(delivery && { delivery }) })?.[0]?.delivery;
    const tried = { status: 'pending', attempts: 3, answer: 'It answered 503.', nextAttemptAt: dueAt } as const;
    expect(shown({ ...tried, input: { secret: 'x' } })).toEqual(tried);
    const ended = { attempts: 10, answer: 'It answered 410.', nextAttemptAt: null };
    for (const status of ['delivered', 'failed'] as const)
      expect(shown({ status, ...ended })).toEqual({ status, ...ended });
    const skipped = { attempts: 1, answer: null, nextAttemptAt: null };
    for (const answer of ['noDestination', 'personErased']) {
      expect(shown({ ...skipped, status: 'skipped', answer })).toEqual({ ...skipped, status: answer });
    }
    expect(shown({ ...skipped, status: 'skipped', answer: 'who knows' })).toEqual({ ...skipped, status: 'failed' });
  });

  it('R95 show nobody once the visitor was erased', () => {
    const erased = event(PersonErased, { personId: 'id-of-person', publisherId, tenantId: null });
    const others = recorded(`person-${publisherId}.id-of-person`, [erased]);
    expect(rows([submitted()], { others })).toMatchObject([{ personId: 'id-of-person', person: null, erased: true }]);
  });

  it('come newest first, narrowed by status, kind, offer and time, and are nobody else’s', () => {
    const older = recorded('lead-older', [
      event(LeadSubmitted, { ...submitted('install').data, leadId: 'older' }),
      accepted,
    ]);
    const others = older.slice(0, 1);
    const idsOf = (filter: Record<string, string> = {}) =>
      rows([submitted()], { others, filter })?.map((row) => row.leadId);
    expect(idsOf()).toEqual([leadId, 'older']);
    expect(idsOf({ kind: 'install' })).toEqual(['older']);
    expect(idsOf({ status: 'submitted', offer })).toEqual([leadId, 'older']);
    expect(idsOf({ status: 'won' })).toEqual([]);
    expect(idsOf({ submittedAt: '2026-03-01T11:59:58.000Z' })).toEqual(['older']);
    expect(rows([submitted()], { caller: { publisherId: 'northwind' } })).toBeNull();
  });
});

describe('where leads go', () => {
  const connected = (url: string) => event(LeadDestinationConnected, { publisherId, url });
  const destination = (events: readonly EventData[], caller: object = owner) =>
    asking([leads], recorded('publisher-fabrikam', events), caller).one(GetLeadDestination, { publisherId });

  it('R44 is the latest address, and nowhere until one is connected', () => {
    expect(destination([enrolled])).toEqual({ url: null, connectedAt: null });
    expect(destination([enrolled, connected('https://a.example'), connected('https://b.example')])).toEqual({
      url: 'https://b.example',
      connectedAt: '2026-03-01T11:59:59.000Z',
    });
    expect(destination([connected('https://a.example')], { publisherId: 'northwind' })).toBeNull();
  });
});
