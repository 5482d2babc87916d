import type { Owner } from '#lib/engine/model/aggregate.js';
import { event, type EventData } from '#lib/engine/model/message.js';
import { streams } from '#lib/domain/ids.js';
import { GoLiveSignedOff } from '#lib/domain/offer/release-messages.js';
import { LicenseConflictResolved } from '#lib/domain/seat-pool/messages.js';
import { ExplainCheck, type CheckExplanation } from '#lib/views/check-explanation.js';
import { views } from '#lib/views/views.js';
import { detected, in90Days, overdue, taken, tenantId } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { logged, type Appended } from './logged.js';
import * as sold from './sold.js';

const { offer, service, licenses, seat, noSeat, ended, graceEnded } = sold;
const ofOffer = streams.offer(offer);
const pool = (planId: string) => streams.seatPool(tenantId, service(planId));
const relationship = streams.relationship('fabrikam', tenantId);

const onSale: Appended = [ofOffer, ...sold.onSale];
const related: Appended = [relationship, sold.related];
const of = (planId: string, ...events: EventData[]): Appended => [pool(planId), ...events];
const conflict = detected(2, 1);
const resolved = event(LicenseConflictResolved, { ...sold.poolIds('gold'), reason: 'licensesAdded' });

function explain(log: readonly Appended[], what: Partial<ExplainCheck> = { component: 'GoldApp' }, caller?: Owner) {
  const query = { offer, tenantId, personId: 'ann', component: null, serviceId: null, ...what };
  return asking(views, logged(log), caller).one(ExplainCheck, query) as CheckExplanation;
}
const decidedBy = (...asked: Parameters<typeof explain>) => explain(...asked).decidedBy;
const behind = (...asked: Parameters<typeof explain>) => explain(...asked).reasons.map((reason) => reason.behind);
const told = (...asked: Parameters<typeof explain>) => explain(...asked).steps.map(({ reference }) => reference);

const active = [onSale, related, of('gold', licenses('gold', 0, 2), seat('gold', 'ann'))];

