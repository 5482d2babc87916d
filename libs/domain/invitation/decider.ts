import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { isCountry } from '../countries.js';
import { deal } from '../deal/decider.js';
import { eligibilityFault, offerFact } from '../deal/offer-facts.js';
import { refuse as refuseDeal } from '../deal/refusals.js';
import { codePoints, streams } from '../ids.js';
import { consentRoles } from '../roles.js';
import type { Settings } from '../settings.js';
import {
  AcceptInvitation,
  CustomerInvited,
  InvitationAccepted,
  InviteCustomer,
  invitationEvents,
  type InvitationEvent,
} from './messages.js';
import { refuse } from './refusals.js';
import { formatToken, parseToken } from './token.js';

interface Invitation {
  readonly publisherId: string;
  readonly dealId: string;
  readonly invitationId: string;
}

/** Only a pending one can be acted upon; every other status is an end. */
export type InvitationState =
  | { readonly status: 'none' }
  | (Invitation & { readonly status: 'pending'; readonly tokenHash: string; readonly expiresAt: string })
  | (Invitation & { readonly status: 'accepted' });

function evolve(_state: InvitationState, { type, data }: Recorded<InvitationEvent>): InvitationState {
  const { publisherId, dealId, invitationId } = data;
  switch (type) {
    case 'CustomerInvited': {
      const { tokenHash, expiresAt } = data;
      return { status: 'pending', publisherId, dealId, invitationId, tokenHash, expiresAt };
    }
    case 'InvitationAccepted':
      return { status: 'accepted', publisherId, dealId, invitationId };
  }
}

const handle = handling<InvitationState, InvitationEvent, Settings>();

export const invitation: Decider<InvitationState> = {
  category: 'invitation',
  events: invitationEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId }),
  handles: [
    handle({
      command: InviteCustomer,
      creates: true,
      stream: (_command, { newId }) => streams.invitation(newId('invitation')),
      facts: ({ dealId }) => ({ deal: { aggregate: deal, stream: streams.deal(dealId) } }),
      furtherFacts: (_command, known) =>
        known.deal.status === 'none' ? {} : offerFact(known.deal.publisherId, known.deal.form.offer),
      owner: (_state, _command, facts) => deal.owner(facts.deal),
      decide(_state, { dealId }, { now, newId, settings, facts }) {
        if (facts.deal.status === 'none') return [];
        const { status, publisherId } = facts.deal;
        const invitationId = newId('invitation');
        const tokenHash = settings.hashSecret(settings.invitationSecret(invitationId));
        const expiresAt = new Date(Date.parse(now) + settings.invitationValidMs).toISOString();
        return (
          reject(
            status === 'Incomplete' && refuseDeal('DEAL_NOT_REGISTERED', 'The deal is Incomplete.'),
            status === 'Declined' && refuseDeal('DEAL_CLOSED', 'The deal is declined.'),
          ) ??
          reject(eligibilityFault(facts.offer)) ?? [
            event(CustomerInvited, { publisherId, dealId, invitationId, tokenHash, expiresAt }),
          ]
        );
      },
      // The secret is computed again, so that the link can be shown and need not be stored (R61).
      answer: (events, _command, settings) => linkOf(events, settings),
    }),
    handle({
      command: AcceptInvitation,
      // An unknown invitation is refused like an expired one, not by a 404 (R61).
      creates: true,
      owner: () => ({ installation: true }),
      stream: ({ token }) => streams.invitation(parseToken(token)?.invitationId ?? 'none'),
      decide(state, { token, organizationName, country }, { now, actor, caller, settings }) {
        const { tenantId } = caller;
        const mayConsent = consentRoles.some((role) => role === actor.role);
        if (tenantId === undefined || !mayConsent) {
          return { rejected: [refuse('CONSENT_NOT_ALLOWED', `The role is ${actor.role}.`)] };
        }
        const secret = parseToken(token)?.secret ?? '';
        const isValid =
          state.status === 'pending' && now < state.expiresAt && settings.hashSecret(secret) === state.tokenHash;
        const length = codePoints(organizationName);
        const rejection = reject(
          !isValid && refuse('INVITATION_NOT_VALID', 'No such invitation can be accepted.', '/token'),
          (length < 1 || length > 200) &&
            refuse('CUSTOMER_NAME_INVALID', `The name has ${length} characters.`, '/organizationName'),
          !isCountry(country) && refuse('CUSTOMER_COUNTRY_INVALID', 'This is not a country code.', '/country'),
        );
        if (rejection !== null || state.status !== 'pending') return rejection ?? [];
        const { publisherId, dealId, invitationId } = state;
        const { version: consentVersion, sha256: consentHash } = settings.consent;
        const consent = { tenantId, organizationName, country, consentVersion, consentHash };
        return [event(InvitationAccepted, { publisherId, dealId, invitationId, ...consent })];
      },
      answer: ([accepted]) => acceptedOf(accepted),
    }),
  ],
};

function linkOf(events: readonly InvitationEvent[], { consoleBase, invitationSecret }: Settings): object {
  const [invited] = events;
  if (invited?.type !== 'CustomerInvited') return {};
  const { invitationId, expiresAt } = invited.data;
  const token = formatToken({ invitationId, secret: invitationSecret(invitationId) });
  return { invitationId, link: `${consoleBase}/invitations/${token}`, expiresAt };
}

function acceptedOf(accepted: InvitationEvent | undefined): object {
  if (accepted?.type !== 'InvitationAccepted') return {};
  const { invitationId, publisherId, tenantId } = accepted.data;
  return { invitationId, publisherId, tenantId };
}
