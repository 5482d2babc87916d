import type { CommandClass, EventData } from '#lib/engine/model/message.js';
import { lead } from '#lib/domain/lead/decider.js';
import { AcceptLead, CloseLead, DeclineLead, ExpireLead } from '#lib/domain/lead/messages.js';
import { given, noon } from '../../support/given.js';
import { accepted, declined, dueAt, expired, leadId, lost, submitted, won } from './fixtures.js';

const justBefore = '2026-03-15T11:59:59.999Z';
const justAfter = '2026-03-15T12:00:00.001Z';

const acts: Readonly<Record<string, (history: readonly EventData[], now: string) => unknown>> = Object.fromEntries(
  (
    [
      ['accept', AcceptLead, {}],
      ['decline', DeclineLead, {}],
      ['win', CloseLead, { outcome: 'won' }],
      ['lose', CloseLead, { outcome: 'lost' }],
      ['expire', ExpireLead, {}],
    ] as [string, CommandClass, object][]
  ).map(([name, command, more]) => [
    name,
    (history, now) => given(lead, history, { now }).when(command, { leadId, ...more }).decided,
  ]),
);
const names = ['accept', 'decline', 'win', 'lose', 'expire'] as const;

/** What comes of an act: the event's name, `–` for nothing, or the code of the refusal. */
function outcome(history: readonly EventData[], now: string, act: string): string {
  const decided = acts[act]?.(history, now) as readonly EventData[] & { rejected?: readonly { code: string }[] };
  return decided.rejected?.[0]?.code ?? decided[0]?.type ?? '–';
}

const [notOpen, notAccepted, noAnswer] = ['LEAD_NOT_OPEN', 'LEAD_NOT_ACCEPTED', 'LEAD_NEEDS_NO_ANSWER'];
const open = ['LeadAccepted', 'LeadDeclined', notAccepted, notAccepted, '–'];
const overdue = [notOpen, notOpen, notAccepted, notAccepted, 'LeadExpired'];
const needsNone = [noAnswer, noAnswer, noAnswer, noAnswer, '–'];
const wasAccepted = [submitted(), accepted];

describe('every status × every act: accepts, refuses or changes nothing', () => {
  it.each([
    ['R45 a contact lead', [submitted()], noon, open],
    ['R45 a millisecond before its deadline', [submitted()], justBefore, open],
    ['R45 at its deadline, the timer late', [submitted()], dueAt, overdue],
    ['R45 a millisecond after its deadline, the timer late', [submitted()], justAfter, overdue],
    ['R45 an accepted one', wasAccepted, noon, ['–', notOpen, 'LeadWon', 'LeadLost', '–']],
    ['R45 an accepted one, whose deadline is past', wasAccepted, justAfter, ['–', notOpen, 'LeadWon', 'LeadLost', '–']],
    ['R45 a declined one', [submitted(), declined], noon, [notOpen, '–', notAccepted, notAccepted, '–']],
    ['R45 an expired one', [submitted(), expired], justAfter, [notOpen, notOpen, notAccepted, notAccepted, '–']],
    ['R45 a won one', [...wasAccepted, won], noon, [notOpen, notOpen, '–', notAccepted, '–']],
    ['R45 a lost one', [...wasAccepted, lost], noon, [notOpen, notOpen, notAccepted, '–', '–']],
    ['R46 an installation', [submitted('install')], noon, needsNone],
    ['R46 an installation, long after', [submitted('install')], '2036-03-01T12:00:00.000Z', needsNone],
    ['R46 a free trial', [submitted('freeTrial')], justAfter, needsNone],
  ])('%s', (_case, history, now, expected) => {
    expect(Object.fromEntries(names.map((act) => [act, outcome(history, now, act)]))).toEqual(
      Object.fromEntries(names.map((act, index) => [act, expected[index]])),
    );
  });
});

it('R45 accepts an answer before the deadline, and refuses it from then on, saying what became of the lead', () => {
  given(lead, [submitted()], { now: justBefore }).when(AcceptLead, { leadId }).then(accepted);
  given(lead, [submitted()], { now: justBefore }).when(DeclineLead, { leadId }).then(declined);
  expect(acts['accept']?.([submitted()], dueAt)).toEqual({
    rejected: [{ code: 'LEAD_NOT_OPEN', detail: 'The lead is expired.', pointer: null }],
  });
  given(lead, [submitted()], { now: dueAt }).when(ExpireLead, { leadId }).then(expired);
});

it('R45 a lead is its publisher’s', () => {
  expect(lead.owner({ status: 'none' })).toBeNull();
  expect(lead.owner({ status: 'won', publisherId: 'fabrikam', leadId, answerDueAt: null })).toEqual({
    publisherId: 'fabrikam',
  });
});
