import type { Bulk, EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Nullable, OneOf, Parts, TenantGuid, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { isPersonId } from '../ids.js';
import { seatRoles, shrinkPolicyRoles } from '../roles.js';

/**
 * Most rows of one bulk act (R80), most of them that are carried out in one append, and most seats that the shrink
 * policy takes in one (R73).
 */
export const seatLimits = { rows: 10_000, personsPerCommand: 500, seatsPerShrink: 500 } as const;

/** Why a row of AssignSeats got no seat although its person ID is one. */
export const rowRefusals = ['NO_AVAILABLE_LICENSES', 'PERSON_ERASED'] as const;
/** What took a seat away. */
export const unassignReasons = ['request', 'policy'] as const;
/** What ended a license conflict. */
export const resolutions = ['licensesAdded', 'seatsFreed', 'deactivated', 'policyApplied'] as const;
/** Whose seats go when a license conflict is overdue: nobody's, or those given last or first (R73). */
export const shrinkPolicies = ['keep', 'newestFirst', 'oldestFirst'] as const;
export type ShrinkPolicy = (typeof shrinkPolicies)[number];
const rowResults = ['assigned', 'alreadyAssigned', 'unassigned', 'notAssigned', 'refused'] as const;

/** A deal's line has this count now. The count is absolute and names the deal's revision, so that late or repeated news do no harm. */
export class AdjustSeatPool {
  static readonly type = 'AdjustSeatPool';
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() tenantId!: string;
  @Text() serviceId!: string;
  @Text() planId!: string;
  @Text() dealId!: string;
  @Whole() dealCount!: number;
  @Whole() dealRevision!: number;
}

/** What became of one person ID of a command. */
export class SeatRow {
  @Text() personId!: string;
  @OneOf(rowResults) result!: (typeof rowResults)[number];
  @Nullable() @Text({ description: 'Why it was refused.' }) code!: string | null;
}

export class SeatRows {
  static readonly type = 'SeatRows';
  /** One for each person ID, in the order of the request. */
  @Parts(() => SeatRow) rows!: SeatRow[];
}

const bulk: Bulk = {
  field: 'personIds',
  perCommand: seatLimits.personsPerCommand,
  // What is no person ID may be anything, also a name (R95).
  keep: (personId) => (isPersonId(personId) ? personId : ''),
};
const personIds = {
  // How many there may be is a rule's to say; here only that it is no endless list.
  maxItems: 10 * seatLimits.rows,
  description:
    'One person ID is carried out or refused as a whole; 2 to 500 are answered row by row; more, up to 10,000, are an operation, in whose rows what is no person ID is left empty.',
};

export class AssignSeats {
  static readonly type = 'AssignSeats';
  static readonly answers = SeatRows;
  static readonly previews = SeatRows;
  static readonly bulk = bulk;
  static readonly http: HttpRoute = {
    route: 'POST /customers/{tenantId}/pools/{serviceId}/assign',
    by: seatRoles,
    denied: 'SEAT_ROLE_REQUIRED',
    summary: 'Give seats of a plan to persons.',
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
  @Texts(personIds) personIds!: string[];
}

export class UnassignSeats {
  static readonly type = 'UnassignSeats';
  static readonly answers = SeatRows;
  static readonly previews = SeatRows;
  static readonly bulk = bulk;
  static readonly http: HttpRoute = {
    route: 'POST /customers/{tenantId}/pools/{serviceId}/unassign',
    by: seatRoles,
    denied: 'SEAT_ROLE_REQUIRED',
    summary: 'Take seats of a plan from persons.',
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
  @Texts(personIds) personIds!: string[];
}

/** Says whose seats go when a license conflict is overdue; on an overdue pool they go at once (R73). */
export class SetShrinkPolicy {
  static readonly type = 'SetShrinkPolicy';
  static readonly http: HttpRoute = {
    route: 'PUT /customers/{tenantId}/pools/{serviceId}/shrink-policy',
    by: shrinkPolicyRoles,
    summary: 'Say whose seats of a plan go when there are too many at the deadline of a license conflict.',
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
  @OneOf(shrinkPolicies) policy!: ShrinkPolicy;
}

/** At the deadline of a license conflict, and again until no seat is in excess; does what is due and nothing else (R73). */
export class ApplyShrinkPolicy {
  static readonly type = 'ApplyShrinkPolicy';
  @Text() tenantId!: string;
  @Text() serviceId!: string;
}

/** When grace is over; does nothing before, or if a new line has ended it already (R74). */
export class EndGrace {
  static readonly type = 'EndGrace';
  @Text() tenantId!: string;
  @Text() serviceId!: string;
}

/** What every event of a pool names: a customer's plan. */
export class PoolIds {
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() tenantId!: string;
  @Text() serviceId!: string;
  @Text() planId!: string;
}

/** The total became the sum of the deals' counts (R75). `from` and `to` are equal where only the deal's revision moved on. */
export class SeatPoolResized extends PoolIds {
  static readonly type = 'SeatPoolResized';
  static readonly v = 1;
  @Whole() from!: number;
  @Whole() to!: number;
  @Text() dealId!: string;
  @Whole() dealCount!: number;
  @Whole() dealRevision!: number;
}

export class RefusedRow {
  @Text() personId!: string;
  @OneOf(rowRefusals) code!: (typeof rowRefusals)[number];
}

/**
 * A person got a seat. The last one of a command also names the persons whom the same command left without, so that a
 * repetition can answer every row from its events; all earlier ones hold an empty list. Person IDs that break their
 * pattern are never written down, since they may be anything, also a name (R95); they follow from the command.
 */
export class SeatAssigned extends PoolIds {
  static readonly type = 'SeatAssigned';
  static readonly v = 1;
  @Text() personId!: string;
  @Parts(() => RefusedRow) refused!: RefusedRow[];
}

export class SeatUnassigned extends PoolIds {
  static readonly type = 'SeatUnassigned';
  static readonly v = 1;
  @Text() personId!: string;
  @OneOf(unassignReasons) reason!: (typeof unassignReasons)[number];
}

/** More seats are in use than there are licenses; the customer has until `dueAt` to put it right (R73). */
export class LicenseConflictDetected extends PoolIds {
  static readonly type = 'LicenseConflictDetected';
  static readonly v = 1;
  @Whole() seats!: number;
  @Whole() licenses!: number;
  @Whole() excess!: number;
  @Instant() dueAt!: string;
}

/** The deadline passed with more seats in use than licenses. The conflict stays open until seats go or licenses come (R73). */
export class LicenseConflictOverdue extends PoolIds {
  static readonly type = 'LicenseConflictOverdue';
  static readonly v = 1;
  @Whole() seats!: number;
  @Whole() licenses!: number;
  @Whole() excess!: number;
}

export class ShrinkPolicySet extends PoolIds {
  static readonly type = 'ShrinkPolicySet';
  static readonly v = 1;
  @OneOf(shrinkPolicies) policy!: ShrinkPolicy;
}

export class LicenseConflictResolved extends PoolIds {
  static readonly type = 'LicenseConflictResolved';
  static readonly v = 1;
  @OneOf(resolutions) reason!: (typeof resolutions)[number];
}

/** The total reached 0. Seats are kept, and go on working until `graceEndsAt`; null: they stopped at once (R74). */
export class SeatPoolDeactivated extends PoolIds {
  static readonly type = 'SeatPoolDeactivated';
  static readonly v = 1;
  @Nullable() @Instant() graceEndsAt!: string | null;
}

/** Kept seats stopped working. Where a new line ended grace, the total's change says so and this does not follow (R74). */
export class SeatPoolGraceEnded extends PoolIds {
  static readonly type = 'SeatPoolGraceEnded';
  static readonly v = 1;
}

export const seatPoolEvents = [
  SeatPoolResized,
  SeatAssigned,
  SeatUnassigned,
  LicenseConflictDetected,
  LicenseConflictOverdue,
  LicenseConflictResolved,
  ShrinkPolicySet,
  SeatPoolDeactivated,
  SeatPoolGraceEnded,
] as const;
export type SeatPoolEvent = EventOf<(typeof seatPoolEvents)[number]>;
