import type { HttpRoute } from '#lib/engine/model/message.js';
import { onEach, type Docs } from '#lib/engine/model/projection.js';
import { type DocRef, type Find, ref, type Snapshot, type View } from '#lib/engine/model/query.js';
import { Instant, Nullable, OneOf, Part, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';
import { invitationEvents } from '#lib/domain/invitation/messages.js';
import { parseToken } from '#lib/domain/invitation/token.js';
import { auditRoles, consentRoles, publisherRoles } from '#lib/domain/roles.js';
import type { Settings } from '#lib/domain/settings.js';
import { dealRef } from './deal-documents.js';
import { liveRef } from './offer-contents.js';
import { publisherRef } from './offer-status.js';
import { isOwn } from './own.js';
import { everyStream } from './stream-index.js';
import { answer, projection } from './view.js';

/** An invitation without its secret: neither token nor hash is in any view (R61). */
export interface InvitationDoc {
  readonly invitationId: string;
  readonly dealId: string;
  readonly status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
  readonly invitedAt: string;
  readonly expiresAt: string;
  readonly acceptedAt: string | null;
  readonly tenantId: string | null;
  readonly organizationName: string | null;
  readonly country: string | null;
  /** Of the invitation's stream. */
  readonly revision: number;
}

interface Kinds {
  invitation: InvitationDoc;
}

const touches = ({ data }: { data: { invitationId: string } }) => [['invitation', data.invitationId]] as const;

export const invitationsProjection = projection<Kinds>({
  name: 'invitations',
  version: 1,
  kinds: {
    invitation: {
      fields: { dealId: 'text', invitedAt: 'text' },
      indexes: [['dealId', 'invitedAt']],
      origins: { fields: { dealId: (dealId) => everyStream('invitation', { dealId }) } },
    },
  },
  on: onEach(invitationEvents, touches),
  fold({ type, data, meta, revision }, docs) {
    switch (type) {
      case 'CustomerInvited': {
        const { invitationId, dealId, expiresAt } = data;
        const nobody = { acceptedAt: null, tenantId: null, organizationName: null, country: null };
        const invited = { invitationId, dealId, status: 'pending', invitedAt: meta.recordedAt, expiresAt } as const;
        return docs.put('invitation', invitationId, { ...invited, ...nobody, revision });
      }
      case 'InvitationAccepted': {
        const { invitationId, tenantId, organizationName, country } = data;
        const before = docs.get('invitation', invitationId);
        if (before === undefined) return;
        const accepted = { status: 'accepted', acceptedAt: meta.recordedAt } as const;
        docs.put('invitation', invitationId, {
          ...before,
          ...accepted,
          tenantId,
          organizationName,
          country,
          revision,
        });
        return;
      }
      case 'InvitationDeclined':
        return end('declined', data.invitationId, revision, docs);
      case 'InvitationRevoked':
        return end('revoked', data.invitationId, revision, docs);
      case 'InvitationExpired':
        return end('expired', data.invitationId, revision, docs);
    }
  },
});

function end(status: InvitationDoc['status'], invitationId: string, revision: number, docs: Docs<Kinds>): void {
  const before = docs.get('invitation', invitationId);
  if (before !== undefined) docs.put('invitation', invitationId, { ...before, status, revision });
}

export class Invitation {
  static readonly type = 'Invitation';
  @Text() invitationId!: string;
  @Text() dealId!: string;
  @OneOf(['pending', 'accepted', 'declined', 'revoked', 'expired']) status!: InvitationDoc['status'];
  @Instant() invitedAt!: string;
  @Instant() expiresAt!: string;
  @Nullable() @Instant() acceptedAt!: string | null;
  /** Whose administrator accepted. */
  @Nullable() @TenantGuid() tenantId!: string | null;
  @Nullable() @Text() organizationName!: string | null;
  @Nullable() @Text() country!: string | null;
  /** Of the invitation. */
  @Whole() revision!: number;
}

/** The invitations of a deal, newest first. */
export class InvitationsOfDeal {
  static readonly type = 'InvitationsOfDeal';
  static readonly answers = Invitation;
  static readonly http: HttpRoute = {
    route: 'GET /deals/{dealId}/invitations',
    by: [...publisherRoles, ...auditRoles],
    summary: "A deal's invitations, pending and past.",
    asOf: true,
  };
  static readonly rowKey = ['invitationId'];
  @Text() dealId!: string;
}

/** What a customer would agree to by accepting (R62). */
export class ConsentText {
  @Text({ description: 'Recorded with the acceptance, together with the SHA-256 of the text.' }) version!: string;
  @Text() text!: string;
}

/** What whoever was invited sees before deciding (R60). */
export class OpenedInvitation {
  static readonly type = 'OpenedInvitation';
  @Text() invitationId!: string;
  @Text() publisherId!: string;
  @Text() publisherName!: string;
  @Nullable() @Text({ description: "The deal's offer as its listing names it." }) offerName!: string | null;
  @Instant() expiresAt!: string;
  @Part(() => ConsentText) consent!: ConsentText;
  /** Of the invitation. */
  @Whole() revision!: number;
}

/** Shows an invitation to whoever may accept it, as often as they like: opening uses nothing up (R61). */
export class OpenInvitation {
  static readonly type = 'OpenInvitation';
  static readonly answers = OpenedInvitation;
  static readonly http: HttpRoute = {
    route: 'POST /invitations/open',
    by: consentRoles,
    denied: 'CONSENT_NOT_ALLOWED',
    summary: 'What an invitation asks for; opening it neither accepts nor uses it up.',
  };
  @Text({ description: '`invitationId.secret`, the last part of the link.' }) token!: string;
}

const invitationRef = (invitationId: string) => ref(invitationsProjection, 'invitation', invitationId);

/** The invitation that a token names, rightly or not, with its deal once that can be told. */
function named({ token }: OpenInvitation, docs: Snapshot) {
  const parsed = parseToken(token);
  const invitation = parsed && docs.get(invitationRef(parsed.invitationId));
  return parsed && invitation ? { ...parsed, invitation } : null;
}

/** The secret is computed from the invitation's ID as it was for its link, so that no document needs to hold its hash. */
function isOpenedBy(
  secret: string,
  { invitationId, status, expiresAt }: InvitationDoc,
  now: string,
  settings: Settings,
) {
  const { hashSecret, invitationSecret } = settings;
  return status === 'pending' && now < expiresAt && hashSecret(secret) === hashSecret(invitationSecret(invitationId));
}

export const invitations: View = {
  projection: invitationsProjection,
  queries: [
    answer.one<OpenInvitation, OpenedInvitation>({
      query: OpenInvitation,
      rounds: [
        ({ token }) => {
          const parsed = parseToken(token);
          return parsed ? [invitationRef(parsed.invitationId)] : [];
        },
        (query, docs) => {
          const found = named(query, docs);
          return found ? [dealRef(found.invitation.dealId)] : [];
        },
        (query, docs): readonly DocRef[] => {
          const found = named(query, docs);
          const deal = found && docs.get(dealRef(found.invitation.dealId));
          if (!deal) return [];
          return [publisherRef(deal.publisherId), ...(deal.offer === null ? [] : [liveRef(deal.offer)])];
        },
      ],
      compose(query, docs, { now, settings }) {
        const found = named(query, docs);
        const deal = found && docs.get(dealRef(found.invitation.dealId));
        if (!found || !deal || !isOpenedBy(found.secret, found.invitation, now, settings)) return null;
        const { invitationId, expiresAt, revision } = found.invitation;
        const { publisherId, offer } = deal;
        const publisherName = docs.get(publisherRef(publisherId))?.name ?? publisherId;
        const offerName = offer === null ? null : (docs.get(liveRef(offer))?.name ?? null);
        const { version, text } = settings.consent;
        const consent = { version, text };
        return { invitationId, publisherId, publisherName, offerName, expiresAt, consent, revision };
      },
    }),
    answer.list({
      query: InvitationsOfDeal,
      before: [({ dealId }) => [dealRef(dealId)]],
      find({ dealId }, docs, { caller }): Find<InvitationDoc> | null {
        const deal = docs.get(dealRef(dealId));
        if (deal === undefined || !isOwn(caller, deal.publisherId)) return null;
        const where = { dealId: { eq: dealId } };
        return { view: invitationsProjection, kind: 'invitation', where, orderBy: 'invitedAt', descending: true };
      },
      // A deadline is reached at now ≥ due, whether a timer has come to it or not.
      compose: (row, _query, _docs, { now }): Invitation =>
        row.status === 'pending' && now >= row.expiresAt ? { ...row, status: 'expired' } : row,
    }),
  ],
};
