import { event } from '#lib/engine/model/message.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import {
  PeopleOfPublisher,
  PeopleOfTenant,
  people,
  peopleProjection,
  personData,
  personRefs,
  wasErased,
} from '#lib/views/people.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import { personOf } from '../support/persons.js';

const tenantId = '8c2d1f3a-0000-4000-8000-00000000c0de';
const publisherId = 'fabrikam';
const dataOf = (name: string) => personOf({ name, phone: '+1 555', note: 'Knows all.' });
const put = (scope: string, personId: string) => personPut(scope, personId, dataOf(personId.toUpperCase()));
const records = [put(tenantId, 'ada'), put(tenantId, 'bob'), put('fabrikam', 'ann'), put('fabrikam2', 'eve')];
const shown = (personId: string) => ({ personId, ...dataOf(personId.toUpperCase()) });
const ask = (caller: object) => asking([people], [], caller, { records });

describe('the directory of people', () => {
  it('R95 lists a tenant’s people, and a publisher’s, with all that it holds', () => {
    expect(ask({ tenantId }).list(PeopleOfTenant, { tenantId })).toEqual([shown('ada'), shown('bob')]);
    expect(ask({ publisherId }).list(PeopleOfPublisher, { publisherId })).toEqual([shown('ann')]);
    expect(ask({ installation: true }).list(PeopleOfTenant, { tenantId })).toEqual([shown('ada'), shown('bob')]);
    expect(ask({ publisherId: 'northwind' }).list(PeopleOfPublisher, { publisherId: 'northwind' })).toEqual([]);
  });

  it('R95 is not there for anybody else', () => {
    const other = '00000000-0000-4000-8000-000000000000';
    expect(ask({ tenantId: other }).list(PeopleOfTenant, { tenantId })).toBeNull();
    expect(ask({ publisherId: 'fabrikam2' }).list(PeopleOfPublisher, { publisherId })).toBeNull();
  });
});

describe('a person in other views', () => {
  const erased = recorded(`person-${tenantId}.ada`, [
    event(PersonErased, { personId: 'ada', publisherId: null, tenantId }),
  ]);
  const joined = (scope: string, personId: string, events = erased) =>
    asking([people], events, {}, { records }).read(personRefs(scope, personId), (docs) => [
      personData(scope, personId, docs),
      wasErased(scope, personId, docs),
    ]);

  it('R95 leaves an ID and when they were erased, in the scope that knew them', () => {
    const erasedAt = '2026-03-01T11:59:59.000Z';
    expect(fold(peopleProjection, erased)).toEqual({ [`erased/${tenantId}.ada`]: { erasedAt } });
    const contact = event(PersonErased, { personId: 'ann', publisherId, tenantId: null });
    expect(fold(peopleProjection, recorded('any-stream', [contact]))).toEqual({ 'erased/fabrikam.ann': { erasedAt } });
  });

  it('R95 is joined from the directory when read; null where it knows nobody', () => {
    expect(joined(tenantId, 'ada', [])).toEqual([dataOf('ADA'), false]);
    expect(joined(tenantId, 'nobody')).toEqual([null, false]);
  });

  it('R95 is no more than an ID once they were erased, even while their row is still there', () => {
    expect(joined(tenantId, 'ada')).toEqual([null, true]);
    expect(joined('fabrikam', 'ann')).toEqual([dataOf('ANN'), false]);
  });
});
