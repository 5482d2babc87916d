import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { consentRoles, dealRoles } from '../roles.js';

/** What the publisher passes on. The link is shown to whoever repeats the command, and stored nowhere (R61). */
export class InvitationLink {
  static readonly type = 'InvitationLink';
  @Text() invitationId!: string;
  @Text({ description: 'Opens the invitation; for the customer only.' }) link!: string;
  @Instant() expiresAt!: string;
}

/** Asks the customer of a deal for consent. Names publisher and deal, never the tenant (R60). */
export class InviteCustomer {
  static readonly type = 'InviteCustomer';
  static readonly http: HttpRoute = {
    route: 'POST /deals/{dealId}/invitations',
    by: dealRoles,
    status: 201,
    summary: 'Make an invitation for the customer of a deal and get its link.',
  };
  static readonly answers = InvitationLink;
  @Text() dealId!: string;
}

/** What every event of an invitation names. */
class InvitationIds {
  @Text() publisherId!: string;
  @Text() dealId!: string;
  @Text() invitationId!: string;
}

export class CustomerInvited extends InvitationIds {
  static readonly type = 'CustomerInvited';
  static readonly v = 1;
  /** SHA-256 of the token's secret, hexadecimal. */
  @Text() tokenHash!: string;
  @Instant() expiresAt!: string;
}

/** Whom the customer now has a relationship with. */
export class AcceptedInvitation {
  static readonly type = 'AcceptedInvitation';
  @Text() invitationId!: string;
  @Text() publisherId!: string;
  @TenantGuid() tenantId!: string;
}

/** The customer consents; the tenant is that of the caller's credentials (R60). */
export class AcceptInvitation {
  static readonly type = 'AcceptInvitation';
  static readonly http: HttpRoute = {
    route: 'POST /invitations/accept',
    by: consentRoles,
    denied: 'CONSENT_NOT_ALLOWED',
    summary: "Accept an invitation and let the publisher manage licenses in the caller's tenant.",
  };
  static readonly settles = true;
  static readonly answers = AcceptedInvitation;
  @Text({ description: '`invitationId.secret`, the last part of the link.' }) token!: string;
  @Text({ description: "Name of the customer's organization.", example: 'Contoso' }) organizationName!: string;
  @Text({ description: 'ISO 3166-1 alpha-2 code.', example: 'US' }) country!: string;
}

export class InvitationAccepted extends InvitationIds {
  static readonly type = 'InvitationAccepted';
  static readonly v = 1;
  @TenantGuid() tenantId!: string;
  @Text() organizationName!: string;
  @Text() country!: string;
  @Text() consentVersion!: string;
  /** SHA-256 of the text that was accepted, hexadecimal. */
  @Text() consentHash!: string;
}

/** The customer turns the invitation down. What the publisher learns of it does not name the tenant. */
export class DeclineInvitation {
  static readonly type = 'DeclineInvitation';
  static readonly http: HttpRoute = {
    route: 'POST /invitations/decline',
    by: consentRoles,
    denied: 'CONSENT_NOT_ALLOWED',
    summary: 'Decline an invitation; nobody can accept it any more.',
  };
  @Text({ description: '`invitationId.secret`, the last part of the link.' }) token!: string;
}

export class InvitationDeclined extends InvitationIds {
  static readonly type = 'InvitationDeclined';
  static readonly v = 1;
}

/** The publisher takes a pending invitation back. To issue it again, revoke it and invite. */
export class RevokeInvitation {
  static readonly type = 'RevokeInvitation';
  static readonly http: HttpRoute = {
    route: 'POST /invitations/{invitationId}/revoke',
    by: dealRoles,
    summary: 'Revoke a pending invitation; its link opens nothing any more.',
  };
  @Text() invitationId!: string;
}

export class InvitationRevoked extends InvitationIds {
  static readonly type = 'InvitationRevoked';
  static readonly v = 1;
}

/** Writes down that an invitation is past its deadline. Only for its timer. */
export class ExpireInvitation {
  static readonly type = 'ExpireInvitation';
  @Text() invitationId!: string;
}

export class InvitationExpired extends InvitationIds {
  static readonly type = 'InvitationExpired';
  static readonly v = 1;
}

export const invitationEvents = [
  CustomerInvited,
  InvitationAccepted,
  InvitationDeclined,
  InvitationRevoked,
  InvitationExpired,
] as const;
export type InvitationEvent = EventOf<(typeof invitationEvents)[number]>;
