import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Nullable, Numeric, Parts, TenantGuid, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { dealRoles, marketplaceRoles } from '../roles.js';
import { DealForm, DealFormInput } from './form.js';

/** Names the deal that a command made. */
export class NewDeal {
  static readonly type = 'NewDeal';
  @Text() dealId!: string;
}

/** A sale is written down; it may be incomplete. */
export class StartDeal extends DealFormInput {
  static readonly type = 'StartDeal';
  static readonly http: HttpRoute = {
    route: 'POST /publishers/{publisherId}/deals',
    by: dealRoles,
    status: 201,
    summary: 'Start a deal; what is missing can be given later, until it is registered.',
  };
  static readonly answers = NewDeal;
  @Text() publisherId!: string;
}

export class DealStarted extends DealForm {
  static readonly type = 'DealStarted';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
}

/** Submits a complete deal to the marketplace. */
export class RegisterDeal {
  static readonly type = 'RegisterDeal';
  static readonly http: HttpRoute = {
    route: 'POST /deals/{dealId}/register',
    by: dealRoles,
    summary: 'Register a deal with what its form holds; a refusal lists everything that is missing.',
  };
  @Text() dealId!: string;
}

export class DealRegistered extends DealForm {
  static readonly type = 'DealRegistered';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
}

/** Replaces the deal's form. */
export class UpdateDeal extends DealFormInput {
  static readonly type = 'UpdateDeal';
  static readonly http: HttpRoute = {
    route: 'PUT /deals/{dealId}',
    by: dealRoles,
    summary: "Replace a deal's form; a deal of which an update was requested is submitted again.",
  };
  @Text() dealId!: string;
}

export class DealUpdated extends DealForm {
  static readonly type = 'DealUpdated';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
}

/** The marketplace sends a submitted deal back. */
export class RequestDealUpdate {
  static readonly type = 'RequestDealUpdate';
  static readonly http: HttpRoute = {
    route: 'POST /deals/{dealId}/request-update',
    by: marketplaceRoles,
    summary: 'Ask the publisher to update a submitted deal.',
  };
  @Text() dealId!: string;
  @Text({ description: 'What is to be updated, for the publisher: 1 to 1,000 characters.' }) reason!: string;
}

export class DealUpdateRequested {
  static readonly type = 'DealUpdateRequested';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
  @Text() reason!: string;
}

export class ApproveDeal {
  static readonly type = 'ApproveDeal';
  static readonly http: HttpRoute = {
    route: 'POST /deals/{dealId}/approve',
    by: marketplaceRoles,
    summary: 'Approve a submitted deal, which closes it.',
  };
  @Text() dealId!: string;
}

export class DealApproved {
  static readonly type = 'DealApproved';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
}

export class DeclineDeal {
  static readonly type = 'DeclineDeal';
  static readonly http: HttpRoute = {
    route: 'POST /deals/{dealId}/decline',
    by: marketplaceRoles,
    summary: 'Decline a submitted deal, which closes it; licenses stay as they are.',
  };
  @Text() dealId!: string;
  @Text({ description: 'Why, for the publisher: 1 to 1,000 characters.' }) reason!: string;
}

export class DealDeclined {
  static readonly type = 'DealDeclined';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
  @Text() reason!: string;
}

/** A plan's licenses on a deal. */
export class LicenseLine {
  @Text({ example: 'gold' }) planId!: string;
  @Numeric({ description: 'Absolute total of the line, not what is added: a whole number from 1 to 1,000,000.' })
  count!: number;
}

/** An offer has at most 100 plans (R26), so an update needs no more lines. */
const maxLines = 100;

/** What an update would change of one plan's licenses, and what would come of it for the customer's seats (R73). */
export class LicenseChange {
  @Text({ example: 'gold' }) planId!: string;
  /** Count of the deal's line before and after; 0: no line. */
  @Whole() from!: number;
  @Whole() to!: number;
  /** In use afterwards, out of the licenses of all the customer's deals. */
  @Whole() seats!: number;
  /** Seats beyond the licenses; 0: no license conflict. */
  @Whole() excess!: number;
  /** When the license conflict would be due. */
  @Nullable() @Instant() dueAt!: string | null;
}

export class LicensesPreview {
  static readonly type = 'LicensesPreview';
  /** In the order of the request; lines that stay as they are do not appear. */
  @Parts(() => LicenseChange) plans!: LicenseChange[];
}

/** Sets the licenses that a customer gets by a deal: all lines apply, or none (R70). */
export class UpdateLicenses {
  static readonly type = 'UpdateLicenses';
  static readonly http: HttpRoute = {
    route: 'POST /deals/{dealId}/licenses',
    by: dealRoles,
    revision: 'required',
    summary: 'Add license lines, set their counts, remove lines; a line that is not mentioned stays.',
  };
  static readonly previews = LicensesPreview;
  static readonly settles = true;
  @Text() dealId!: string;
  @TenantGuid() tenantId!: string;
  @Parts(() => LicenseLine, { maxItems: maxLines }) lines!: LicenseLine[];
  @Texts({ maxItems: maxLines, description: 'Plan IDs whose lines end.' }) removed!: string[];
}

/** The deal's customer, fixed by the first update of its licenses (R68). */
export class CustomerAttachedToDeal {
  static readonly type = 'CustomerAttachedToDeal';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() dealId!: string;
  @TenantGuid() tenantId!: string;
}

/** What every event of a license line names. */
class OfLine {
  @Text() publisherId!: string;
  @Text() dealId!: string;
  @Text() offer!: string;
  @TenantGuid() tenantId!: string;
  @Text() planId!: string;
  @Text() serviceId!: string;
}

export class LicensesActivated extends OfLine {
  static readonly type = 'LicensesActivated';
  static readonly v = 1;
  @Whole() count!: number;
}

/** `to` is the next change's `from` (R91). */
export class LicenseCountChanged extends OfLine {
  static readonly type = 'LicenseCountChanged';
  static readonly v = 1;
  @Whole() from!: number;
  @Whole() to!: number;
}

export class LicensesDeactivated extends OfLine {
  static readonly type = 'LicensesDeactivated';
  static readonly v = 1;
  @Whole() from!: number;
}

/** Events of a deal's licenses; the others are of its form and review. */
export const licenseEvents = [
  CustomerAttachedToDeal,
  LicensesActivated,
  LicenseCountChanged,
  LicensesDeactivated,
] as const;
export type LicenseEvent = EventOf<(typeof licenseEvents)[number]>;

export const dealEvents = [
  DealStarted,
  DealRegistered,
  DealUpdated,
  DealUpdateRequested,
  DealApproved,
  DealDeclined,
  ...licenseEvents,
] as const;
export type DealEvent = EventOf<(typeof dealEvents)[number]>;
