import { handling, type Decider, type Known } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, isOneOf } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import { codePoints, streams } from '../ids.js';
import type { Settings } from '../settings.js';
import { contactFact, contactFault } from './contact.js';
import { formFaults, missingFields } from './form-rules.js';
import { formOf, type DealForm } from './form.js';
import { evolveLicenses, updateLicenses } from './licenses.js';
import {
  ApproveDeal,
  DealApproved,
  DealDeclined,
  DealRegistered,
  DealStarted,
  DealUpdated,
  DealUpdateRequested,
  DeclineDeal,
  RegisterDeal,
  RequestDealUpdate,
  StartDeal,
  UpdateDeal,
  dealEvents,
  licenseEvents,
  type DealEvent,
} from './messages.js';
import { offerFact, offerFault } from './offer-facts.js';
import { refuse } from './refusals.js';
import { updated, type Deal, type DealState } from './state.js';
import type { DealStatus } from './status.js';

function evolve(state: DealState, event: Recorded<DealEvent>): DealState {
  if (event.type === 'DealStarted') {
    const { publisherId, dealId } = event.data;
    return { status: 'Incomplete', publisherId, dealId, form: formOf(event.data), customer: null, lines: new Map() };
  }
  if (state.status === 'none') return state;
  if (isOneOf(licenseEvents, event)) return evolveLicenses(state, event);
  switch (event.type) {
    case 'DealRegistered':
      return { ...state, status: 'Submitted', form: formOf(event.data) };
    case 'DealUpdated':
      return { ...state, status: updated(state.status), form: formOf(event.data) };
    case 'DealUpdateRequested':
      return { ...state, status: 'Update required' };
    case 'DealApproved':
      return { ...state, status: 'Approved' };
    case 'DealDeclined':
      return { ...state, status: 'Declined' };
  }
}

const handle = handling<DealState, DealEvent, Settings>();

/** A registered sale: its form and review (R47–R55), and the licenses that it gives (R63–R72). */
export const deal: Decider<DealState> = {
  category: 'deal',
  events: dealEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId }),
  handles: [
    handle({
      command: StartDeal,
      creates: true,
      stream: (_command, { newId }) => streams.deal(newId('deal')),
      facts: ({ publisherId, ...form }) => formFacts(publisherId, form),
      decide(_state, command, { now, newId, facts }) {
        const { publisherId } = command;
        const form = formOf(command);
        const rejection = reject(formFaults(form, dateOf(now)), factFaults(form, publisherId, facts));
        return rejection ?? [event(DealStarted, { publisherId, dealId: newId('deal'), ...form })];
      },
      answer: ([started]) => ({ dealId: started?.data.dealId }),
    }),
    handle({
      command: RegisterDeal,
      stream: ({ dealId }) => streams.deal(dealId),
      facts: (_command, state) => (state.status === 'none' ? {} : formFacts(state.publisherId, state.form)),
      decide(state, { dealId }, { now, facts }) {
        if (state.status === 'none') return [];
        const { publisherId, form } = state;
        return (
          reject(statusFault(state, ['Incomplete'])) ??
          reject(completeFaults(form, now), factFaults(form, publisherId, facts)) ?? [
            event(DealRegistered, { publisherId, dealId, ...form }),
          ]
        );
      },
    }),
    handle({
      command: UpdateDeal,
      stream: ({ dealId }) => streams.deal(dealId),
      facts: (form, state) => (state.status === 'none' ? {} : formFacts(state.publisherId, form)),
      decide(state, command, { now, facts }) {
        if (state.status === 'none') return [];
        const { publisherId, dealId } = state;
        const form = formOf(command);
        const faults =
          updated(state.status) === 'Incomplete' ? formFaults(form, dateOf(now)) : completeFaults(form, now);
        return (
          reject(
            statusFault(state, ['Incomplete', 'Submitted', 'Update required']),
            faults,
            fixedFaults(state, form),
            factFaults(form, publisherId, facts),
          ) ?? [event(DealUpdated, { publisherId, dealId, ...form })]
        );
      },
    }),
    handle({
      command: RequestDealUpdate,
      stream: ({ dealId }) => streams.deal(dealId),
      decide: (state, { dealId, reason }) =>
        state.status === 'none'
          ? []
          : (reject(statusFault(state, ['Submitted']), reasonFault(reason)) ?? [
              event(DealUpdateRequested, { publisherId: state.publisherId, dealId, reason }),
            ]),
    }),
    handle({
      command: ApproveDeal,
      stream: ({ dealId }) => streams.deal(dealId),
      decide: (state, { dealId }) =>
        state.status === 'none'
          ? []
          : (reject(statusFault(state, ['Submitted'])) ?? [
              event(DealApproved, { publisherId: state.publisherId, dealId }),
            ]),
    }),
    handle({
      command: DeclineDeal,
      stream: ({ dealId }) => streams.deal(dealId),
      decide: (state, { dealId, reason }) =>
        state.status === 'none'
          ? []
          : (reject(statusFault(state, ['Submitted']), reasonFault(reason)) ?? [
              event(DealDeclined, { publisherId: state.publisherId, dealId, reason }),
            ]),
    }),
    updateLicenses,
  ],
};

function dateOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DD'.length);
}

/** What a form rests on that is told elsewhere: its offer (R51), and whether its contact was erased (R95). */
function formFacts(publisherId: string, { offer, contact }: Pick<DealForm, 'offer' | 'contact'>) {
  return { ...offerFact(publisherId, offer), ...contactFact(publisherId, contact) };
}

function factFaults(form: DealForm, publisherId: string, facts: Known<ReturnType<typeof formFacts>>): Refusal[] {
  return [offerFault(form.offer, publisherId, facts.offer), contactFault(facts.contact)].filter(
    (fault) => fault !== false,
  );
}

/** The life of a deal: start → register → request update → update → approve or decline. A closed one stays closed (R54). */
function statusFault({ status }: Deal, allowed: readonly DealStatus[]): Refusal | false {
  if (allowed.includes(status)) return false;
  return status === 'Approved' || status === 'Declined'
    ? refuse('DEAL_CLOSED', `The deal is ${status.toLowerCase()}.`)
    : refuse('DEAL_STATUS_FORBIDS', `The deal is in the status ${status}, not ${allowed.join(' or ')}.`);
}

/** A deal that is or becomes registered keeps to R53 whole. */
function completeFaults(form: DealForm, now: string): readonly Refusal[] {
  return [...missingFields(form), ...formFaults(form, dateOf(now))];
}

/** R54 */
function fixedFaults({ customer, form }: Deal, next: DealForm): Refusal[] {
  if (customer === null) return [];
  return (['offer', 'tenantId'] as const)
    .filter((field) => next[field] !== form[field])
    .map((field) => refuse('DEAL_FIXED_BY_LICENSES', `It was ${form[field] ?? 'not given'}.`, `/${field}`));
}

function reasonFault(reason: string): Refusal | false {
  const length = codePoints(reason);
  return (length < 1 || length > 1000) && refuse('DEAL_REASON_INVALID', `It has ${length} characters.`, '/reason');
}
