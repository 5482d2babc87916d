import type { Fact } from '#lib/engine/model/aggregate.js';
import { isPersonId, streams } from '../ids.js';
import { person } from './decider.js';
import type { PersonState } from './state.js';

/** Persons that a command names, by stream, each to be judged at that stream's end (R96). What is no person ID names nobody. */
export function personFacts(scope: string, personIds: readonly string[]): Readonly<Record<string, Fact<PersonState>>> {
  const named = personIds.filter(isPersonId).map((personId) => streams.person(scope, personId));
  return Object.fromEntries(named.map((stream) => [stream, { aggregate: person, stream }]));
}

/** IDs of those who were erased, and must not be written down again (R95). */
export function erasedAmong(persons: Readonly<Record<string, PersonState>>): ReadonlySet<string> {
  return new Set(Object.values(persons).flatMap((state) => (state.status === 'erased' ? [state.personId] : [])));
}
