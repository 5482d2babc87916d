import type { Owner } from '#lib/engine/model/aggregate.js';
import { event } from '#lib/engine/model/message.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import {
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatUnassigned,
  type SeatPoolEvent,
} from '#lib/domain/seat-pool/messages.js';
import { licenseCounts } from '#lib/views/license-counts.js';
import { SeatsAtStake, SeatsOfPool, seats } from '#lib/views/seats.js';
import {
  assigned,
  detected,
  ids,
  overdue,
  policySet,
  resized,
  serviceId,
  taken,
  tenantId,
} from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded, system } from '../support/given.js';
import { personOf } from '../support/persons.js';

const ask = (events: readonly SeatPoolEvent[]) =>
  asking([seats, licenseCounts], recorded(`seatPool-${tenantId}.${serviceId}`, events));
const nobody = { person: null, erased: false };
const seat = (personId: string, since: string, inUse = true) => {
  return { personId, ...nobody, since, assignedBy: system, inUse };
};
const unassigned = (personId: string) => event(SeatUnassigned, { ...ids, personId, reason: 'request' });

describe('seats of a pool', () => {
  it('show who holds one, since when and by whom, in the order of assignment', () => {
    const events = [resized(0, 5, 3), assigned('bob'), assigned('ann'), assigned('cyd'), unassigned('cyd')];
    expect(ask(events).list(SeatsOfPool, { tenantId, serviceId })).toEqual([
      seat('bob', '2026-03-01T11:59:56.000Z'),
      seat('ann', '2026-03-01T11:59:57.000Z'),
    ]);
    expect(ask(events).list(SeatsOfPool, { tenantId, serviceId }, { personId: 'ann' })).toEqual([
      seat('ann', '2026-03-01T11:59:57.000Z'),
    ]);
  });

  it('a seat that is given again counts from then', () => {
    const events = [resized(0, 5, 3), assigned('bob'), assigned('ann'), unassigned('bob'), assigned('bob')];
    expect(ask(events).list(SeatsOfPool, { tenantId, serviceId })).toEqual([
      seat('ann', '2026-03-01T11:59:57.000Z'),
      seat('bob', '2026-03-01T11:59:59.000Z'),
    ]);
  });

  it('R74 show kept seats as not in use while there are no licenses', () => {
    const ended = event(SeatPoolDeactivated, { ...ids, graceEndsAt: null });
    expect(
      ask([resized(0, 5, 3), assigned('bob'), resized(5, 0, 4), ended]).list(SeatsOfPool, { tenantId, serviceId }),
    ).toEqual([seat('bob', '2026-03-01T11:59:57.000Z', false)]);
  });

  it('R86 are not there for another tenant or a plan without a pool', () => {
    const events = [resized(0, 5, 3), assigned('bob')];
    expect(ask(events).list(SeatsOfPool, { tenantId, serviceId: 'fabrikam.f365.silver' })).toBeNull();
    expect(ask(events).list(SeatsOfPool, { tenantId: '00000000-0000-4000-8000-000000000000', serviceId })).toBeNull();
  });
});

describe('who holds a seat', () => {
  const events = [resized(0, 2, 3), assigned('ann'), assigned('bob')];
  const data = personOf({ name: 'Ann', email: 'ann@contoso.example' });
  const records = [personPut(tenantId, 'ann', data), personPut('fabrikam', 'bob', data)];
  const erased = event(PersonErased, { personId: 'ann', publisherId: null, tenantId });
  const log = recorded(`seatPool-${tenantId}.${serviceId}`, events);
  const holders = (history: typeof log, caller: Owner = { tenantId }) =>
    asking([seats, licenseCounts], history, caller, { records }).list(SeatsOfPool, { tenantId, serviceId });

  it('R95 is joined from the directory of the tenant', () => {
    expect(holders(log)).toMatchObject([
      { personId: 'ann', person: data, erased: false },
      { personId: 'bob', ...nobody },
    ]);
  });

  it('R95 is to an auditor an ID and nothing more, erased or not', () => {
    const told = (history: typeof log) => holders(history, { installation: true });
    const bob = { personId: 'bob', ...nobody };
    expect(told(log)).toMatchObject([{ personId: 'ann', ...nobody }, bob]);
    const after = told([...log, ...recorded(`person-${tenantId}.ann`, [erased])]);
    expect(after).toMatchObject([{ personId: 'ann', person: null, erased: true }, bob]);
  });

  it('R95 is an ID and nothing more when the person was erased; the seat is still there to be taken', () => {
    expect(holders([...log, ...recorded(`person-${tenantId}.ann`, [erased])])).toMatchObject([
      { personId: 'ann', person: null, erased: true, inUse: true },
      { personId: 'bob', ...nobody },
    ]);
  });
});

describe('seats at stake', () => {
  const conflict = [resized(0, 3, 3), ...['ann', 'bob', 'cyd'].map((personId) => assigned(personId))];
  const open = [...conflict, resized(3, 1, 4), detected(3, 1)];
  const persons = (...events: readonly SeatPoolEvent[]) =>
    (ask(events).list(SeatsAtStake, { tenantId, serviceId }) as { personId: string }[]).map(({ personId }) => personId);

  it('R73 are those that the policy takes, in that order: nobody under keep', () => {
    expect(persons(...open)).toEqual([]);
    expect(persons(...open, policySet('newestFirst'))).toEqual(['cyd', 'bob']);
    expect(persons(...open, policySet('oldestFirst'))).toEqual(['ann', 'bob']);
    expect(persons(...open, policySet('oldestFirst'), policySet('keep'))).toEqual([]);
  });

  it('R73 are as many as are in excess now, and none when no conflict is open', () => {
    const byPolicy = [...open, policySet('newestFirst')];
    expect(persons(...conflict, policySet('newestFirst'))).toEqual([]);
    expect(persons(...conflict, resized(3, 5, 4), policySet('newestFirst'))).toEqual([]);
    expect(persons(...byPolicy, resized(1, 2, 5))).toEqual(['cyd']);
    expect(persons(...byPolicy, unassigned('ann'))).toEqual(['cyd']);
    expect(persons(...byPolicy, overdue(3, 1), taken('cyd'))).toEqual(['bob']);
    const resolved = event(LicenseConflictResolved, { ...ids, reason: 'licensesAdded' });
    expect(persons(...byPolicy, resized(1, 3, 5), resolved)).toEqual([]);
  });

  it('R74 are none of those that are only kept', () => {
    const ended = event(SeatPoolDeactivated, { ...ids, graceEndsAt: null });
    expect(persons(...conflict, policySet('newestFirst'), resized(3, 0, 4), ended)).toEqual([]);
  });

  it('R87 are shown as in use, like any other', () => {
    expect(ask([...open, policySet('newestFirst')]).list(SeatsAtStake, { tenantId, serviceId })).toEqual([
      seat('cyd', '2026-03-01T11:59:56.000Z'),
      seat('bob', '2026-03-01T11:59:55.000Z'),
    ]);
  });

  it('R86 are not there for another tenant', () => {
    const elsewhere = { tenantId: '00000000-0000-4000-8000-000000000000', serviceId };
    expect(ask([...open, policySet('newestFirst')]).list(SeatsAtStake, elsewhere)).toBeNull();
  });
});
