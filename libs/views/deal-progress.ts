import type { Owner } from '#lib/engine/model/aggregate.js';
import type { HttpRoute } from '#lib/engine/model/message.js';
import { type DocRef, type QueryContext, type Ref, ref, type Snapshot, type View } from '#lib/engine/model/query.js';
import {
  Default,
  Flag,
  Instant,
  Nullable,
  OneOf,
  Part,
  Parts,
  TenantGuid,
  Text,
  Texts,
  Whole,
} from '#lib/engine/model/shape.js';
import { DealForm } from '#lib/domain/deal/form.js';
import { dealSteps, hasContractEnded, nextStep } from '#lib/domain/deal/progress.js';
import { dealTabs, tabOf } from '#lib/domain/deal/status.js';
import { PersonData } from '#lib/domain/person/messages.js';
import { auditRoles, marketplaceRoles, publisherRoles } from '#lib/domain/roles.js';
import { customersProjection, relationshipKey, type RelationshipDoc } from './customers.js';
import { dealProgressProjection, dealRef, type DealDoc, type InvitedDoc } from './deal-documents.js';
import { offerRef } from './offer-status.js';
import { isOwn } from './own.js';
import { personData, personRefs, wasErased } from './people.js';
import { answer } from './view.js';

export class DealLine {
  @Text() planId!: string;
  @Text() serviceId!: string;
  @Whole() count!: number;
  @Instant() since!: string;
}

/** A tenant that this deal has to do with; null where nothing was ever consented to. */
export class DealCustomer {
  @TenantGuid() tenantId!: string;
  @OneOf(['none', 'established', 'terminated']) relationship!: 'none' | RelationshipDoc['status'];
  @Nullable() @Text() organizationName!: string | null;
  @Nullable() @Text() country!: string | null;
}

/** Whether licenses can be managed for the deal's offer (R55). */
export class DealEligibility {
  @Flag() eligible!: boolean;
  @Flag() licenseManagement!: boolean;
  @Flag() hasBeenLive!: boolean;
}

/** Whom the deal's form names. */
export class DealContact {
  @Text() personId!: string;
  /** What the publisher's directory holds of them now, for the publisher alone; null: nothing (R95). */
  @Nullable() @Part(() => PersonData) person!: PersonData | null;
  @Flag({ description: 'The person was erased: name another contact.' }) erased!: boolean;
}

export class DealInvitations {
  @Whole() invited!: number;
  @Whole() accepted!: number;
}

export class DealProgress {
  static readonly type = 'DealProgress';
  @Text() dealId!: string;
  @Text() publisherId!: string;
  @OneOf(Object.keys(dealTabs)) tab!: string;
  @OneOf(Object.keys(tabOf)) filter!: string;
  @Part(() => DealForm) form!: DealForm;
  @Nullable() @Part(() => DealContact) contact!: DealContact | null;
  @Parts(() => DealLine) lines!: DealLine[];
  /** Fixed by the first license update (R68); null before. */
  @Nullable() @Part(() => DealCustomer) customer!: DealCustomer | null;
  /** Whose licenses this deal could set: the tenant of its form, and the latest that accepted its invitations. */
  @Parts(() => DealCustomer) candidates!: DealCustomer[];
  @Part(() => DealEligibility) eligibility!: DealEligibility;
  @Part(() => DealInvitations) invitations!: DealInvitations;
  @Texts({ description: "Tenants that accepted although the deal's form names another one (R50)." })
  mismatchedTenants!: string[];
  @Flag({ description: 'Contract ended, licenses active.' }) contractEndedLicensesActive!: boolean;
  @Nullable() @OneOf(dealSteps) nextStep!: string | null;
  /** What the marketplace said when it asked for an update or declined. */
  @Nullable() @Text() reason!: string | null;
  @Instant() startedAt!: string;
  @Instant() changedAt!: string;
  /** Of the deal. */
  @Whole() revision!: number;
}

/** One deal, and what leads on from here. */
export class DealById {
  static readonly type = 'DealById';
  static readonly answers = DealProgress;
  static readonly http: HttpRoute = {
    route: 'GET /deals/{dealId}',
    by: [...publisherRoles, ...marketplaceRoles, ...auditRoles],
    summary: 'A deal: its form, licenses, customer and next step.',
    asOf: true,
  };
  @Text() dealId!: string;
}

/** The deals of a publisher, newest first. */
export class DealsOfPublisher {
  static readonly type = 'DealsOfPublisher';
  static readonly answers = DealProgress;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/deals',
    by: [...publisherRoles, ...marketplaceRoles, ...auditRoles],
    summary: 'Deals by tab and filter, newest first.',
    asOf: true,
  };
  static readonly rowKey = ['dealId'];
  @Text() publisherId!: string;
  @Default(false)
  @Flag({ description: 'Only those whose contract ended while licenses are active.' })
  contractEndedLicensesActive!: boolean;
}

const invitedRef = (dealId: string): DocRef<InvitedDoc> => ref(dealProgressProjection, 'invited', dealId);
const relationshipRef = (publisherId: string, tenantId: string) =>
  ref(customersProjection, 'relationship', relationshipKey(publisherId, tenantId));

