import { event, type EventData } from '#lib/engine/model/message.js';
import type { DealForm } from '#lib/domain/deal/form.js';
import {
  CustomerAttachedToDeal,
  DealRegistered,
  DealStarted,
  LicensesActivated,
  type DealEvent,
} from '#lib/domain/deal/messages.js';
import { LicensingOptionsChosen } from '#lib/domain/offer/pages-messages.js';
import { OfferCreated } from '#lib/domain/offer/offer-messages.js';
import { PlanCreated } from '#lib/domain/offer/plans-messages.js';
import { OfferSubmitted } from '#lib/domain/offer/publishing-messages.js';
import { OfferWentLive } from '#lib/domain/offer/release-messages.js';
import { CustomerRelationshipEstablished, CustomerRelationshipTerminated } from '#lib/domain/relationship/messages.js';

export const publisherId = 'fabrikam';
export const offer = 'fabrikam.f365';
export const contoso = '8c2d1f3a-0000-4000-8000-00000000c0de';
export const northwind = '8c2d1f3a-0000-4000-8000-00000000beef';

/** Everything that a deal needs to be registered. */
export const complete: DealForm = {
  company: 'Contoso',
  country: 'US',
  city: 'Redmond',
  state: 'Washington',
  offer,
  solutionValue: { amountMinor: 1_000_000, currency: 'USD' },
  totalContractValue: { amountMinor: 1_500_000, currency: 'USD' },
  deployedIn: 'partnerTenant',
  tenantId: null,
  signedOn: '2026-03-01',
  startsOn: '2026-03-01',
  endsOn: '2027-02-28',
  perpetual: false,
  contact: 'person-1',
};

export const empty: DealForm = {
  company: null,
  country: null,
  city: null,
  state: null,
  offer: null,
  solutionValue: null,
  totalContractValue: null,
  deployedIn: null,
  tenantId: null,
  signedOn: null,
  startsOn: null,
  endsOn: null,
  perpetual: false,
  contact: null,
};

export const started = (form: DealForm, dealId = 'deal-1') => event(DealStarted, { publisherId, dealId, ...form });
export const registered = (form: DealForm = complete, dealId = 'deal-1'): DealEvent[] => [
  started(form, dealId),
  event(DealRegistered, { publisherId, dealId, ...form }),
];

const planCreated = (planId: string) =>
  event(PlanCreated, { publisherId, offer, planId, serviceId: `${offer}.${planId}`, name: planId });

const drafted: readonly EventData[] = [
  event(OfferCreated, { publisherId, offer, offerId: 'f365', alias: 'Fabrikam 365' }),
  event(LicensingOptionsChosen, {
    publisherId,
    offer,
    licenseManagement: true,
    freeInstall: false,
    listingOption: null,
    trialMonths: null,
  }),
  ...['gold', 'silver', 'bronze'].map(planCreated),
];
const submission = { publisherId, offer, submissionId: 'submission-1', planIds: ['gold', 'silver', 'bronze'] };

/** Histories of the offer: with license management, in Draft, or live with three plans and a fourth that is not live. */
export const offerInDraft = drafted;
export const offerLive: readonly EventData[] = [
  ...drafted,
  event(OfferSubmitted, { ...submission, draftRevision: drafted.length - 1, packageUrlExpiresAt: null }),
  event(OfferWentLive, submission),
  planCreated('platinum'),
];

/** An offer that went live without license management, which cannot be switched on any more. */
export const offerLiveWithoutLicenses: readonly EventData[] = [
  event(OfferCreated, { publisherId, offer, offerId: 'f365', alias: 'Fabrikam 365' }),
  event(LicensingOptionsChosen, {
    publisherId,
    offer,
    licenseManagement: false,
    freeInstall: false,
    listingOption: 'contactMe',
    trialMonths: null,
  }),
  event(OfferSubmitted, { ...submission, planIds: [], draftRevision: 1, packageUrlExpiresAt: null }),
  event(OfferWentLive, { ...submission, planIds: [] }),
];

export const established = (tenantId = contoso) =>
  event(CustomerRelationshipEstablished, {
    publisherId,
    tenantId,
    organizationName: 'Contoso',
    country: 'US',
    invitationId: 'invitation-1',
    consentVersion: '1',
    consentHash: 'hash',
  });
export const terminated = (tenantId = contoso) => event(CustomerRelationshipTerminated, { publisherId, tenantId });

/** The other streams as they are when everything is in order. */
export const inOrder = {
  [`offer-${offer}`]: offerLive,
  [`relationship-${publisherId}.${contoso}`]: [established()],
  [`relationship-${publisherId}.${northwind}`]: [established(northwind)],
};

export const lineIds = (planId: string, dealId = 'deal-1') => ({
  publisherId,
  dealId,
  offer,
  tenantId: contoso,
  planId,
  serviceId: `${offer}.${planId}`,
});
export const attached = (tenantId = contoso) =>
  event(CustomerAttachedToDeal, { publisherId, dealId: 'deal-1', tenantId });
export const activated = (planId: string, count: number) => event(LicensesActivated, { ...lineIds(planId), count });

/** What UpdateLicenses is asked; `lines` as plan ID → count. */
export const update = (
  lines: Readonly<Record<string, number>>,
  removed: readonly string[] = [],
  tenantId = contoso,
) => ({
  dealId: 'deal-1',
  tenantId,
  lines: Object.entries(lines).map(([planId, count]) => ({ planId, count })),
  removed: [...removed],
});
