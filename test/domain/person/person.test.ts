import { event } from '#lib/engine/model/message.js';
import { person } from '#lib/domain/person/decider.js';
import { personPut } from '#lib/domain/person/directory.js';
import { erasedAmong, personFacts } from '#lib/domain/person/facts.js';
import {
  ErasePersonOfPublisher,
  ErasePersonOfTenant,
  PersonErased,
  PutPersonOfPublisher,
  PutPersonOfTenant,
} from '#lib/domain/person/messages.js';
import { given } from '../../support/given.js';
import { unknown } from '../../support/persons.js';

const tenantId = '8c2d1f3a-0000-4000-8000-00000000c0de';
const publisherId = 'fabrikam';
const data = {
  name: 'Ada Lovelace',
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@contoso.example',
  phone: '+1 555',
  title: 'Countess',
  company: 'Contoso',
  country: 'GB',
  note: 'Left.',
};
const ada = { tenantId, personId: 'ada', ...data };
const buyer = { publisherId, personId: 'buyer', ...data };
const erased = event(PersonErased, { personId: 'ada', publisherId: null, tenantId });
const erasedBuyer = event(PersonErased, { personId: 'buyer', publisherId, tenantId: null });
const isErased = { code: 'PERSON_ERASED', pointer: '/personId' };

describe('putting a person', () => {
  it('R95 writes the directory and no event', () => {
    const puts = person.handles.filter(({ records }) => records).map(({ command }) => command as unknown);
    expect(puts).toEqual([PutPersonOfTenant, PutPersonOfPublisher]);
    given(person, []).when(PutPersonOfTenant, ada).then();
    given(person, []).when(PutPersonOfPublisher, buyer).then();
    const written = person.handles.flatMap(({ command, records }) =>
      records
        ? [records(command === PutPersonOfTenant ? ada : buyer, given(person, []).when(command, ada).context)]
        : [],
    );
    expect(written).toEqual([[personPut(tenantId, 'ada', data)], [personPut(publisherId, 'buyer', data)]]);
    expect(personPut(tenantId, 'ada', { name: 'Ada', ...unknown })).toEqual({
      table: 'people',
      key: `${tenantId}.ada`,
      sort: `${tenantId}.ada`,
      value: { personId: 'ada', name: 'Ada', ...unknown },
    });
  });

  it('R95 refuses what is no person ID, and every field that is empty, too long or no address', () => {
    given(person, [])
      .when(PutPersonOfTenant, { ...ada, personId: 'Ada L.' })
      .refused({ code: 'PERSON_ID_INVALID', pointer: '/personId' });
    const fields = ['name', 'firstName', 'lastName', 'email', 'phone', 'title', 'company', 'country', 'note'];
    const faults = fields.map((field) => ({ code: 'PERSON_FIELD_INVALID', pointer: `/${field}` }));
    const empty = Object.fromEntries(fields.map((field) => [field, '']));
    given(person, [])
      .when(PutPersonOfTenant, { ...ada, ...empty })
      .refused(...faults);
    const long = {
      name: 'n'.repeat(201),
      firstName: 'f'.repeat(81),
      lastName: 'l'.repeat(81),
      email: `a@${'e'.repeat(253)}`,
      phone: '1'.repeat(51),
      title: 't'.repeat(201),
      company: 'c'.repeat(201),
      country: 'gb',
    };
    given(person, [])
      .when(PutPersonOfPublisher, { ...buyer, ...long, note: 'o'.repeat(2_001) })
      .refused(...faults);
    for (const email of ['ada', 'ada@', '@contoso', 'a b@contoso', 'a@b@c']) {
      given(person, [])
        .when(PutPersonOfTenant, { ...ada, email })
        .refused({ code: 'PERSON_FIELD_INVALID', pointer: '/email' });
    }
  });

  it('R95 accepts the shortest texts and the longest, counted in code points, and nothing but a name', () => {
    const texts = { name: 'A', firstName: 'A', lastName: 'L', phone: '1', title: 'C', company: 'C', note: '.' };
    given(person, [])
      .when(PutPersonOfTenant, { ...ada, ...texts, email: 'a@b' })
      .then();
    const names = { firstName: '😀'.repeat(80), lastName: 'l'.repeat(80), company: 'c'.repeat(200) };
    const longest = { ...names, name: '😀'.repeat(200), email: `a@${'e'.repeat(252)}`, phone: '1'.repeat(50) };
    given(person, [])
      .when(PutPersonOfTenant, { ...ada, ...longest, title: 't'.repeat(200), note: 'o'.repeat(2_000) })
      .then();
    given(person, [])
      .when(PutPersonOfTenant, { ...ada, ...unknown })
      .then();
  });

  it('R95 refuses a person who was erased', () => {
    given(person, [erased]).when(PutPersonOfTenant, ada).refused(isErased);
    given(person, [erasedBuyer]).when(PutPersonOfPublisher, buyer).refused(isErased);
  });
});

describe('erasing a person', () => {
  it('R95 leaves one event, whether the directory knew them or not', () => {
    given(person, []).when(ErasePersonOfTenant, { tenantId, personId: 'ada' }).then(erased);
    given(person, []).when(ErasePersonOfPublisher, { publisherId, personId: 'buyer' }).then(erasedBuyer);
  });

  it('R95 is success without an event the second time', () => {
    given(person, [erased]).when(ErasePersonOfTenant, { tenantId, personId: 'ada' }).then();
    given(person, [erasedBuyer]).when(ErasePersonOfPublisher, { publisherId, personId: 'buyer' }).then();
  });

  it('R95 refuses what is no person ID, so that no name comes into the log', () => {
    given(person, [])
      .when(ErasePersonOfTenant, { tenantId, personId: 'Ada Lovelace' })
      .refused({ code: 'PERSON_ID_INVALID', pointer: '/personId' });
  });
});

describe('persons that a command names', () => {
  it('R95 R96 are looked up in their scope, if it can be a person’s ID', () => {
    const streams = [`person-${tenantId}.ada`, `person-${tenantId}.${'p'.repeat(64)}`];
    expect(personFacts(tenantId, ['ada', 'Ada Lovelace', '', 'p'.repeat(64), 'p'.repeat(65)])).toEqual(
      Object.fromEntries(streams.map((stream) => [stream, { aggregate: person, stream }])),
    );
  });

  it('R95 are told by their IDs where they were erased', () => {
    const persons = { ada: { status: 'erased', ...erased.data }, bob: { status: 'none' } } as const;
    expect(erasedAmong(persons)).toEqual(new Set(['ada']));
  });
});

it('R95 a person is their tenant’s or their publisher’s, also when they were erased', () => {
  const owners = person.handles.map(
    ({ command, owner }) => owner?.({ status: 'none' }, { tenantId, publisherId }, {}) ?? command,
  );
  expect(owners).toEqual([{ tenantId }, { publisherId }, { tenantId }, { publisherId }]);
  expect(person.owner({ status: 'none' })).toBeNull();
  expect(person.owner({ status: 'erased', ...erased.data })).toEqual({ tenantId });
  expect(person.owner({ status: 'erased', ...erasedBuyer.data })).toEqual({ publisherId });
});
