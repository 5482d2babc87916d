import { event, type EventData } from '#lib/engine/model/message.js';
import { SeatPoolDeactivated, SeatPoolResized, SeatUnassigned } from '#lib/domain/seat-pool/messages.js';
import { offerDraft } from '#lib/views/offer-draft.js';
import { offerStatus } from '#lib/views/offer-status.js';
import { ProductsOfTenant, tenantProducts, type TenantProduct } from '#lib/views/tenant-products.js';
import { assigned, ids, resized, tenantId } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import { enrolled, live } from '../support/offers.js';

const silver = { ...ids, planId: 'silver', serviceId: 'fabrikam.f365.silver' };
const licensed = (plan: typeof ids, to: number) =>
  event(SeatPoolResized, { ...plan, from: 0, to, dealId: 'deal-1', dealCount: to, dealRevision: 4 });
const unassigned = (personId: string) => event(SeatUnassigned, { ...ids, personId, reason: 'request' });

const products = (gold: readonly EventData[], others: readonly EventData[] = []) =>
  asking(
    [tenantProducts, offerDraft, offerStatus],
    [
      ...recorded('publisher-fabrikam', [enrolled]),
      ...recorded('offer-fabrikam.f365', live),
      ...recorded(`seatPool-${tenantId}.${ids.serviceId}`, gold),
      ...recorded(`seatPool-${tenantId}.${silver.serviceId}`, others),
    ],
  ).list(ProductsOfTenant, { tenantId });

const product = { tenantId, publisherId: 'fabrikam', publisherName: 'Fabrikam, Inc.', offer: 'fabrikam.f365' };
const goldPlan = { planId: 'gold', serviceId: ids.serviceId, name: 'gold' };

describe('products of a customer', () => {
  it('R75 add licenses and seats up over the plans of an offer', () => {
    expect(products([resized(0, 30, 3), assigned('ann'), assigned('bob')], [licensed(silver, 5)])).toEqual([
      {
        ...product,
        name: 'Fabrikam 365',
        licenses: 35,
        seats: 2,
        available: 33,
        plans: [
          { ...goldPlan, licenses: 30, seats: 2, available: 28 },
          { planId: 'silver', serviceId: silver.serviceId, name: 'silver', licenses: 5, seats: 0, available: 5 },
        ],
      },
    ]);
  });

  it('R73 never show less than nothing as available', () => {
    expect(products([resized(0, 2, 3), assigned('ann'), assigned('bob'), resized(2, 1, 4)])).toMatchObject([
      { licenses: 1, seats: 2, available: 0 },
    ]);
  });

  it('R74 do not count kept seats as in use, and are gone with the last of them', () => {
    const kept = [
      resized(0, 1, 3),
      assigned('ann'),
      resized(1, 0, 4),
      event(SeatPoolDeactivated, { ...ids, graceEndsAt: null }),
    ];
    expect(products(kept)).toMatchObject([{ licenses: 0, seats: 0, available: 0, plans: [goldPlan] }]);
    expect(products([...kept, unassigned('ann')])).toEqual([]);
  });

  it('R81 count a seat as free again once it is taken back', () => {
    expect(products([resized(0, 3, 3), assigned('ann'), assigned('bob'), unassigned('ann')])).toMatchObject([
      { licenses: 3, seats: 1, available: 2, plans: [{ ...goldPlan, licenses: 3, seats: 1, available: 2 }] },
    ]);
  });

  it('come offer by offer, with plans in order of their Service IDs, whichever came first', () => {
    const planned = (planId: string, offer = 'fabrikam.f365') => ({
      ...ids,
      offer,
      planId,
      serviceId: `${offer}.${planId}`,
    });
    const others = [silver, planned('bronze'), planned('new'), planned('basic', 'fabrikam.crm')];
    const rows = products(
      [resized(0, 1, 3)],
      others.map((plan) => licensed(plan, 1)),
    ) as TenantProduct[];
    expect(rows.map(({ offer, name, plans }) => [offer, name, plans.map((plan) => [plan.planId, plan.name])])).toEqual([
      ['fabrikam.crm', null, [['basic', null]]],
      [
        'fabrikam.f365',
        'Fabrikam 365',
        [
          ['bronze', 'bronze'],
          ['gold', 'gold'],
          ['new', null],
          ['silver', 'silver'],
        ],
      ],
    ]);
  });
});