describe('the step that decided a check', () => {
  it.each([
    ['ACTIVE', 'R84', 'The person holds a seat in an active pool of the plan.', active],
    [
      'GRACE',
      'R84',
      'The person holds a seat in a pool whose licenses have ended, within its time of grace.',
      [...active, of('gold', licenses('gold', 2, 0), ended('gold', in90Days))],
    ],
    [
      'SEAT_NOT_ASSIGNED',
      'R85',
      'The customer has licenses of the plan; the person holds no seat.',
      [onSale, related, of('gold', licenses('gold', 0, 2), seat('gold', 'bob'))],
    ],
    [
      'LICENSES_DEACTIVATED',
      'R85',
      'The licenses of the plan have ended, and no grace lets a seat go on working.',
      [...active, of('gold', licenses('gold', 2, 0), ended('gold', null))],
    ],
    ['NO_LICENSES', 'R85', 'The customer never had licenses of the plan.', [onSale, related]],
    ['NO_RELATIONSHIP', 'R85', 'There is no customer relationship, and no seat that works.', [onSale]],
  ] as const)('%s by %s, of the plan, and why', (code, rule, says, log) => {
    const { right, decidedBy, reasons } = explain(log);
    expect([right.code, decidedBy]).toEqual([code, { rule, says: `${service('gold')}: ${says}` }]);
    expect(reasons).toMatchObject([{ serviceId: service('gold'), code, says }]);
  });

  it('R85 UNRESTRICTED, of no plan', () => {
    const { right, decidedBy, reasons } = explain([onSale, related], { component: 'HomeApp' });
    const says = 'The live package maps the component to no plan, so anybody may use it.';
    expect([right.code, decidedBy, reasons]).toEqual(['UNRESTRICTED', { rule: 'R85', says }, []]);
  });

  it('R85 NO_SUCH_PRODUCT: an offer that was never live, or a Service ID that was never a plan of it', () => {
    const unknown = (says: string) => ({ rule: 'R85', says: `There is no such product. ${says}` });
    expect(decidedBy([])).toEqual(unknown('Offer fabrikam.f365 was never live.'));
    expect(decidedBy([[ofOffer, ...sold.created, sold.submitted('s1')]])).toEqual(
      unknown('Offer fabrikam.f365 was never live.'),
    );
    expect(decidedBy(active, { serviceId: service('platinum') })).toEqual(
      unknown('fabrikam.f365.platinum was never a plan of fabrikam.f365.'),
    );
  });

  it('R87 a license conflict that is open, due or overdue, as long as no other plan’s seat works without one', () => {
    const says = 'fabrikam.f365.gold: The person holds a seat in an active pool of the plan.';
    const kept = { rule: 'R87', says: `${says} Seats in a license conflict keep working.` };
    const shrunk = [...active, of('gold', seat('gold', 'bob'), licenses('gold', 2, 1), conflict)];
    expect(decidedBy(shrunk)).toEqual(kept);
    expect(decidedBy([...shrunk, of('gold', overdue(2, 1))])).toEqual(kept);
    expect(decidedBy([...shrunk, of('gold', licenses('gold', 1, 2), resolved)])).toEqual({ rule: 'R84', says });
    const silver = of('silver', licenses('silver', 0, 1), seat('silver', 'ann'));
    const both = of('silver', { ...conflict, data: { ...conflict.data, ...sold.poolIds('silver') } });
    expect(decidedBy([...shrunk, silver, both], { component: 'SilverApp' })).toEqual({
      rule: 'R87',
      says: `fabrikam.f365.gold, fabrikam.f365.silver: ${kept.says.slice('fabrikam.f365.gold: '.length)}`,
    });
    expect(decidedBy([...shrunk, silver], { component: 'SilverApp' })).toEqual({
      rule: 'R84',
      says: 'fabrikam.f365.gold, fabrikam.f365.silver: The person holds a seat in an active pool of the plan.',
    });
    const none = of('gold', noSeat('gold', 'ann'), licenses('gold', 1, 0), ended('gold', null));
    expect(decidedBy([...shrunk, none]).rule).toBe('R85');
  });

  it('R85 the best of all plans, if they differ', () => {
    expect(decidedBy(active, { component: 'SilverApp' })).toEqual({
      rule: 'R84',
      says: 'fabrikam.f365.gold: The person holds a seat in an active pool of the plan. Of all plans this is the best.',
    });
    expect(decidedBy([onSale, related], { component: 'SilverApp' })).toEqual({
      rule: 'R85',
      says: 'fabrikam.f365.gold, fabrikam.f365.silver: The customer never had licenses of the plan.',
    });
  });
});

describe('the events behind a plan’s code', () => {
  it('R84 that there are licenses, and the seat, in the order in which it came about', () => {
    expect(behind(active)).toEqual([[`${pool('gold')}@0`, `${pool('gold')}@1`]]);
    expect(behind([...active, of('gold', licenses('gold', 2, 3), seat('gold', 'bob'))])).toEqual([
      [`${pool('gold')}@1`, `${pool('gold')}@2`],
    ]);
  });

  it('R84 that licenses ended and there was grace, after the seat', () => {
    const inGrace = [...active, of('gold', licenses('gold', 2, 0), ended('gold', in90Days))];
    expect(behind(inGrace)).toEqual([[`${pool('gold')}@1`, `${pool('gold')}@3`]]);
    // Another deal's line that was removed before the pool heard of it.
    expect(behind([...inGrace, of('gold', licenses('gold', 0, 0))])).toEqual([
      [`${pool('gold')}@1`, `${pool('gold')}@3`],
    ]);
    expect(behind([...inGrace, of('gold', graceEnded('gold'))])).toEqual([[`${pool('gold')}@4`]]);
  });

  it('R85 that licenses are there and the person’s seat was taken back', () => {
    expect(behind([...active, of('gold', noSeat('gold', 'ann'), seat('gold', 'bob'))])).toEqual([
      [`${pool('gold')}@0`, `${pool('gold')}@2`],
    ]);
    expect(behind([onSale, related, of('gold', licenses('gold', 0, 2), seat('gold', 'bob'))])).toEqual([
      [`${pool('gold')}@0`],
    ]);
  });

  it('R85 that licenses ended, whoever held a seat', () => {
    expect(behind([...active, of('gold', licenses('gold', 2, 0), ended('gold', null))])).toEqual([
      [`${pool('gold')}@3`],
    ]);
  });

  it('R85 how far the relationship is, where there never were licenses', () => {
    expect(behind([onSale, related])).toEqual([[`${relationship}@0`]]);
    expect(behind([onSale, related, [relationship, sold.left]])).toEqual([[`${relationship}@1`]]);
    expect(behind([onSale])).toEqual([[]]);
  });
});

