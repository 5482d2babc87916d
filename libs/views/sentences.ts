import type { Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf } from '#lib/engine/model/message.js';
import { dealEvents, type DealEvent } from '#lib/domain/deal/messages.js';
import { invitationEvents, type InvitationEvent } from '#lib/domain/invitation/messages.js';
import { offerEvents, type OfferEvent } from '#lib/domain/offer/offer-messages.js';
import { personEvents } from '#lib/domain/person/messages.js';
import { relationshipEvents, type RelationshipEvent } from '#lib/domain/relationship/messages.js';
import { seatPoolEvents, type SeatPoolEvent } from '#lib/domain/seat-pool/messages.js';

/** What an event says, as a sentence for people. It names IDs only, never what somebody wrote (R95). */
export function sentenceOf(event: Recorded): string {
  if (isOneOf(seatPoolEvents, event)) return ofPool(event);
  if (isOneOf(dealEvents, event)) return ofDeal(event);
  if (isOneOf(relationshipEvents, event)) return ofRelationship(event);
  if (isOneOf(invitationEvents, event)) return ofInvitation(event);
  if (isOneOf(offerEvents, event)) return ofOffer(event);
  if (isOneOf(personEvents, event)) return `${event.data.personId} was erased.`;
  return `${event.type} in ${event.stream}.`;
}

function ofPool({ type, data }: SeatPoolEvent): string {
  switch (type) {
    case 'SeatPoolResized':
      return `The customer's licenses of ${data.planId}: ${data.from} → ${data.to}; ${data.dealCount} are of deal ${data.dealId}.`;
    case 'SeatAssigned':
      return `${data.personId} got a seat.`;
    case 'SeatUnassigned':
      return data.reason === 'policy'
        ? `The shrink policy took the seat of ${data.personId}.`
        : `The seat of ${data.personId} was taken back.`;
    case 'ShrinkPolicySet':
      return `Shrink policy: ${data.policy}.`;
    case 'LicenseConflictDetected':
      return `A license conflict: ${data.seats} seats, ${data.licenses} licenses, ${data.excess} too many, due ${data.dueAt}.`;
    case 'LicenseConflictOverdue':
      return `The license conflict is overdue: ${data.excess} seats too many.`;
    case 'LicenseConflictResolved':
      return `The license conflict is over: ${resolutions[data.reason]}.`;
    case 'SeatPoolDeactivated':
      return data.graceEndsAt === null
        ? 'No licenses are left, and there is no grace.'
        : `No licenses are left; grace until ${data.graceEndsAt}.`;
    case 'SeatPoolGraceEnded':
      return 'Grace is over.';
  }
}

type Resolution = Extract<SeatPoolEvent, { type: 'LicenseConflictResolved' }>['data']['reason'];
const resolutions: Readonly<Record<Resolution, string>> = {
  licensesAdded: 'licenses were added',
  seatsFreed: 'seats were taken back',
  deactivated: 'no licenses are left',
  policyApplied: 'the shrink policy was applied',
};

function ofDeal({ type, data }: DealEvent): string {
  switch (type) {
    case 'DealStarted':
      return 'The deal was started.';
    case 'DealRegistered':
      return 'The deal was registered: Submitted.';
    case 'DealUpdated':
      return 'The form of the deal was replaced.';
    case 'DealUpdateRequested':
      return 'An update of the deal was requested.';
    case 'DealApproved':
      return 'The deal was approved.';
    case 'DealDeclined':
      return 'The deal was declined; its licenses stay as they are.';
    case 'CustomerAttachedToDeal':
      return `The deal's customer is ${data.tenantId}.`;
    case 'LicensesActivated':
      return `The deal's licenses of ${data.planId}: ${data.count}.`;
    case 'LicenseCountChanged':
      return `The deal's licenses of ${data.planId}: ${data.from} → ${data.to}.`;
    case 'LicensesDeactivated':
      return `The deal's licenses of ${data.planId} were removed; there were ${data.from}.`;
  }
}

function ofRelationship({ type, data }: RelationshipEvent): string {
  switch (type) {
    case 'CustomerRelationshipEstablished':
      return `The customer relationship with ${data.publisherId} was established.`;
    case 'DealAttachedToRelationship':
      return `Deal ${data.dealId} counts for the customer relationship.`;
    case 'CustomerRelationshipTerminated':
      return `The customer relationship with ${data.publisherId} was ended.`;
  }
}

function ofInvitation({ type, data }: InvitationEvent): string {
  switch (type) {
    case 'CustomerInvited':
      return `The customer of deal ${data.dealId} was invited, until ${data.expiresAt}.`;
    case 'InvitationAccepted':
      return `${data.tenantId} accepted the invitation, and consented to version ${data.consentVersion} of the text.`;
    case 'InvitationDeclined':
      return 'The invitation was declined.';
    case 'InvitationRevoked':
      return 'The invitation was revoked.';
    case 'InvitationExpired':
      return 'The invitation expired.';
  }
}

function ofOffer({ type, data }: OfferEvent): string {
  switch (type) {
    case 'PlanCreated':
      return `Plan ${data.planId} was created: ${data.serviceId}.`;
    case 'OfferSubmitted':
      return `The offer was submitted for publishing, with its draft as of offer-${data.offer}@${data.draftRevision}.`;
    case 'GoLiveSignedOff':
      return `Going live was signed off, due ${data.dueAt}.`;
    case 'OfferWentLive':
      return 'The offer went live, with the package of this submission.';
    default:
      return `${type} of ${data.offer}.`;
  }
}
