import type { HttpRoute } from '#lib/engine/model/message.js';
import { ref, type RecordFind, type Ref, type Snapshot, type View } from '#lib/engine/model/query.js';
import { TenantGuid, Text } from '#lib/engine/model/shape.js';
import { streams } from '#lib/domain/ids.js';
import { peopleTable, personKey, personRecord, type PersonRecord } from '#lib/domain/person/directory.js';
import { PersonData } from '#lib/domain/person/messages.js';
import { dealRoles, seatRoles } from '#lib/domain/roles.js';
import { isOwn } from './own.js';
import { answer, projection } from './view.js';

/** That a person was erased; nobody else has a document. */
interface ErasedDoc {
  readonly erasedAt: string;
}

interface Kinds {
  /** By scope and person, as the directory. */
  erased: ErasedDoc;
}

export const peopleProjection = projection<Kinds>({
  name: 'people',
  version: 1,
  kinds: {
    erased: {
      origins: {
        key: (key) => {
          const [scope = '', personId = ''] = key.split('.');
          return { stream: streams.person(scope, personId) };
        },
      },
    },
  },
  on: { PersonErased: ({ data }) => scopesOf(data).map((scope) => ['erased', personKey(scope, data.personId)]) },
  fold(event, docs) {
    if (event.type !== 'PersonErased') return;
    const erased = { erasedAt: event.meta.recordedAt };
    for (const scope of scopesOf(event.data)) docs.put('erased', personKey(scope, event.data.personId), erased);
  },
});

function scopesOf(owner: { readonly publisherId: string | null; readonly tenantId: string | null }): readonly string[] {
  return [owner.publisherId, owner.tenantId].filter((scope) => scope !== null);
}

/** That they were erased: for answers that tell no more. */
export const erasureRef = (scope: string, personId: string) =>
  ref(peopleProjection, 'erased', personKey(scope, personId));

/** What an answer needs that names a person. */
export function personRefs(scope: string, personId: string): readonly Ref[] {
  return [personRecord(scope, personId), erasureRef(scope, personId)];
}

export function wasErased(scope: string, personId: string, docs: Snapshot): boolean {
  return docs.get(erasureRef(scope, personId)) !== undefined;
}

/** What the directory holds, from the moment of asking; null also for whom it does not know (R95). */
export function personData(scope: string, personId: string, docs: Snapshot): PersonData | null {
  if (wasErased(scope, personId, docs)) return null;
  const record = docs.get(personRecord(scope, personId));
  if (record === undefined) return null;
  const { personId: _personId, ...data } = record;
  return data;
}

/** A person of the directory. */
export class Person extends PersonData {
  static readonly type = 'Person';
  @Text() personId!: string;
}

/** The people of a tenant. */
export class PeopleOfTenant {
  static readonly type = 'PeopleOfTenant';
  static readonly answers = Person;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/people',
    by: seatRoles,
    summary: "The people of the customer's directory, by person ID.",
  };
  @TenantGuid() tenantId!: string;
}

/** The contacts of a publisher. */
export class PeopleOfPublisher {
  static readonly type = 'PeopleOfPublisher';
  static readonly answers = Person;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/people',
    by: dealRoles,
    summary: "The people of the publisher's directory, by person ID.",
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
}

/** Keys of a scope begin with it, and no scope holds a dot. */
const listOf = (scope: string): RecordFind<PersonRecord> => ({ table: peopleTable, prefix: personKey(scope, '') });

export const people: View = {
  projection: peopleProjection,
  queries: [
    answer.list<PeopleOfTenant, PersonRecord, Person>({
      query: PeopleOfTenant,
      find: ({ tenantId }, _docs, { caller }) =>
        caller.installation === true || caller.tenantId === tenantId ? listOf(tenantId) : null,
      compose: (person) => ({ ...person }),
    }),
    answer.list<PeopleOfPublisher, PersonRecord, Person>({
      query: PeopleOfPublisher,
      find: ({ publisherId }, _docs, { caller }) => (isOwn(caller, publisherId) ? listOf(publisherId) : null),
      compose: (person) => ({ ...person }),
    }),
  ],
};