describe('the story of a check', () => {
  const signedOff = (submissionId: string) =>
    event(GoLiveSignedOff, { ...sold.ofOffer, submissionId, dueAt: '2026-03-01T16:00:00.000Z' });
  const first: Appended = [
    ofOffer,
    ...sold.created,
    sold.packaged,
    sold.submitted('s1'),
    signedOff('s1'),
    sold.live('s1'),
  ];
  const next: Appended = [ofOffer, sold.packaged, sold.submitted('s2'), signedOff('s2')];
  const sales = (...revisions: number[]) => revisions.map((revision) => `${ofOffer}@${revision}`);

  it('R84 tells how what is live went live, and of the plans that the component is mapped to, how they came about', () => {
    expect(told([first, next])).toEqual(sales(0, 4, 5, 6));
    expect(told([first, next], { component: 'SilverApp' })).toEqual(sales(0, 1, 4, 5, 6));
    expect(told([first, next], { component: 'HomeApp' })).toEqual(sales(4, 5, 6));
    expect(told([first, next, [ofOffer, sold.live('s2')]])).toEqual(sales(0, 8, 9, 10));
    expect(told([[ofOffer, ...sold.created, sold.submitted('s1')]])).toEqual(sales(3));
  });

  it('R84 tells of the pools of those plans, but of other persons’ seats nothing', () => {
    const gold = of(
      'gold',
      licenses('gold', 0, 2),
      seat('gold', 'bob'),
      seat('gold', 'ann'),
      noSeat('gold', 'bob'),
      conflict,
    );
    const silver = of('silver', licenses('silver', 0, 2), seat('silver', 'ann'));
    expect(told([first, related, gold, silver])).toEqual([
      ...sales(0, 4, 5, 6),
      `${relationship}@0`,
      ...[0, 2, 4].map((revision) => `${pool('gold')}@${revision}`),
    ]);
  });

  it('R73 nor that the policy took a seat with which its append was full, unless something told hangs on it', () => {
    const seats = Array.from({ length: 498 }, (_, index) => seat('gold', `p${index}`));
    const events = logged([
      first,
      related,
      of('gold', licenses('gold', 0, 600), seat('gold', 'ann'), ...seats, taken('p0')),
    ]);
    const query = { offer, tenantId, personId: 'ann', component: 'GoldApp', serviceId: null };
    const story = (log: typeof events) => asking(views, log).one(ExplainCheck, query) as CheckExplanation;
    const ofPool = [0, 1].map((revision) => `${pool('gold')}@${revision}`);
    expect(events.at(-1)?.revision).toBe(500);
    expect(
      story(events)
        .steps.slice(-2)
        .map(({ reference }) => reference),
    ).toEqual(ofPool);
    const next = logged([of('gold', taken('ann'))]).map((one) => ({
      ...one,
      ...{ id: 'next', revision: 501, meta: { ...one.meta, $causationId: `${pool('gold')}@500` } },
    }));
    expect(
      story([...events, ...next])
        .steps.slice(-4)
        .map(({ reference }) => reference),
    ).toEqual([...ofPool, ...[500, 501].map((revision) => `${pool('gold')}@${revision}`)]);
  });

  it('a customer is told of the offer only that it went live', () => {
    expect(told([first, related], undefined, { tenantId })).toEqual([...sales(6), `${relationship}@0`]);
  });
});
