import type { Fact } from '#lib/engine/model/aggregate.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { isPersonId, streams } from '../ids.js';
import { person } from '../person/decider.js';
import { refuse } from '../person/refusals.js';
import type { PersonState } from '../person/state.js';

/** Absent where the form names nobody, or what is no person ID. */
export type ContactFact = { readonly contact?: Fact<PersonState> };

/** The publisher's person that a deal's form names, to be judged at its stream's end (R96). */
export function contactFact(publisherId: string, contact: string | null): ContactFact {
  return contact !== null && isPersonId(contact)
    ? { contact: { aggregate: person, stream: streams.person(publisherId, contact) } }
    : {};
}

/** R95 */
export function contactFault(state: PersonState | undefined): Refusal | false {
  return state?.status === 'erased' && refuse('PERSON_ERASED', 'The contact was erased.', '/contact');
}
