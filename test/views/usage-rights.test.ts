import { event, type EventData } from '#lib/engine/model/message.js';
import { faultOf } from '#lib/engine/schema.js';
import { PackageRegistered } from '#lib/domain/offer/pages-messages.js';
import { PlanCreated } from '#lib/domain/offer/plans-messages.js';
import type { UsageRightCode } from '#lib/domain/usage-right.js';
import { CheckUsageRight, usageRights, usageRightsProjection } from '#lib/views/usage-rights.js';
import { tenantId } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import {
  components,
  created,
  ended,
  graceEnded,
  left,
  licenses,
  live,
  noSeat,
  offer,
  ofOffer,
  onSale,
  packaged,
  planDefinitions,
  planIds,
  related,
  seat,
  service,
  submitted,
} from './sold.js';

/** Checks a component or a Service ID for a person after these events. */
function check(events: readonly EventData[], what: Partial<CheckUsageRight>, publisherId = 'fabrikam') {
  const query = { offer, tenantId, personId: 'ann', component: null, serviceId: null, ...what };
  return asking([usageRights], recorded('log', events), { publisherId }).one(CheckUsageRight, query) as {
    allowed: boolean;
    code: UsageRightCode;
    plans: { code: UsageRightCode }[];
  };
}
const code = (...of: Parameters<typeof check>) => check(...of).code;

