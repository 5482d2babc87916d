import { event } from '#lib/engine/model/message.js';
import type { Actor, Recorded } from '#lib/engine/model/envelope.js';
import { LicenseCountChanged, LicensesActivated, LicensesDeactivated } from '#lib/domain/deal/messages.js';
import {
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatPoolGraceEnded,
  SeatUnassigned,
} from '#lib/domain/seat-pool/messages.js';
import { LicenseLedger, licenseLedger, licenseLedgerProjection } from '#lib/views/license-ledger.js';
import {
  assigned,
  detected,
  ids,
  in90Days,
  overdue,
  policySet,
  resized,
  serviceId,
  taken,
  tenantId,
} from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { recorded, system } from '../support/given.js';

const owner: Actor = { kind: 'key', id: 'key-7', role: 'publisher.owner', personId: 'olga' };
const dealId = 'deal-1';
const pool = `seatPool-${tenantId}.${serviceId}`;

/** Events in log order, a second apart, each in its stream at its revision. */
const log = [
  at('deal-deal-1@3', event(LicensesActivated, { ...ids, dealId, count: 2 }), owner),
  at(`${pool}@0`, resized(0, 2, 3)),
  at(`${pool}@1`, assigned('ann')),
  at(`${pool}@2`, assigned('bob')),
  at('deal-deal-1@4', event(LicenseCountChanged, { ...ids, dealId, from: 2, to: 1 }), owner),
  at(`${pool}@3`, resized(2, 1, 4)),
  at(`${pool}@4`, detected(2, 1)),
  at(`${pool}@5`, event(SeatUnassigned, { ...ids, personId: 'ann', reason: 'request' })),
  at(`${pool}@6`, event(LicenseConflictResolved, { ...ids, reason: 'seatsFreed' })),
  at('deal-deal-1@5', event(LicensesDeactivated, { ...ids, dealId, from: 1 }), owner),
  at(`${pool}@7`, resized(1, 0, 5)),
  at(`${pool}@8`, event(SeatPoolDeactivated, { ...ids, graceEndsAt: null })),
].map((happened, index) => later(happened, index));

function at(reference: string, what: Parameters<typeof recorded>[1][number], actor: Actor = system): Recorded {
  const [stream = '', revision = ''] = reference.split('@');
  const [happened] = recorded(stream, [what], Number(revision));
  if (!happened) throw new Error('Nothing was recorded.');
  return { ...happened, meta: { ...happened.meta, actor, tenant: actor === owner ? 'fabrikam' : null } };
}

function later(happened: Recorded, seconds: number): Recorded {
  const instant = `2026-03-01T12:00:${String(seconds).padStart(2, '0')}.000Z`;
  return { ...happened, meta: { ...happened.meta, recordedAt: instant, occurredAt: instant } };
}

interface Row {
  readonly reference: string;
  readonly event: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly licenses: number;
  readonly seats: number;
  readonly personId: string | null;
  readonly reason: string | null;
  readonly policy: string | null;
  readonly dueAt: string | null;
}
const rows = (filter: Record<string, string> = {}) =>
  asking([licenseLedger], log).list(LicenseLedger, {}, filter) as Row[];

