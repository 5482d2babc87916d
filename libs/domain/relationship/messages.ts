import type { EventOf } from '#lib/engine/model/message.js';
import { Instant, TenantGuid, Text } from '#lib/engine/model/shape.js';

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

export class CustomerRelationshipTerminated {
  static readonly type = 'CustomerRelationshipTerminated';
  static readonly v = 1;
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
}

export const relationshipEvents = [CustomerRelationshipEstablished, CustomerRelationshipTerminated] as const;
export type RelationshipEvent = EventOf<(typeof relationshipEvents)[number]>;