describe('the check', () => {
  const silver = [...onSale, related, licenses('silver', 0, 5), seat('silver', 'ann')];

  it('R84, E18: a silver seat opens SilverApp, BronzeApp and HomeApp, not GoldApp', () => {
    expect(code(silver, { component: 'SilverApp' })).toBe('ACTIVE');
    expect(code(silver, { component: 'BronzeApp' })).toBe('ACTIVE');
    expect(code(silver, { component: 'HomeApp' })).toBe('UNRESTRICTED');
    expect(check(silver, { component: 'GoldApp' })).toEqual({
      allowed: false,
      code: 'NO_LICENSES',
      message: 'Your organization has no licenses of GOLD. Contact your administrator.',
      plans: [
        {
          serviceId: 'fabrikam.f365.gold',
          displayName: 'GOLD',
          moreInfoUrl: 'https://fabrikam.example/gold',
          code: 'NO_LICENSES',
        },
      ],
    });
  });

  it('R84 asks for one plan by its Service ID alike', () => {
    expect(code(silver, { serviceId: service('silver') })).toBe('ACTIVE');
    expect(code(silver, { serviceId: service('gold') })).toBe('NO_LICENSES');
  });

  it('R85, E19: denies from the moment the licenses end, and says which', () => {
    const gold = [...onSale, related, licenses('gold', 0, 40), seat('gold', 'ann')];
    expect(code(gold, { component: 'GoldApp' })).toBe('ACTIVE');
    expect(code([...gold, licenses('gold', 40, 0), ended('gold', null)], { component: 'GoldApp' })).toBe(
      'LICENSES_DEACTIVATED',
    );
    expect(
      code([...gold, licenses('gold', 40, 0), ended('gold', '2026-04-01T00:00:00.000Z')], { component: 'GoldApp' }),
    ).toBe('GRACE');
    const inGrace = [...gold, licenses('gold', 40, 0), ended('gold', '2026-04-01T00:00:00.000Z')];
    expect(code([...inGrace, graceEnded('gold')], { component: 'GoldApp' })).toBe('LICENSES_DEACTIVATED');
    expect(code([...inGrace, licenses('gold', 0, 1)], { component: 'GoldApp' })).toBe('ACTIVE');
    // Another deal's line that was removed before the pool heard of it.
    expect(code([...inGrace, licenses('gold', 0, 0)], { component: 'GoldApp' })).toBe('GRACE');
    const again = [...gold, licenses('gold', 40, 0), ended('gold', null), licenses('gold', 0, 1)];
    expect(code(again, { component: 'GoldApp' })).toBe('ACTIVE');
  });

  it('R85 names the first thing that is missing: relationship, licenses, seat', () => {
    const ask = { component: 'GoldApp' };
    expect(code(onSale, ask)).toBe('NO_RELATIONSHIP');
    expect(code([...onSale, related], ask)).toBe('NO_LICENSES');
    expect(code([...onSale, related, licenses('gold', 0, 5)], ask)).toBe('SEAT_NOT_ASSIGNED');
    expect(code([...onSale, related, licenses('gold', 0, 5), seat('gold', 'ann'), noSeat('gold', 'ann')], ask)).toBe(
      'SEAT_NOT_ASSIGNED',
    );
    expect(code([...onSale, related, left], ask)).toBe('NO_RELATIONSHIP');
    expect(code([...onSale, related, left, related], ask)).toBe('NO_LICENSES');
  });

  it('R86 a license of one tenant and a seat of one person help no other', () => {
    expect(code(silver, { component: 'SilverApp', personId: 'bob' })).toBe('SEAT_NOT_ASSIGNED');
    const elsewhere = { component: 'SilverApp', tenantId: '00000000-0000-4000-8000-000000000000' };
    expect(code(silver, elsewhere)).toBe('NO_RELATIONSHIP');
  });

  it('R87 seats in a conflict keep working', () => {
    const shrunk = [...silver, seat('silver', 'bob'), licenses('silver', 5, 1)];
    expect(code(shrunk, { component: 'SilverApp' })).toBe('ACTIVE');
    expect(code(shrunk, { component: 'SilverApp', personId: 'bob' })).toBe('ACTIVE');
  });

  it('R85 answers alike for what the app’s publisher has not, or never had live', () => {
    const unknown = {
      allowed: false,
      code: 'NO_SUCH_PRODUCT',
      message: 'This product is not known here. Contact your administrator.',
      plans: [],
    };
    expect(check(silver, { offer: 'fabrikam.other', component: 'SilverApp' })).toEqual(unknown);
    expect(check(silver, { offer: 'nonsense', component: 'SilverApp' })).toEqual(unknown);
    expect(check(silver, { component: 'SilverApp' }, 'contoso')).toEqual(unknown);
    expect(check(silver, { serviceId: service('platinum') })).toEqual(unknown);
    expect(check(silver, { serviceId: 'fabrikam.other.silver' })).toEqual(unknown);
    expect(check([...created, packaged, submitted('s1')], { component: 'SilverApp' })).toEqual(unknown);
  });

  it('R84 follows the live package, not what is drafted or submitted', () => {
    const opened = event(PackageRegistered, {
      ...ofOffer,
      planDefinitions,
      components: [{ name: 'GoldApp', serviceIds: ['gold', 'silver'].map(service) }],
    });
    expect(code([...silver, opened], { component: 'GoldApp' })).toBe('NO_LICENSES');
    expect(code([...silver, opened, submitted('s2')], { component: 'GoldApp' })).toBe('NO_LICENSES');
    expect(code([...silver, opened, submitted('s2'), packaged, live('s2')], { component: 'GoldApp' })).toBe('ACTIVE');
    expect(code([...silver, opened, submitted('s2'), live('s2')], { component: 'SilverApp' })).toBe('UNRESTRICTED');
  });

  it('R85 keeps every plan’s own code beside the one that counts', () => {
    const codes = ['SEAT_NOT_ASSIGNED', 'ACTIVE', 'NO_LICENSES'];
    expect(check([...silver, licenses('gold', 0, 1)], { component: 'BronzeApp' }).plans).toEqual(
      planDefinitions.map((definition, index) => ({ ...definition, code: codes[index] })),
    );
  });

  it('R85 calls a plan that the live package does not define by its Service ID', () => {
    const platinum = { planId: 'platinum', serviceId: service('platinum') };
    const later = event(PlanCreated, { ...ofOffer, ...platinum, name: 'Platinum' });
    expect(check([...silver, later], platinum)).toEqual({
      allowed: false,
      code: 'NO_LICENSES',
      message: 'Your organization has no licenses of fabrikam.f365.platinum. Contact your administrator.',
      plans: [
        {
          serviceId: platinum.serviceId,
          displayName: platinum.serviceId,
          moreInfoUrl: null,
          code: 'NO_LICENSES',
        },
      ],
    });
  });

  it('reads small documents, and none of what came to its end', () => {
    const pool = (planId: string) => `pool/${tenantId}.${service(planId)}`;
    const content = { planDefinitions, components };
    const events = [
      ...[...onSale, related, licenses('gold', 0, 5), seat('gold', 'ann'), seat('gold', 'bob'), noSeat('gold', 'bob')],
      ...[licenses('silver', 0, 0), licenses('bronze', 0, 1), licenses('bronze', 1, 0), ended('bronze', null)],
    ];
    expect(fold(usageRightsProjection, recorded('log', events))).toEqual({
      [`package/${offer}`]: { draft: content, submitted: { submissionId: 's1', content } },
      [`mapping/${offer}`]: content,
      ...Object.fromEntries(planIds.map((planId) => [`service/${service(planId)}`, { offer }])),
      [`relationship/fabrikam.${tenantId}`]: { established: true },
      [pool('gold')]: { status: 'active' },
      [pool('silver')]: { status: 'deactivated' },
      [pool('bronze')]: { status: 'deactivated' },
      [`seat/${tenantId}.ann.${service('gold')}`]: { held: true },
    });
    const inGrace = [licenses('gold', 5, 0), ended('gold', '2026-04-01T00:00:00.000Z')];
    const goldAfter = (...more: readonly EventData[]) =>
      fold(usageRightsProjection, recorded('log', [...events, ...more]))[pool('gold')];
    expect(goldAfter(...inGrace)).toEqual({ status: 'grace' });
    expect(goldAfter(...inGrace, graceEnded('gold'))).toEqual({ status: 'deactivated' });
  });

  it('wants exactly one of component and Service ID', () => {
    const base = { offer, tenantId, personId: 'ann' };
    expect(faultOf(CheckUsageRight, { ...base, component: 'GoldApp' })).toBeNull();
    expect(faultOf(CheckUsageRight, { ...base, component: null, serviceId: service('gold') })).toBeNull();
    expect(faultOf(CheckUsageRight, base)).not.toBeNull();
    expect(faultOf(CheckUsageRight, { ...base, component: null, serviceId: null })).not.toBeNull();
    expect(faultOf(CheckUsageRight, { ...base, component: 'GoldApp', serviceId: service('gold') })).not.toBeNull();
  });
});
