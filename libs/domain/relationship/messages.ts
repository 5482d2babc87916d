import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { consentRoles, dealRoles } from '../roles.js';

/** What a customer agreed to by accepting an invitation (R62). */
class Consent {
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
  @Text() organizationName!: string;
  @Text() country!: string;
  @Text() invitationId!: string;
  @Text() consentVersion!: string;
  /** SHA-256 of the text that was accepted, hexadecimal. */
  @Text() consentHash!: string;
}

/** Lets a publisher manage a customer's licenses, nothing else (R62). Only for the process that follows acceptances. */
export class EstablishRelationship extends Consent {
  static readonly type = 'EstablishRelationship';
  /** When the invitation was accepted: a termination after it has the last word. */
  @Instant() acceptedAt!: string;
}

export class CustomerRelationshipEstablished extends Consent {
  static readonly type = 'CustomerRelationshipEstablished';
  static readonly v = 1;
}

/** A deal's first license update named this customer. Only for the process that follows such updates. */
export class AttachDealToRelationship {
  static readonly type = 'AttachDealToRelationship';
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
  @Text() dealId!: string;
}

/** The deal is one that termination has to ask for active lines (R94), whatever became of them since. */
export class DealAttachedToRelationship {
  static readonly type = 'DealAttachedToRelationship';
  static readonly v = 1;
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
  @Text() dealId!: string;
}

/** Either side ends what the customer consented to; a new acceptance establishes it again (R94). */
export class TerminateRelationship {
  static readonly type = 'TerminateRelationship';
  static readonly http: HttpRoute = {
    route: 'POST /relationships/{publisherId}.{tenantId}/terminate',
    by: [...dealRoles, ...consentRoles],
    summary: 'End a customer relationship that has no active licenses.',
  };
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
}

export class CustomerRelationshipTerminated {
  static readonly type = 'CustomerRelationshipTerminated';
  static readonly v = 1;
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
}

export const relationshipEvents = [
  CustomerRelationshipEstablished,
  DealAttachedToRelationship,
  CustomerRelationshipTerminated,
] as const;
export type RelationshipEvent = EventOf<(typeof relationshipEvents)[number]>;
