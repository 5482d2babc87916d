import type { CommandClass } from '#lib/engine/model/message.js';
import { lead } from '#lib/domain/lead/decider.js';
import { AcceptLead, CloseLead, DeclineLead, ExpireLead } from '#lib/domain/lead/messages.js';
import { leadStatuses, statusAt } from '#lib/domain/lead/status.js';
import { given, noon, recorded } from '../../support/given.js';
import { accepted, declined, dueAt, expired, leadId, lost, submitted, won } from './fixtures.js';

const justBefore = '2026-03-15T11:59:59.999Z';
const justAfter = '2026-03-15T12:00:00.001Z';

/** In the order of the table below: accept, decline, win, lose, expire. */
const acts: readonly (readonly [CommandClass, object])[] = [
  [AcceptLead, { leadId }],
  [DeclineLead, { leadId }],
  [CloseLead, { leadId, outcome: 'won' }],
  [CloseLead, { leadId, outcome: 'lost' }],
  [ExpireLead, { leadId }],
];
const happens = Object.fromEntries([accepted, declined, won, lost, expired].map((past) => [past.type, past]));

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
    for (const [index, [command, input]] of acts.entries()) {
      const asked = given(lead, history, { now }).when(command, input);
      const [outcome = ''] = expected.slice(index);
      const past = happens[outcome];
      if (past) asked.then(past);
      else if (outcome === '–') asked.then();
      else asked.refused({ code: outcome, pointer: null });
    }
  });
});

it('R45 accepts an answer before the deadline, and refuses it from then on, saying what became of the lead', () => {
  given(lead, [submitted()], { now: justBefore }).when(AcceptLead, { leadId }).then(accepted);
  given(lead, [submitted()], { now: justBefore }).when(DeclineLead, { leadId }).then(declined);
  expect(given(lead, [submitted()], { now: dueAt }).when(AcceptLead, { leadId }).decided).toEqual({
    rejected: [{ code: 'LEAD_NOT_OPEN', detail: 'The lead is expired.', pointer: null }],
  });
  given(lead, [submitted()], { now: dueAt }).when(ExpireLead, { leadId }).then(expired);
});

it('R45 R46 a lead that was not answered is expired from its deadline on, if it has one', () => {
  const [, ...ended] = leadStatuses;
  for (const now of [dueAt, justAfter]) {
    expect(statusAt({ status: 'submitted', answerDueAt: dueAt }, now)).toBe('expired');
    expect(statusAt({ status: 'submitted', answerDueAt: null }, now)).toBe('submitted');
    expect(ended.map((status) => statusAt({ status, answerDueAt: dueAt }, now))).toEqual(ended);
  }
  expect(statusAt({ status: 'submitted', answerDueAt: dueAt }, justBefore)).toBe('submitted');
});

it('a lead that was never submitted is nothing to answer, and folds nothing', () => {
  for (const { command, creates } of lead.handles) {
    if (creates !== true) given(lead, [], { now: justAfter }).when(command, { leadId, outcome: 'won' }).then();
  }
  for (const past of recorded(`lead-${leadId}`, Object.values(happens))) {
    expect(lead.evolve(lead.initial(), past)).toEqual(lead.initial());
  }
});

it('R45 a lead is its publisher’s', () => {
  expect(lead.owner({ status: 'none' })).toBeNull();
  expect(lead.owner({ status: 'won', publisherId: 'fabrikam', leadId, answerDueAt: null })).toEqual({
    publisherId: 'fabrikam',
  });
});
