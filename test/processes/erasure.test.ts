import { event } from '#lib/engine/model/message.js';
import { eraseRecord } from '#lib/engine/model/process.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { erasure } from '#lib/processes/erasure.js';
import { recorded } from '../support/given.js';

const tenantId = '8c2d1f3a-0000-4000-8000-00000000c0de';
const reactions = (owner: { publisherId: string | null; tenantId: string | null }) =>
  recorded('person-x', [event(PersonErased, { personId: 'ada', ...owner })]).map((erased) =>
    erasure.on.PersonErased?.(erased as Parameters<NonNullable<typeof erasure.on.PersonErased>>[0]),
  );

it('R95 erases what the directory of the tenant, or of the publisher, holds of the person', () => {
  expect(reactions({ publisherId: null, tenantId })).toEqual([[eraseRecord('people', `${tenantId}.ada`)]]);
  expect(reactions({ publisherId: 'fabrikam', tenantId: null })).toEqual([[eraseRecord('people', 'fabrikam.ada')]]);
});
