import { event } from '#lib/engine/model/message.js';
import { PlanCreated } from '#lib/domain/offer/plans-messages.js';
import {
  LicenseConflictResolved,
  SeatPoolDeactivated,
  SeatPoolGraceEnded,
  SeatUnassigned,
  type SeatPoolEvent,
} from '#lib/domain/seat-pool/messages.js';
import { CustomerLicenseCounts, PublisherLicenseCounts, licenseCounts } from '#lib/views/license-counts.js';
import { plans } from '#lib/views/plans.js';
import {
  assigned,
  detected,
  ids,
  in90Days,
  overdue,
  policySet,
  resized,
  taken,
  tenantId,
} from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';

const { planId, offer, publisherId, serviceId } = ids;
const gold = recorded('offer-fabrikam.f365', [
  event(PlanCreated, { publisherId, offer, planId, serviceId, name: 'Gold' }),
]);

/** The rows that the customer sees after these events of one pool. */
function counts(...events: readonly SeatPoolEvent[]): unknown {
  const pool = recorded(`seatPool-${tenantId}.${serviceId}`, events);
  return asking([licenseCounts, plans], [...gold, ...pool]).list(CustomerLicenseCounts, { tenantId });
}

const row = {
  ...ids,
  planName: 'Gold',
  status: 'active',
  graceEndsAt: null,
  total: 0,
  seats: 0,
  available: 0,
  keptSeats: 0,
  shrinkPolicy: 'keep',
  conflict: null,
  byDeal: [],
  otherDeals: 0,
  revision: 0,
};
const deal = (dealId: string, count: number) => ({ dealId, count });
const fiveSeats = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((personId) => assigned(personId));
const conflict = [resized(0, 5, 3), ...fiveSeats, resized(5, 3, 4), detected(5, 3)];