/** Tenants whose licenses the deal sets or could set. */
function tenantsOf({ form, tenantId }: DealDoc, invited: InvitedDoc | undefined): string[] {
  const tenants = [tenantId, form.tenantId, ...(invited?.acceptedBy ?? [])];
  return [...new Set(tenants.filter((tenant) => tenant !== null))];
}

/** What a deal is composed with, once its invitations are known. */
function partners(deal: DealDoc, docs: Snapshot): readonly Ref[] {
  const tenants = tenantsOf(deal, docs.get(invitedRef(deal.dealId)));
  const offers = deal.offer === null ? [] : [offerRef(deal.offer)];
  const { contact } = deal.form;
  const persons = contact === null ? [] : personRefs(deal.publisherId, contact);
  return [...offers, ...persons, ...tenants.map((tenantId) => relationshipRef(deal.publisherId, tenantId))];
}

function customerOf(publisherId: string, tenantId: string, docs: Snapshot): DealCustomer {
  const known = docs.get(relationshipRef(publisherId, tenantId));
  if (known === undefined) return { tenantId, relationship: 'none', organizationName: null, country: null };
  const { status: relationship, organizationName, country } = known;
  return { tenantId, relationship, organizationName, country };
}

function eligibilityOf({ offer }: DealDoc, docs: Snapshot): DealEligibility {
  const status = offer === null ? undefined : docs.get(offerRef(offer));
  const licenseManagement = status?.managesLicenses ?? false;
  const hasBeenLive = status?.everLive ?? false;
  return { eligible: licenseManagement && hasBeenLive, licenseManagement, hasBeenLive };
}

/** Others see that there is a contact; who it is, only the publisher whose directory it is. */
function contactOf({ form, publisherId }: DealDoc, docs: Snapshot, caller: Owner): DealContact | null {
  const { contact: personId } = form;
  if (personId === null) return null;
  const person = caller.publisherId === publisherId ? personData(publisherId, personId, docs) : null;
  return { personId, person, erased: wasErased(publisherId, personId, docs) };
}

function progressOf(deal: DealDoc, docs: Snapshot, { caller, now }: QueryContext): DealProgress {
  const { form, lines, tenantId, offer: _offer, licensedUntil, ...shown } = deal;
  const invited = docs.get(invitedRef(deal.dealId));
  const customers = tenantsOf(deal, invited).map((tenant) => customerOf(deal.publisherId, tenant, docs));
  // The chosen customer, else the tenant of the form, else whoever accepted (R50, R68).
  const bound = tenantId ?? form.tenantId;
  const eligible = customers.filter((customer) => bound === null || customer.tenantId === bound);
  const { invited: sent, accepted, pending, validUntil, acceptedBy } = invited ?? nobodyInvited;
  return {
    ...shown,
    form: { ...form },
    contact: contactOf(deal, docs, caller),
    lines: [...lines],
    customer: customers.find((customer) => customer.tenantId === tenantId) ?? null,
    candidates: customers.filter(() => tenantId === null),
    eligibility: eligibilityOf(deal, docs),
    invitations: { invited: sent, accepted },
    mismatchedTenants: form.tenantId === null ? [] : acceptedBy.filter((tenant) => tenant !== form.tenantId),
    contractEndedLicensesActive: hasContractEnded(licensedUntil, dateOf(now)),
    nextStep: nextStep({
      status: deal.filter,
      hasLines: lines.length > 0,
      hasConsent: eligible.some(({ relationship }) => relationship === 'established'),
      isInvited: pending > 0 && now < validUntil,
    }),
  };
}

const nobodyInvited: InvitedDoc = { invited: 0, accepted: 0, pending: 0, validUntil: '', acceptedBy: [] };

function dateOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DD'.length);
}

/** What a list reads of each of its deals. */
export const roundsOfDeal = [
  (deal: DealDoc): readonly Ref[] => [invitedRef(deal.dealId)],
  (deal: DealDoc, _query: object, docs: Snapshot): readonly Ref[] => partners(deal, docs),
];

export function composeDeal(deal: DealDoc, _query: object, docs: Snapshot, context: QueryContext): DealProgress {
  return progressOf(deal, docs, context);
}

export const dealProgress: View = {
  projection: dealProgressProjection,
  queries: [
    answer.one({
      query: DealById,
      rounds: [
        ({ dealId }) => [dealRef(dealId), invitedRef(dealId)],
        ({ dealId }, docs) => {
          const deal = docs.get(dealRef(dealId));
          return deal === undefined ? [] : partners(deal, docs);
        },
      ],
      compose({ dealId }, docs, context): DealProgress | null {
        const deal = docs.get(dealRef(dealId));
        return deal === undefined || !isOwn(context.caller, deal.publisherId) ? null : progressOf(deal, docs, context);
      },
    }),
    answer.list<DealsOfPublisher, DealDoc, DealProgress>({
      query: DealsOfPublisher,
      find: ({ publisherId, contractEndedLicensesActive }, _docs, { caller, now }) =>
        isOwn(caller, publisherId)
          ? {
              view: dealProgressProjection,
              kind: 'deal',
              where: {
                publisherId: { eq: publisherId },
                ...(contractEndedLicensesActive && { licensedUntil: { lt: dateOf(now) } }),
              },
              orderBy: 'startedAt',
              descending: true,
            }
          : null,
      rows: roundsOfDeal,
      compose: composeDeal,
      filters: ['tab', 'filter', 'offer'],
    }),
  ],
};
