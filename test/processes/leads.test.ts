import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventData } from '#lib/engine/model/message.js';
import { clearTimer, request, setTimer } from '#lib/engine/model/process.js';
import { ExpireLead, type LeadEvent } from '#lib/domain/lead/messages.js';
import { DeliverLead, leads } from '#lib/processes/leads.js';
import { accepted, declined, dueAt, expired, leadId, lost, submitted, won } from '../domain/lead/fixtures.js';
import { recorded } from '../support/given.js';

/** What the process does about one event. */
function reactions(data: EventData): unknown {
  const [happened] = recorded(`lead-${leadId}`, [data]) as Recorded<LeadEvent>[];
  const react = leads.on[data.type as LeadEvent['type']] as ((event: unknown) => unknown) | undefined;
  return react?.(happened) ?? [];
}

/** Nothing of the visitor is in it but their opaque ID. */
const delivery = (kind: 'contact' | 'install') => {
  const { answerDueAt: _answerDueAt, ...lead } = submitted(kind).data;
  return request(leadId, DeliverLead, { lead, submittedAt: '2026-03-01T11:59:59.000Z' });
};

describe('the process leads', () => {
  it('R44 R45 has a contact lead delivered, and expires it when it is due', () => {
    expect(reactions(submitted())).toEqual([delivery('contact'), setTimer(leadId, dueAt, ExpireLead, { leadId })]);
  });

  it('R44 R46 has an installation delivered, which never expires', () => {
    expect(reactions(submitted('install'))).toEqual([delivery('install')]);
  });

  it('R45 waits no longer once there is an answer', () => {
    for (const answer of [accepted, declined]) expect(reactions(answer)).toEqual([clearTimer(leadId)]);
    for (const end of [won, lost, expired]) expect(reactions(end)).toEqual([]);
  });
});
