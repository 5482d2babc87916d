import { usageRight, type PlanStanding, type UsageRightCode } from '#lib/domain/usage-right.js';

const plan = (planId: string, pool: PlanStanding['pool'], seat: boolean): PlanStanding => ({
  serviceId: `fabrikam.f365.${planId}`,
  displayName: planId,
  moreInfoUrl: `https://fabrikam.example/${planId}`,
  pool,
  seat,
});
const licensed = (related: boolean, ...plans: readonly PlanStanding[]) =>
  usageRight({ product: 'licensed', related, plans });

describe('the right that one plan gives', () => {
  it.each<[string, boolean, PlanStanding['pool'], boolean, UsageRightCode, boolean]>([
    ['R84 a seat in an active pool', true, 'active', true, 'ACTIVE', true],
    ['R84 a seat in grace', true, 'grace', true, 'GRACE', true],
    ['R84 a seat of a tenant that left while licenses last', false, 'active', true, 'ACTIVE', true],
    ['R85 an active pool, no seat', true, 'active', false, 'SEAT_NOT_ASSIGNED', false],
    ['R74 grace, no seat: none can be assigned', true, 'grace', false, 'LICENSES_DEACTIVATED', false],
    ['R74 a kept seat in a deactivated pool', true, 'deactivated', true, 'LICENSES_DEACTIVATED', false],
    ['R85 a deactivated pool, no seat', true, 'deactivated', false, 'LICENSES_DEACTIVATED', false],
    ['R85 never any license', true, 'none', false, 'NO_LICENSES', false],
    ['R85 no relationship', false, 'none', false, 'NO_RELATIONSHIP', false],
    ['R85 no relationship, licenses ended', false, 'deactivated', false, 'NO_RELATIONSHIP', false],
    ['R85 no relationship, kept seat', false, 'deactivated', true, 'NO_RELATIONSHIP', false],
    ['R85 no relationship, no seat', false, 'active', false, 'NO_RELATIONSHIP', false],
  ])('%s', (_case, related, pool, seat, code, allowed) => {
    const { serviceId, displayName, moreInfoUrl } = plan('gold', pool, seat);
    const right = licensed(related, plan('gold', pool, seat));
    expect({ ...right, message: null }).toEqual({
      allowed,
      code,
      message: null,
      plans: [{ serviceId, displayName, moreInfoUrl, code }],
    });
  });
});

describe('the right that several plans give', () => {
  const standings = {
    active: plan('a', 'active', true),
    grace: plan('b', 'grace', true),
    unassigned: plan('c', 'active', false),
    ended: plan('d', 'deactivated', false),
    never: plan('e', 'none', false),
  };

  it.each<[UsageRightCode, readonly (keyof typeof standings)[]]>([
    ['ACTIVE', ['never', 'ended', 'unassigned', 'grace', 'active']],
    ['GRACE', ['never', 'ended', 'unassigned', 'grace']],
    ['SEAT_NOT_ASSIGNED', ['never', 'ended', 'unassigned']],
    ['LICENSES_DEACTIVATED', ['never', 'ended']],
    ['NO_LICENSES', ['never']],
  ])('R85 answers %s, the best of its plans, in whatever order they come', (code, names) => {
    const plans = names.map((name) => standings[name]);
    expect(licensed(true, ...plans).code).toBe(code);
    expect(licensed(true, ...plans.toReversed()).code).toBe(code);
  });

  it('R85 keeps every plan’s own code', () => {
    const plans = [standings.unassigned, standings.active, standings.never];
    expect(licensed(true, ...plans).plans.map(({ code }) => code)).toEqual([
      'SEAT_NOT_ASSIGNED',
      'ACTIVE',
      'NO_LICENSES',
    ]);
  });
});

describe('checks without plans', () => {
  it('R85 an unknown product is denied', () => {
    expect(usageRight({ product: 'unknown' })).toEqual({
      allowed: false,
      code: 'NO_SUCH_PRODUCT',
      message: 'This product is not known here. Contact your administrator.',
      plans: [],
    });
  });

  it('R85 an unmapped component is open to all', () => {
    expect(usageRight({ product: 'open' })).toEqual({ allowed: true, code: 'UNRESTRICTED', message: null, plans: [] });
  });
});

describe('what the person is told', () => {
  it('R85 names the plans in question and the administrator whenever it is not simply allowed', () => {
    const gold = plan('Gold', 'active', false);
    const silver = plan('Silver', 'active', false);
    const never = plan('Bronze', 'none', false);
    expect(licensed(true, gold, silver, never).message).toBe(
      'No license of Gold or Silver is assigned to you. Contact your administrator.',
    );
    expect(licensed(true, never).message).toBe(
      'Your organization has no licenses of Bronze. Contact your administrator.',
    );
    expect(licensed(false, never).message).toBe(
      'Your organization has no licenses of Bronze. Contact your administrator.',
    );
    expect(licensed(true, plan('Gold', 'deactivated', true), never).message).toBe(
      'The licenses of Gold are no longer active. Contact your administrator.',
    );
    expect(licensed(true, plan('Gold', 'grace', true), silver).message).toBe(
      'The licenses of Gold have ended and go on working for a short time only. Contact your administrator.',
    );
    expect(licensed(true, plan('Gold', 'active', true)).message).toBeNull();
  });
});
