import type { LifeCycle } from '../life-cycle.js';
import type { InvitationState } from './decider.js';

/** R61: an invitation is used once. */
export const invitationLifeCycle: LifeCycle<InvitationState> = {
  category: 'invitation',
  wordOf: ({ status }) => status,
  moves: [
    ['none', 'CustomerInvited', 'pending'],
    ['pending', 'InvitationAccepted', 'accepted'],
    ['pending', 'InvitationDeclined', 'declined'],
    ['pending', 'InvitationRevoked', 'revoked'],
    ['pending', 'InvitationExpired', 'expired'],
  ],
};
