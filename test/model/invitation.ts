import {
  AcceptInvitation,
  DeclineInvitation,
  ExpireInvitation,
  InviteCustomer,
  RevokeInvitation,
} from '#lib/domain/invitation/messages.js';
import { dealFor } from './deal.js';
import { establish } from './relationship.js';
import {
  after,
  dayMs,
  dealStaff,
  isShort,
  rule,
  unless,
  type Model,
  type ModelDeal,
  type ModelInvitation,
  type Rule,
} from './model.js';

const validMs = 90 * dayMs;
const consenting = ['customer.billingAdmin', 'customer.globalAdmin'];

/** The secret half of an invitation's token, and what leads are signed with, as the settings of these tests make them. */
export const secretOf = (id: string): string => `secret-of-${id}`;

/** R55: its offer has license management on and has been live. */
export function isEligible(model: Model, deal: ModelDeal | undefined): boolean {
  const offer = model.offers.find((one) => one.key === deal?.form.offer);
  return offer?.draft.offerSetup?.licenseManagement === true && offer.live !== null;
}

const isPending = ({ now }: Model, invitation: ModelInvitation): boolean =>
  invitation.status === 'pending' && now < invitation.expiresAt;

/** R61: unknown, expired and used ones are all alike. */
function pendingOf(model: Model, token: string): ModelInvitation | undefined {
  return model.invitations.find((one) => token === `${one.id}.${secretOf(one.id)}` && isPending(model, one));
}

export const invitationRules: readonly Rule[] = [
  rule(InviteCustomer, dealStaff, (model, { dealId }, asked) => {
    const deal = dealFor(model, dealId, asked);
    return unless(
      [
        [!deal, 'NOT_FOUND'],
        [deal?.status === 'Incomplete', 'DEAL_NOT_REGISTERED'], // R47
        [deal?.status === 'Declined', 'DEAL_CLOSED'], // R54
        [!isEligible(model, deal), 'DEAL_NOT_ELIGIBLE'], // R55
      ],
      () => {
        if (!deal) return;
        const expiresAt = after(model.now, validMs);
        const { publisherId } = deal;
        model.invitations.push({ id: asked.id, publisherId, dealId, expiresAt, status: 'pending' });
      },
    );
  }),

  rule(
    AcceptInvitation,
    consenting,
    (model, { token, organizationName, country }, { caller }) => {
      const invitation = pendingOf(model, token);
      return unless(
        [
          [!isShort(organizationName, 200), 'CUSTOMER_NAME_INVALID'], // R60
          [!['US', 'SE'].includes(country), 'CUSTOMER_COUNTRY_INVALID'],
          [!invitation, 'INVITATION_NOT_VALID'], // R61
        ],
        () => {
          if (!invitation || caller.tenantId === undefined) return;
          invitation.status = 'accepted';
          establish(model, invitation.publisherId, caller.tenantId);
        },
      );
    },
    'CONSENT_NOT_ALLOWED', // R57
  ),

  rule(
    DeclineInvitation,
    consenting,
    (model, { token }) => {
      const invitation = pendingOf(model, token);
      return unless([[!invitation, 'INVITATION_NOT_VALID']], () => invitation && (invitation.status = 'declined'));
    },
    'CONSENT_NOT_ALLOWED', // R57
  ),

  rule(RevokeInvitation, dealStaff, (model, { invitationId }, { caller }) => {
    const invitation = model.invitations.find(
      (one) => one.id === invitationId && one.publisherId === caller.publisherId,
    );
    return unless(
      [
        [!invitation, 'NOT_FOUND'],
        [
          invitation && invitation.status !== 'revoked' && !isPending(model, invitation),
          'INVITATION_NOT_PENDING', // R61
        ],
      ],
      () => invitation && (invitation.status = 'revoked'),
    );
  }),

  rule(ExpireInvitation, [], (model, { invitationId }) => {
    const invitation = model.invitations.find((one) => one.id === invitationId);
    return unless([[!invitation, 'NOT_FOUND']], () => {
      if (invitation && model.now >= invitation.expiresAt) expire(invitation);
    });
  }),
];

export function expire(invitation: ModelInvitation): void {
  if (invitation.status === 'pending') invitation.status = 'expired';
}
