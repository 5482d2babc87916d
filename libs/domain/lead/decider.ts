import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import { publisherOf, streams } from '../ids.js';
import { later } from '#lib/engine/model/instants.js';
import { offer } from '../offer/offer.js';
import { hasBeenLive } from '../offer/state.js';
import { person } from '../person/decider.js';
import { personPut } from '../person/directory.js';
import { personFaults } from '../person/fields.js';
import type { PersonData } from '../person/messages.js';
import { refuse as refusePerson } from '../person/refusals.js';
import type { Settings } from '../settings.js';
import {
  AcceptLead,
  CloseLead,
  DeclineLead,
  ExpireLead,
  LeadAccepted,
  LeadDeclined,
  LeadExpired,
  LeadLost,
  LeadSubmitted,
  LeadWon,
  SubmitLead,
  leadEvents,
  type LeadEvent,
} from './messages.js';
import { buttonFault, poolFacts } from './offered.js';
import { refuse } from './refusals.js';
import { leadSource, statusAfter, statusAt, type LeadStatus } from './status.js';

interface Lead {
  readonly status: LeadStatus;
  readonly publisherId: string;
  readonly leadId: string;
  /** Null: it needs no answer (R46). */
  readonly answerDueAt: string | null;
}
export type LeadState = { readonly status: 'none' } | Lead;

function evolve(state: LeadState, { type, data }: Recorded<LeadEvent>): LeadState {
  if (type === 'LeadSubmitted') {
    const { publisherId, leadId, answerDueAt } = data;
    return { status: 'submitted', publisherId, leadId, answerDueAt };
  }
  return state.status === 'none' ? state : { ...state, status: statusAfter[type] };
}

const handle = handling<LeadState, LeadEvent, Settings>();

export const lead: Decider<LeadState> = {
  category: 'lead',
  events: leadEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId }),
  handles: [
    handle({
      command: SubmitLead,
      creates: true,
      stream: (_command, { newId }) => streams.lead(newId('lead')),
      facts: (command, _state, { newId }) => ({
        offer: { aggregate: offer, stream: streams.offer(command.offer) },
        person: { aggregate: person, stream: streams.person(publisherOf(command.offer), newId('person')) },
      }),
      furtherFacts: (command, known, { caller }) => poolFacts(command.offer, known.offer, caller.tenantId),
      // A listing is everybody's; of what was never live nobody learns that it is there.
      owner: (_state, _command, facts) => (hasBeenLive(facts.offer) ? { installation: true } : null),
      decide(_state, command, { now, newId, actor, settings, facts }) {
        const { kind, offer, consent } = command;
        const answerDueAt = kind === 'contact' ? later(now, settings.leadAnswerWithinMs) : null;
        const [publisherId, leadId, personId] = [publisherOf(offer), newId('lead'), newId('person')];
        const source = leadSource(kind, offer);
        return (
          reject(
            buttonFault(kind, facts.offer, facts, actor.role, now),
            !consent && refuse('LEAD_CONSENT_MISSING', 'The visitor did not consent.', '/consent'),
            fieldFaults(command),
            // Sent again after it was cut off and the person it had left in the directory was erased.
            facts.person.status === 'erased' && refusePerson('PERSON_ERASED', 'This person was erased.'),
          ) ?? [event(LeadSubmitted, { publisherId, leadId, offer, kind, source, personId, answerDueAt })]
        );
      },
      records: (command, { newId }) => [personPut(publisherOf(command.offer), newId('person'), personOf(command))],
      answer: (events, _command, settings) => submittedOf(events, settings),
    }),
    handle({
      command: AcceptLead,
      stream: ({ leadId }) => streams.lead(leadId),
      decide: (state, _command, { now }) => answered(state, 'accepted', now),
    }),
    handle({
      command: DeclineLead,
      stream: ({ leadId }) => streams.lead(leadId),
      decide: (state, _command, { now }) => answered(state, 'declined', now),
    }),
    handle({
      command: CloseLead,
      stream: ({ leadId }) => streams.lead(leadId),
      decide(state, { outcome }, { now }) {
        if (state.status === 'none' || state.status === outcome) return [];
        const rejection = reject(answerFault(state) || closeFault(state, now));
        return rejection ?? [event(outcome === 'won' ? LeadWon : LeadLost, idsOf(state))];
      },
    }),
    handle({
      command: ExpireLead,
      stream: ({ leadId }) => streams.lead(leadId),
      decide: (state, _command, { now }) =>
        state.status === 'submitted' && statusAt(state, now) === 'expired' ? [event(LeadExpired, idsOf(state))] : [],
    }),
  ],
};

/** R45: an answer is given once, before the deadline; the same again changes nothing. */
function answered(state: LeadState, answer: 'accepted' | 'declined', now: string) {
  if (state.status === 'none' || state.status === answer) return [];
  const rejection = reject(answerFault(state) || openFault(state, now));
  return rejection ?? [event(answer === 'accepted' ? LeadAccepted : LeadDeclined, idsOf(state))];
}

/** R46 */
function answerFault({ answerDueAt }: Lead): Refusal | false {
  return answerDueAt === null && refuse('LEAD_NEEDS_NO_ANSWER', 'It is no contact lead.');
}

function openFault(state: Lead, now: string): Refusal | false {
  const status = statusAt(state, now);
  return status !== 'submitted' && refuse('LEAD_NOT_OPEN', `The lead is ${status}.`);
}

function closeFault(state: Lead, now: string): Refusal | false {
  return state.status !== 'accepted' && refuse('LEAD_NOT_ACCEPTED', `The lead is ${statusAt(state, now)}.`);
}

function idsOf({ publisherId, leadId }: Lead) {
  return { publisherId, leadId };
}

/** What the directory holds of a visitor (R43). */
function personOf({ firstName, lastName, comments, ...lead }: SubmitLead): PersonData {
  const { email, phone, title, company, country } = lead;
  const name = `${firstName} ${lastName}`;
  return { name, firstName, lastName, email, phone, title, company, country, note: comments };
}

function fieldFaults(command: SubmitLead): Refusal[] {
  const { name: _name, ...sent } = personOf(command);
  return personFaults(sent).map(({ field, detail }) =>
    refuse('LEAD_FIELD_INVALID', detail, `/${field === 'note' ? 'comments' : field}`),
  );
}

function submittedOf([submitted]: readonly LeadEvent[], { installAddress }: Settings): object {
  if (submitted?.type !== 'LeadSubmitted') return {};
  const { leadId, source, kind } = submitted.data;
  return { leadId, source, installAddress: kind === 'contact' ? null : installAddress };
}
