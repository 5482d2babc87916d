import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { event, type EventData } from '#lib/engine/model/message.js';
import { PackageRegistered } from '#lib/domain/offer/pages-messages.js';
import { CustomerRelationshipTerminated } from '#lib/domain/relationship/messages.js';
import { SeatPoolDeactivated, SeatPoolGraceEnded } from '#lib/domain/seat-pool/messages.js';
import {
  usageRight,
  usageRightPolicy,
  type PlanStanding,
  type PoolStatus,
  type UsageRight,
} from '#lib/domain/usage-right.js';
import { CheckUsageRight, usageRights, usageRightsProjection } from '#lib/views/usage-rights.js';
import { ids, tenantId } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import { goneLive, live, offer, planIds } from '../support/offers.js';
import { consented, pool } from '../support/pools.js';

/**
 * Everything that a policy decides, written down once for each version, for ever. If this fails, the same events are
 * answered otherwise than before: raise `usageRightPolicy`, and have the file of the new version written by running this
 * test with `WRITE_POLICY=1`. The files of earlier versions stay as they are.
 */
const folder = 'test/views/policies';
const fileOf = (version: number) => `usage-right.v${version}.json`;

const statuses: readonly PoolStatus[] = ['none', 'active', 'grace', 'deactivated'];
const holdings = statuses.flatMap((status) => [true, false].map((seat) => ({ pool: status, seat })));
const standing = (planId: string, held: Pick<PlanStanding, 'pool' | 'seat'>): PlanStanding => ({
  serviceId: `${offer}.${planId}`,
  displayName: planId.toUpperCase(),
  moreInfoUrl: null,
  ...held,
});
const told = ({ allowed, code, message, plans }: UsageRight) =>
  [allowed ? 'yes' : 'no', code, ...plans.map((plan) => plan.code), message ?? '-'].join(' | ');

/** Whatever may be known of one and of two plans. */
function ofStandings(): readonly string[] {
  const one = holdings.map((gold) => [standing('gold', gold)]);
  const two = holdings.flatMap((gold) =>
    holdings.map((silver) => [standing('gold', gold), standing('silver', silver)]),
  );
  const licensed = [true, false].flatMap((related) =>
    [...one, ...two].map((plans) => {
      const words = plans.map((plan) => `${plan.displayName} ${plan.pool} ${plan.seat ? 'seat' : 'no seat'}`);
      const right = usageRight({ product: 'licensed', related, plans });
      return `${related ? 'related' : 'not related'}, ${words.join(', ')} → ${told(right)}`;
    }),
  );
  const others = (['unknown', 'open'] as const).map((product) => `${product} → ${told(usageRight({ product }))}`);
  return [...others, ...licensed];
}

const gold = pool(tenantId, 'gold');
const silver = pool(tenantId, 'silver');
const deactivated = (graceEndsAt: string | null) => event(SeatPoolDeactivated, { ...ids, graceEndsAt });
const remapped = event(PackageRegistered, {
  publisherId: 'fabrikam',
  offer,
  planDefinitions: [],
  components: [{ name: 'GoldApp', serviceIds: [`${offer}.silver`] }],
});
const history: readonly EventData[] = [
  ...live,
  consented(tenantId, 'US'),
  gold.resized(0, 2),
  ...gold.assigned('ann', 'bob'),
  gold.unassigned('bob'),
  gold.resized(2, 0),
  deactivated('2026-04-01T12:00:00.000Z'),
  gold.resized(0, 0),
  event(SeatPoolGraceEnded, { ...ids }),
  gold.resized(0, 1),
  silver.resized(0, 1),
  ...silver.assigned('bob'),
  remapped,
  ...goneLive('s2'),
  gold.resized(1, 0),
  deactivated(null),
  event(CustomerRelationshipTerminated, { publisherId: 'fabrikam', tenantId }),
];

const listenedTo = new Set(Object.keys(usageRightsProjection.on));

/** Whatever is asked after each event of a history. */
function ofHistory(): readonly string[] {
  const of = (component: string | null, serviceId: string | null) => ({ component, serviceId });
  const asked = [
    ...['GoldApp', 'SilverApp', 'BronzeApp', 'HomeApp'].map((name) => of(name, null)),
    ...[...planIds, 'none'].map((planId) => of(null, `${offer}.${planId}`)),
  ];
  return history.flatMap(({ type }, index) => {
    if (!listenedTo.has(type)) return [];
    const { one } = asking([usageRights], recorded('log', history.slice(0, index + 1)), { publisherId: 'fabrikam' });
    return ['ann', 'bob'].map((personId) => {
      const codes = asked.map(
        (what) => (one(CheckUsageRight, { offer, tenantId, personId, ...what }) as UsageRight).code,
      );
      return `${index + 1} ${type}, ${personId} → ${codes.join(' ')}`;
    });
  });
}

it('R84 R85 what the policy of this version decides is what it was written down to decide', () => {
  const table = [...ofStandings(), ...ofHistory()];
  const file = `${folder}/${fileOf(usageRightPolicy)}`;
  if (process.env['WRITE_POLICY'] === '1' && !existsSync(file)) {
    writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
  }
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(table);
});

it('no version of the policy is forgotten', () => {
  const versions = Array.from({ length: usageRightPolicy }, (_, index) => fileOf(index + 1));
  expect(readdirSync(folder).sort()).toEqual(versions.sort());
});
