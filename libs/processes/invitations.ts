import { clearTimer, setTimer, type ClearTimer, type ProcessManager } from '#lib/engine/model/process.js';
import { ExpireInvitation, type InvitationEvent } from '#lib/domain/invitation/messages.js';

const ended = ({ data }: { readonly data: { readonly invitationId: string } }): readonly ClearTimer[] => [
  clearTimer(data.invitationId),
];

/** An invitation that nobody acts upon expires when it is due (R61). */
export const invitations: ProcessManager<InvitationEvent> = {
  name: 'invitations',
  startAt: 'beginning',
  on: {
    CustomerInvited: ({ data: { invitationId, expiresAt } }) => [
      setTimer(invitationId, expiresAt, ExpireInvitation, { invitationId }),
    ],
    InvitationAccepted: ended,
    InvitationDeclined: ended,
    InvitationRevoked: ended,
  },
};
