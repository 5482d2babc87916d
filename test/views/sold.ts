import { event } from '#lib/engine/model/message.js';
import { PackageRegistered } from '#lib/domain/offer/pages-messages.js';
import { PlanCreated } from '#lib/domain/offer/plans-messages.js';
import { OfferSubmitted } from '#lib/domain/offer/publishing-messages.js';
import { OfferWentLive } from '#lib/domain/offer/release-messages.js';
import { CustomerRelationshipEstablished, CustomerRelationshipTerminated } from '#lib/domain/relationship/messages.js';
import {
  SeatAssigned,
  SeatPoolDeactivated,
  SeatPoolGraceEnded,
  SeatPoolResized,
  SeatUnassigned,
} from '#lib/domain/seat-pool/messages.js';
import { tenantId } from '../domain/seat-pool/fixtures.js';

/** An offer with three plans, of which an app has more than one, and what becomes of a customer's licenses and seats. */
export const offer = 'fabrikam.f365';
export const ofOffer = { publisherId: 'fabrikam', offer };
export const planIds = ['gold', 'silver', 'bronze'];
export const service = (planId: string) => `${offer}.${planId}`;
export const components = [
  { name: 'GoldApp', serviceIds: ['gold'].map(service) },
  { name: 'SilverApp', serviceIds: ['gold', 'silver'].map(service) },
  { name: 'BronzeApp', serviceIds: planIds.map(service) },
];
export const planDefinitions = planIds.map((planId) => ({
  serviceId: service(planId),
  displayName: planId.toUpperCase(),
  moreInfoUrl: planId === 'bronze' ? null : `https://fabrikam.example/${planId}`,
}));

export const created = planIds.map((planId) =>
  event(PlanCreated, { ...ofOffer, planId, serviceId: service(planId), name: planId }),
);
export const packaged = event(PackageRegistered, { ...ofOffer, planDefinitions, components });
export const submitted = (submissionId: string) =>
  event(OfferSubmitted, { ...ofOffer, submissionId, draftRevision: 3, planIds, packageUrlExpiresAt: null });
export const live = (submissionId: string) => event(OfferWentLive, { ...ofOffer, submissionId, planIds });
export const onSale = [...created, packaged, submitted('s1'), live('s1')];

export const related = event(CustomerRelationshipEstablished, {
  publisherId: 'fabrikam',
  tenantId,
  organizationName: 'Contoso',
  country: 'DE',
  invitationId: 'invitation-1',
  consentVersion: '1',
  consentHash: 'hash',
});
export const left = event(CustomerRelationshipTerminated, { publisherId: 'fabrikam', tenantId });
export const poolIds = (planId: string) => ({ ...ofOffer, tenantId, serviceId: service(planId), planId });
export const licenses = (planId: string, from: number, to: number) =>
  event(SeatPoolResized, { ...poolIds(planId), from, to, dealId: 'deal-1', dealCount: to, dealRevision: 3 });
export const seat = (planId: string, personId: string) =>
  event(SeatAssigned, { ...poolIds(planId), personId, refused: [] });
export const noSeat = (planId: string, personId: string) =>
  event(SeatUnassigned, { ...poolIds(planId), personId, reason: 'request' });
export const ended = (planId: string, graceEndsAt: string | null) =>
  event(SeatPoolDeactivated, { ...poolIds(planId), graceEndsAt });
export const graceEnded = (planId: string) => event(SeatPoolGraceEnded, poolIds(planId));