describe('license counts', () => {
  it('R75, E16: are the sum over the deals, each named with its own', () => {
    const both = [resized(0, 10, 3, 'deal-1', 10), resized(10, 15, 7, 'deal-2', 5)];
    expect(counts(...both)).toEqual([
      { ...row, total: 15, available: 15, byDeal: [deal('deal-1', 10), deal('deal-2', 5)], revision: 1 },
    ]);
    expect(counts(...both, resized(15, 16, 4, 'deal-1', 11))).toMatchObject([
      { total: 16, byDeal: [deal('deal-1', 11), deal('deal-2', 5)], otherDeals: 0 },
    ]);
    expect(counts(...both, resized(15, 5, 4, 'deal-1', 0))).toEqual([
      { ...row, total: 5, available: 5, byDeal: [deal('deal-2', 5)], revision: 2 },
    ]);
  });

  it('R77, R81: show what is available as seats are given and taken back', () => {
    const givenBack = event(SeatUnassigned, { ...ids, personId: 'ann', reason: 'request' });
    expect(counts(resized(0, 3, 3), assigned('ann'), assigned('bob'), givenBack)).toEqual([
      { ...row, total: 3, seats: 1, available: 2, byDeal: [deal('deal-1', 3)], revision: 3 },
    ]);
  });

  it('R73, E17: show a conflict with its excess as it is now, until it is resolved', () => {
    const byDeal = [deal('deal-1', 3)];
    expect(counts(...conflict)).toEqual([
      { ...row, total: 3, seats: 5, conflict: { excess: 2, dueAt: in90Days, overdue: false }, byDeal, revision: 7 },
    ]);
    expect(counts(...conflict, resized(3, 4, 5))).toEqual([
      {
        ...row,
        total: 4,
        seats: 5,
        conflict: { excess: 1, dueAt: in90Days, overdue: false },
        byDeal: [deal('deal-1', 4)],
        revision: 8,
      },
    ]);
    const resolved = event(LicenseConflictResolved, { ...ids, reason: 'licensesAdded' });
    expect(counts(...conflict, resized(3, 5, 5), resolved)).toEqual([
      { ...row, total: 5, seats: 5, byDeal: [deal('deal-1', 5)], revision: 9 },
    ]);
  });

  it('R73: show the policy, and that a conflict is overdue until it is resolved', () => {
    const late = [...conflict, overdue(5, 3)];
    const shown = { ...row, total: 3, byDeal: [deal('deal-1', 3)] };
    const dueConflict = { excess: 2, dueAt: in90Days, overdue: true };
    expect(counts(...late)).toEqual([{ ...shown, seats: 5, conflict: dueConflict, revision: 8 }]);
    const policy = [...late, policySet('newestFirst')];
    expect(counts(...policy)).toEqual([
      { ...shown, seats: 5, shrinkPolicy: 'newestFirst', conflict: dueConflict, revision: 9 },
    ]);
    const resolved = event(LicenseConflictResolved, { ...ids, reason: 'policyApplied' });
    expect(counts(...policy, taken('eve'), taken('dan'), resolved)).toEqual([
      { ...shown, seats: 3, shrinkPolicy: 'newestFirst', revision: 12 },
    ]);
    const again = [event(LicenseConflictResolved, { ...ids, reason: 'licensesAdded' }), detected(5, 3)];
    expect(counts(...late, ...again)).toMatchObject([{ conflict: { excess: 2, dueAt: in90Days, overdue: false } }]);
  });

  it('R74: count kept seats as kept while the total is 0, and again as in use when a line comes', () => {
    const ended = (graceEndsAt: string | null) => [
      resized(0, 5, 3),
      ...fiveSeats,
      resized(5, 0, 4),
      event(SeatPoolDeactivated, { ...ids, graceEndsAt }),
    ];
    expect(counts(...ended(null))).toEqual([{ ...row, status: 'deactivated', keptSeats: 5, revision: 7 }]);
    expect(counts(...ended(in90Days))).toEqual([
      { ...row, status: 'grace', graceEndsAt: in90Days, keptSeats: 5, revision: 7 },
    ]);
    expect(counts(...ended(in90Days), resized(0, 0, 1, 'deal-2'))).toEqual([
      { ...row, status: 'grace', graceEndsAt: in90Days, keptSeats: 5, revision: 8 },
    ]);
    expect(counts(...ended(in90Days), event(SeatPoolGraceEnded, { ...ids }))).toEqual([
      { ...row, status: 'deactivated', keptSeats: 5, revision: 8 },
    ]);
    expect(counts(...ended(in90Days), resized(0, 6, 5))).toEqual([
      { ...row, total: 6, seats: 5, available: 1, byDeal: [deal('deal-1', 6)], revision: 8 },
    ]);
  });

  it('list at most 100 deals by name, and let in another when one ends', () => {
    const many = Array.from({ length: 101 }, (_, index) => resized(index, index + 1, 0, `deal-${index}`, 1));
    const named = (from: number) => Array.from({ length: 100 - from }, (_, index) => deal(`deal-${index + from}`, 1));
    expect(counts(...many)).toEqual([
      { ...row, total: 101, available: 101, byDeal: named(0), otherDeals: 1, revision: 100 },
    ]);
    const ended = [resized(101, 100, 1, 'deal-0', 0), resized(100, 101, 1, 'deal-100', 2)];
    expect(counts(...many, ...ended)).toEqual([
      { ...row, total: 101, available: 101, byDeal: [...named(1), deal('deal-100', 2)], revision: 102 },
    ]);
  });

  it("R83, R86: are shown to the tenant and to the plan's publisher, and to nobody else", () => {
    const pool = recorded(`seatPool-${tenantId}.${serviceId}`, [resized(0, 5, 3)]);
    const ask = asking([licenseCounts, plans], [...gold, ...pool]);
    const rows = [{ ...row, total: 5, available: 5, byDeal: [deal('deal-1', 5)] }];
    expect(ask.list(PublisherLicenseCounts, { publisherId: 'fabrikam' }, { tenantId })).toEqual(rows);
    expect(ask.list(PublisherLicenseCounts, { publisherId: 'contoso' })).toEqual([]);
    expect(ask.list(CustomerLicenseCounts, { tenantId }, { offer })).toEqual(rows);
    expect(ask.list(CustomerLicenseCounts, { tenantId: '00000000-0000-4000-8000-000000000000' })).toEqual([]);
  });
});
