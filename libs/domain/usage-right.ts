/** What the check of a license answers (R84–R87): one pure function of what is known about the person's seats. */

/**
 * Version of what decides a check: this file, and what `libs/views/usage-rights.ts` folds and composes for it. Receipts
 * name it; raise it whenever the same events may be answered otherwise.
 */
export const usageRightPolicy = 1;

/** Every answer there is. The denied ones that concern a plan come in order, the nearest to allowed last. */
export const usageRightCodes = [
  'NO_SUCH_PRODUCT',
  'UNRESTRICTED',
  'ACTIVE',
  'GRACE',
  'NO_RELATIONSHIP',
  'NO_LICENSES',
  'LICENSES_DEACTIVATED',
  'SEAT_NOT_ASSIGNED',
] as const;
export type UsageRightCode = (typeof usageRightCodes)[number];

/** A plan's own answer. */
export type PlanCode = Exclude<UsageRightCode, 'NO_SUCH_PRODUCT' | 'UNRESTRICTED'>;

/** From best to worst; the first one that any plan gives is the answer for all of them (R85). */
const bestFirst = [
  'ACTIVE',
  'GRACE',
  'SEAT_NOT_ASSIGNED',
  'LICENSES_DEACTIVATED',
  'NO_LICENSES',
  'NO_RELATIONSHIP',
] as const satisfies readonly PlanCode[];

/** Licenses of the person's tenant for a plan; `none`: it never had any. `grace` and `deactivated`: the total is 0 (R74). */
export type PoolStatus = 'none' | 'active' | 'grace' | 'deactivated';

/** A plan that opens what is checked, as the offer's live content names it, and what the person and the tenant have of it. */
export interface PlanStanding {
  readonly serviceId: string;
  readonly displayName: string;
  readonly moreInfoUrl: string | null;
  readonly pool: PoolStatus;
  /** The person holds a seat, in use or kept. */
  readonly seat: boolean;
}

/**
 * What a check rests on. `unknown`: no such offer, another publisher's, one that was never live, or a Service ID that it
 * never had, all alike. `open`: a component that no plan is mapped to. Else the mapped plans, at least one.
 */
export type Standing =
  | { readonly product: 'unknown' }
  | { readonly product: 'open' }
  | { readonly product: 'licensed'; readonly related: boolean; readonly plans: readonly PlanStanding[] };

export interface PlanRight {
  readonly serviceId: string;
  readonly displayName: string;
  readonly moreInfoUrl: string | null;
  readonly code: PlanCode;
}

export interface UsageRight {
  readonly allowed: boolean;
  readonly code: UsageRightCode;
  /** What to tell the person; null: nothing. */
  readonly message: string | null;
  readonly plans: readonly PlanRight[];
}

/** Decides a check. It needs no clock: grace ends with the pool's status, and seats in conflict go on working (R87). */
export function usageRight(standing: Standing): UsageRight {
  if (standing.product === 'unknown') return right('NO_SUCH_PRODUCT', []);
  if (standing.product === 'open') return right('UNRESTRICTED', []);
  const plans = standing.plans.map(({ serviceId, displayName, moreInfoUrl, ...held }) => ({
    serviceId,
    displayName,
    moreInfoUrl,
    code: planCode(held, standing.related),
  }));
  const best = bestFirst.find((code) => plans.some((plan) => plan.code === code));
  return right(best ?? 'NO_RELATIONSHIP', plans);
}

/** A seat that works allows whatever else is the case; without one, the first thing that is missing is named. */
function planCode({ pool, seat }: Pick<PlanStanding, 'pool' | 'seat'>, related: boolean): PlanCode {
  if (seat && pool === 'active') return 'ACTIVE';
  if (seat && pool === 'grace') return 'GRACE';
  if (!related) return 'NO_RELATIONSHIP';
  if (pool === 'none') return 'NO_LICENSES';
  // During grace no seat is assigned (R74), so without one there is nothing left to ask for but licenses.
  return pool === 'active' ? 'SEAT_NOT_ASSIGNED' : 'LICENSES_DEACTIVATED';
}

function right(code: UsageRightCode, plans: readonly PlanRight[]): UsageRight {
  const allowed = code === 'UNRESTRICTED' || code === 'ACTIVE' || code === 'GRACE';
  return { allowed, code, message: messageOf(code, plans), plans };
}

function messageOf(code: UsageRightCode, plans: readonly PlanRight[]): string | null {
  switch (code) {
    case 'UNRESTRICTED':
    case 'ACTIVE':
      return null;
    case 'GRACE':
      return `The licenses of ${namesOf(code, plans)} have ended and go on working for a short time only. Contact your administrator.`;
    case 'NO_SUCH_PRODUCT':
      return 'This product is not known here. Contact your administrator.';
    case 'SEAT_NOT_ASSIGNED':
      return `No license of ${namesOf(code, plans)} is assigned to you. Contact your administrator.`;
    case 'LICENSES_DEACTIVATED':
      return `The licenses of ${namesOf(code, plans)} are no longer active. Contact your administrator.`;
    case 'NO_LICENSES':
    case 'NO_RELATIONSHIP':
      return `Your organization has no licenses of ${namesOf(code, plans)}. Contact your administrator.`;
  }
}

function namesOf(code: UsageRightCode, plans: readonly PlanRight[]): string {
  return plans.flatMap((plan) => (plan.code === code ? [plan.displayName] : [])).join(' or ');
}
