import type { HttpRoute } from '#lib/engine/model/message.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Instant, Nullable, OneOf, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';
import { auditRoles, publisherRoles } from '#lib/domain/roles.js';
import { dealRef } from './deal-documents.js';
import { isOwn } from './own.js';
import { answer, projection } from './view.js';

/** An invitation without its secret: neither token nor hash is in any view (R61). */
export interface InvitationDoc {
  readonly invitationId: string;
  readonly dealId: string;
  readonly status: 'pending' | 'accepted';
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
  kinds: { invitation: { fields: { dealId: 'text', invitedAt: 'text' }, indexes: [['dealId', 'invitedAt']] } },
  on: { CustomerInvited: touches, InvitationAccepted: touches },
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
      }
    }
  },
});

export class Invitation {
  static readonly type = 'Invitation';
  @Text() invitationId!: string;
  @Text() dealId!: string;
  @OneOf(['pending', 'expired', 'accepted']) status!: 'expired' | InvitationDoc['status'];
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
  };
  @Text() dealId!: string;
}

export const invitations: View = {
  projection: invitationsProjection,
  queries: [
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
