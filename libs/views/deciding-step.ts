import { isOneOf } from '#lib/engine/model/message.js';
import type { PlacedEvent } from '#lib/engine/model/query.js';
import { OneOf, Text } from '#lib/engine/model/shape.js';
import { seatPoolEvents } from '#lib/domain/seat-pool/messages.js';
import type { PlanCode, UsageRight, UsageRightCode } from '#lib/domain/usage-right.js';
import { isOfSeat } from './pool-story.js';
import type { Check } from './usage-rights.js';

const rules = ['R84', 'R85', 'R87'] as const;
type Rule = (typeof rules)[number];

/** The step of the rules that gave the answer. */
export class Deciding {
  @OneOf(rules) rule!: Rule;
  @Text() says!: string;
}

/** The rule that each code comes from, and why. */
export const decided: Readonly<Record<UsageRightCode, { readonly rule: Rule; readonly says: string }>> = {
  NO_SUCH_PRODUCT: { rule: 'R85', says: 'There is no such product.' },
  UNRESTRICTED: { rule: 'R85', says: 'The live package maps the component to no plan, so anybody may use it.' },
  ACTIVE: { rule: 'R84', says: 'The person holds a seat in an active pool of the plan.' },
  GRACE: {
    rule: 'R84',
    says: 'The person holds a seat in a pool whose licenses have ended, within its time of grace.',
  },
  SEAT_NOT_ASSIGNED: { rule: 'R85', says: 'The customer has licenses of the plan; the person holds no seat.' },
  LICENSES_DEACTIVATED: {
    rule: 'R85',
    says: 'The licenses of the plan have ended, and no grace lets a seat go on working.',
  },
  NO_LICENSES: { rule: 'R85', says: 'The customer never had licenses of the plan.' },
  NO_RELATIONSHIP: { rule: 'R85', says: 'There is no customer relationship, and no seat that works.' },
};

type PoolOf = (serviceId: string) => readonly PlacedEvent[];

/** Which step decided: that of the code, told as exactly as the events allow. */
export function deciding(
  { code, plans }: UsageRight,
  check: Check,
  offer: readonly PlacedEvent[],
  poolOf: PoolOf,
): Deciding {
  const { rule, says } = decided[code];
  if (code === 'NO_SUCH_PRODUCT') return { rule, says: `${says} ${whyUnknown(check, offer)}` };
  const deciders = plans.filter((plan) => plan.code === code).map(({ serviceId }) => serviceId);
  if (deciders.length === 0) return { rule, says };
  const inConflict = code === 'ACTIVE' && deciders.every((serviceId) => isInConflict(poolOf(serviceId)));
  if (inConflict) {
    return { rule: 'R87', says: `${deciders.join(', ')}: ${says} Seats in a license conflict keep working.` };
  }
  const nearest = plans.some((plan) => plan.code !== code) ? ' Of all plans this is the best.' : '';
  return { rule, says: `${deciders.join(', ')}: ${says}${nearest}` };
}

function whyUnknown({ offer: key, serviceId }: Check, offer: readonly PlacedEvent[]): string {
  if (offer.some(({ type }) => type === 'OfferWentLive')) return `${serviceId ?? ''} was never a plan of ${key}.`;
  return `Offer ${key} was never live.`;
}

function isInConflict(pool: readonly PlacedEvent[]): boolean {
  const last = pool.findLast(({ type }) => /^LicenseConflict/.test(type));
  return last !== undefined && last.type !== 'LicenseConflictResolved';
}

/** The events that made a plan give its code, the first of them first. */
export function behindPlan(
  code: PlanCode,
  pool: readonly PlacedEvent[],
  relationship: readonly PlacedEvent[],
  { personId }: Check,
): readonly PlacedEvent[] {
  const seat = pool.findLast((event) => isOfSeat(event, personId));
  const status = pool.findLast(isOfStatus);
  const related = relationship.at(-1);
  const named = {
    ACTIVE: [status, seat],
    GRACE: [status, seat],
    SEAT_NOT_ASSIGNED: [status, seat],
    LICENSES_DEACTIVATED: [status],
    NO_LICENSES: [related],
    NO_RELATIONSHIP: [related],
  }[code];
  return named.filter((event) => event !== undefined).sort((a, b) => (a.position < b.position ? -1 : 1));
}

function isOfStatus(event: PlacedEvent): boolean {
  if (!isOneOf(seatPoolEvents, event)) return false;
  if (event.type === 'SeatPoolResized') return event.data.to > 0;
  return event.type === 'SeatPoolDeactivated' || event.type === 'SeatPoolGraceEnded';
}
