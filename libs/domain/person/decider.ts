import { handling, type Decider, type Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import { isPersonId, streams } from '../ids.js';
import type { Settings } from '../settings.js';
import { personPut } from './directory.js';
import { personFaults } from './fields.js';
import {
  ErasePersonOfPublisher,
  ErasePersonOfTenant,
  PersonErased,
  PutPersonOfPublisher,
  PutPersonOfTenant,
  personEvents,
  type PersonData,
  type PersonEvent,
} from './messages.js';
import { refuse } from './refusals.js';
import type { PersonState } from './state.js';

const handle = handling<PersonState, PersonEvent, Settings>();

/** A person of a tenant or a publisher: nothing but whether they were erased (R95). Who they are stands in the directory. */
export const person: Decider<PersonState> = {
  category: 'person',
  events: personEvents,
  initial: () => ({ status: 'none' }),
  evolve: (_state, { data }: Recorded<PersonEvent>) => ({ status: 'erased', ...data }),
  owner: (state) => (state.status === 'none' ? null : ownerOf(state)),
  handles: [
    handle({
      command: PutPersonOfTenant,
      stream: ({ tenantId, personId }) => streams.person(tenantId, personId),
      owner: (_state, { tenantId }) => ({ tenantId }),
      decide: (state, command) => put(state, command),
      records: (command) => [personPut(command.tenantId, command.personId, command)],
    }),
    handle({
      command: PutPersonOfPublisher,
      stream: ({ publisherId, personId }) => streams.person(publisherId, personId),
      owner: (_state, { publisherId }) => ({ publisherId }),
      decide: (state, command) => put(state, command),
      records: (command) => [personPut(command.publisherId, command.personId, command)],
    }),
    handle({
      command: ErasePersonOfTenant,
      stream: ({ tenantId, personId }) => streams.person(tenantId, personId),
      owner: (_state, { tenantId }) => ({ tenantId }),
      decide: (state, { tenantId, personId }) => erase(state, { personId, publisherId: null, tenantId }),
    }),
    handle({
      command: ErasePersonOfPublisher,
      stream: ({ publisherId, personId }) => streams.person(publisherId, personId),
      owner: (_state, { publisherId }) => ({ publisherId }),
      decide: (state, { publisherId, personId }) => erase(state, { personId, publisherId, tenantId: null }),
    }),
  ],
};

function ownerOf({ publisherId, tenantId }: PersonErased): Owner {
  return { ...(publisherId !== null && { publisherId }), ...(tenantId !== null && { tenantId }) };
}

/** What the directory holds is no event: it could not be erased. */
function put(state: PersonState, command: PersonData & { readonly personId: string }) {
  const erased = state.status === 'erased' && refuse('PERSON_ERASED', 'This person was erased.', '/personId');
  return reject(idFault(command.personId), fieldFaults(command), erased) ?? [];
}

function erase(state: PersonState, erased: PersonErased) {
  return reject(idFault(erased.personId)) ?? (state.status === 'erased' ? [] : [event(PersonErased, erased)]);
}

function idFault(personId: string): Refusal | false {
  return !isPersonId(personId) && refuse('PERSON_ID_INVALID', 'What was sent is not a person ID.', '/personId');
}

function fieldFaults(data: PersonData): Refusal[] {
  return personFaults(data).map(({ field, detail }) => refuse('PERSON_FIELD_INVALID', detail, `/${field}`));
}