describe('the license ledger', () => {
  it('R88, R91, E19: shows who set a count, when, from what to what', () => {
    expect(rows({ dealId, event: 'LicenseCountChanged' })).toEqual([
      {
        ...ids,
        reference: 'deal-deal-1@4',
        event: 'LicenseCountChanged',
        recordedAt: '2026-03-01T12:00:04.000Z',
        occurredAt: '2026-03-01T12:00:04.000Z',
        who: owner,
        onBehalfOf: 'fabrikam',
        dealId,
        personId: null,
        from: 2,
        to: 1,
        reason: null,
        policy: null,
        dueAt: null,
        licenses: 1,
        seats: 2,
        commandId: 'command-4',
        correlationId: 'command-4',
        causationId: 'command-4',
      },
    ]);
  });

  it('R75, R91: runs totals over every license and seat event, in order', () => {
    const shown = rows().map(({ event: type, from, to, licenses, seats }) => [type, from, to, licenses, seats]);
    expect(shown).toEqual([
      ['LicensesActivated', 0, 2, 2, 0],
      ['SeatPoolResized', 0, 2, 2, 0],
      ['SeatAssigned', null, null, 2, 1],
      ['SeatAssigned', null, null, 2, 2],
      ['LicenseCountChanged', 2, 1, 1, 2],
      ['SeatPoolResized', 2, 1, 1, 2],
      ['LicenseConflictDetected', null, null, 1, 2],
      ['SeatUnassigned', null, null, 1, 1],
      ['LicenseConflictResolved', null, null, 1, 1],
      ['LicensesDeactivated', 1, 0, 0, 1],
      ['SeatPoolResized', 1, 0, 0, 0],
      ['SeatPoolDeactivated', null, null, 0, 0],
    ]);
  });

  it('tells persons by opaque ID, reasons and deadlines', () => {
    const shown = rows({ serviceId }).flatMap(({ personId, reason, dueAt }) =>
      personId === null && reason === null && dueAt === null ? [] : [{ personId, reason, dueAt }],
    );
    expect(shown).toEqual([
      { personId: 'ann', reason: null, dueAt: null },
      { personId: 'bob', reason: null, dueAt: null },
      { personId: null, reason: null, dueAt: in90Days },
      { personId: 'ann', reason: 'request', dueAt: null },
      { personId: null, reason: 'seatsFreed', dueAt: null },
    ]);
  });

  it('stores no more of an entry than its event tells: nothing of it is null, and nothing said twice', () => {
    const documents = Object.entries(fold(licenseLedgerProjection, log));
    const entries = documents.filter(([id]) => id.startsWith('entry/')).map(([, entry]) => entry as Partial<Row>);
    expect(entries.filter(({ event: type }) => type === 'SeatPoolDeactivated')).toEqual([
      {
        reference: `${pool}@8`,
        event: 'SeatPoolDeactivated',
        publisherId: 'fabrikam',
        tenantId,
        serviceId,
        recordedAt: '2026-03-01T12:00:11.000Z',
        who: system,
        onBehalfOf: null,
        licenses: 0,
        seats: 0,
        commandId: 'command-8',
      },
    ]);
  });

  it('R90: tells of a clock that went back, and of what led to a command', () => {
    const meta = { occurredAt: '2026-03-01T11:59:59.000Z', $correlationId: 'command-1', $causationId: 'event-1' };
    const [first] = log.map((happened) => ({ ...happened, meta: { ...happened.meta, ...meta } }));
    expect(asking([licenseLedger], first ? [first] : []).list(LicenseLedger, {})).toMatchObject([
      {
        recordedAt: '2026-03-01T12:00:00.000Z',
        occurredAt: '2026-03-01T11:59:59.000Z',
        commandId: first?.meta.commandId,
        correlationId: 'command-1',
        causationId: 'event-1',
      },
    ]);
  });

  it('R74: runs totals from nothing at all: a pool without licenses has no seats in use', () => {
    const [first] = log;
    expect(fold(licenseLedgerProjection, first ? [first] : [])[`totals/${tenantId}.${serviceId}`]).toEqual({
      licenses: 2,
      seatsHeld: 0,
      active: false,
    });
  });

  it('R73, R74: tells how a conflict came to its end under which policy, and when grace did', () => {
    const story = [
      resized(0, 2, 3),
      assigned('ann'),
      assigned('bob'),
      resized(2, 1, 4),
      detected(2, 1),
      overdue(2, 1),
      policySet('newestFirst'),
      taken('bob'),
      event(LicenseConflictResolved, { ...ids, reason: 'policyApplied' }),
      resized(1, 0, 5),
      event(SeatPoolDeactivated, { ...ids, graceEndsAt: in90Days }),
      event(SeatPoolGraceEnded, { ...ids }),
    ];
    const shown = asking([licenseLedger], recorded(pool, story)).list(LicenseLedger, {}) as Row[];
    expect(
      shown
        .slice(5)
        .map(({ event: type, personId, reason, policy, dueAt, seats }) => [
          type,
          personId,
          reason,
          policy,
          dueAt,
          seats,
        ]),
    ).toEqual([
      ['LicenseConflictOverdue', null, null, null, null, 2],
      ['ShrinkPolicySet', null, null, 'newestFirst', null, 2],
      ['SeatUnassigned', 'bob', 'policy', null, null, 1],
      ['LicenseConflictResolved', null, 'policyApplied', null, null, 1],
      ['SeatPoolResized', null, null, null, null, 0],
      ['SeatPoolDeactivated', null, null, null, in90Days, 0],
      ['SeatPoolGraceEnded', null, null, null, null, 0],
    ]);
  });

  it('can be narrowed to a tenant, a publisher or a person', () => {
    expect(rows({ personId: 'ann' }).map(({ reference }) => reference)).toEqual([`${pool}@1`, `${pool}@5`]);
    expect(rows({ tenantId, publisherId: 'fabrikam' })).toEqual(rows());
    expect(rows({ publisherId: 'contoso' })).toEqual([]);
  });

  it('keeps the order of a stream, and deals before pools, at equal times', () => {
    const many = Array.from({ length: 12 }, (_, index) => at(`${pool}@${index}`, assigned(`p${index}`)));
    const same = [at('deal-deal-1@3', event(LicensesActivated, { ...ids, dealId, count: 20 })), ...many];
    const shown = asking(
      [licenseLedger],
      same.map((happened) => later(happened, 0)),
    ).list(LicenseLedger, {}) as Row[];
    expect(shown.map(({ reference }) => reference)).toEqual([
      'deal-deal-1@3',
      ...many.map((_, index) => `${pool}@${index}`),
    ]);
  });
});
