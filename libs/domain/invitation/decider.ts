import { handling, type Decider, type Owner } from '#lib/engine/model/aggregate.js';
import type { Actor, Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import { isCountry } from '../countries.js';
import { deal } from '../deal/decider.js';
import { eligibilityFault, offerFact } from '../deal/offer-facts.js';
import { refuse as refuseDeal } from '../deal/refusals.js';
import { codePoints, streams } from '../ids.js';
import { later } from '#lib/engine/model/instants.js';
import { consentRoles } from '../roles.js';
import type { Settings } from '../settings.js';
import {
  AcceptInvitation,
  CustomerInvited,
  DeclineInvitation,
  ExpireInvitation,
  InvitationAccepted,
  InvitationDeclined,
  InvitationExpired,
  InvitationRevoked,
  InviteCustomer,
  RevokeInvitation,
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
  | (Invitation & { readonly status: 'accepted' | 'declined' | 'revoked' | 'expired' });
type Pending = Extract<InvitationState, { status: 'pending' }>;

function evolve(_state: InvitationState, { type, data }: Recorded<InvitationEvent>): InvitationState {
  const { publisherId, dealId, invitationId } = data;
  switch (type) {
    case 'CustomerInvited': {
      const { tokenHash, expiresAt } = data;
      return { status: 'pending', publisherId, dealId, invitationId, tokenHash, expiresAt };
    }
    case 'InvitationAccepted':
      return { status: 'accepted', publisherId, dealId, invitationId };
    case 'InvitationDeclined':
      return { status: 'declined', publisherId, dealId, invitationId };
    case 'InvitationRevoked':
      return { status: 'revoked', publisherId, dealId, invitationId };
    case 'InvitationExpired':
      return { status: 'expired', publisherId, dealId, invitationId };
  }
}

const handle = handling<InvitationState, InvitationEvent, Settings>();

/** What whoever has the link may ask for: an unknown invitation is refused like an expired one, not by a 404 (R61). */
const byToken = { creates: true, owner: (): Owner => ({ installation: true }) } as const;

function streamOf({ token }: { readonly token: string }): string {
  return streams.invitation(parseToken(token)?.invitationId ?? 'none');
}

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
        const expiresAt = later(now, settings.invitationValidMs);
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
      ...byToken,
      stream: (command) => streamOf(command),
      decide(state, { token, organizationName, country }, { now, actor, caller, settings }) {
        const tenantId = consentingTenant(actor, caller);
        if (tenantId === null) return { rejected: [notAllowed(actor)] };
        const pending = pendingFor(state, token, now, settings);
        const faults = customerFaults(organizationName, country);
        if (pending === null) return { rejected: [notValid(), ...faults] };
        const { version: consentVersion, sha256: consentHash } = settings.consent;
        const consent = { tenantId, organizationName, country, consentVersion, consentHash };
        return reject(faults) ?? [event(InvitationAccepted, { ...idsOf(pending), ...consent })];
      },
      answer: ([accepted]) => acceptedOf(accepted),
    }),
    handle({
      command: DeclineInvitation,
      ...byToken,
      stream: (command) => streamOf(command),
      decide(state, { token }, { now, actor, caller, settings }) {
        if (consentingTenant(actor, caller) === null) return { rejected: [notAllowed(actor)] };
        const pending = pendingFor(state, token, now, settings);
        return pending === null ? { rejected: [notValid()] } : [event(InvitationDeclined, idsOf(pending))];
      },
    }),
    handle({
      command: RevokeInvitation,
      stream: ({ invitationId }) => streams.invitation(invitationId),
      decide(state, _command, { now }) {
        if (state.status === 'none' || state.status === 'revoked') return [];
        const pending = pendingAt(state, now);
        if (pending !== null) return [event(InvitationRevoked, idsOf(pending))];
        // Past its deadline it has expired, whether that is written down yet or not.
        const became = state.status === 'pending' ? 'expired' : state.status;
        return { rejected: [refuse('INVITATION_NOT_PENDING', `The invitation is ${became}.`)] };
      },
    }),
    handle({
      command: ExpireInvitation,
      stream: ({ invitationId }) => streams.invitation(invitationId),
      decide: (state, _command, { now }) =>
        state.status === 'pending' && pendingAt(state, now) === null ? [event(InvitationExpired, idsOf(state))] : [],
    }),
  ],
};

/** Null: it cannot be acted upon. Its deadline is reached at now ≥ due, whether the timer has come to it or not. */
function pendingAt(state: InvitationState, now: string): Pending | null {
  return state.status === 'pending' && now < state.expiresAt ? state : null;
}

/** The invitation that a token opens; null for one that is unknown, ended, or sent with a wrong secret, all alike (R61). */
function pendingFor(state: InvitationState, token: string, now: string, { hashSecret }: Settings): Pending | null {
  const pending = pendingAt(state, now);
  return hashSecret(parseToken(token)?.secret ?? '') === pending?.tokenHash ? pending : null;
}

/** R57: the customer for which the caller may act, as the credentials say; null: for none. */
function consentingTenant({ role }: Actor, { tenantId }: Owner): string | null {
  return consentRoles.some((allowed) => allowed === role) ? (tenantId ?? null) : null;
}

function notAllowed({ role }: Actor): Refusal {
  return refuse('CONSENT_NOT_ALLOWED', `The role is ${role}.`);
}

/** R60: what the customer says of itself. */
function customerFaults(organizationName: string, country: string): Refusal[] {
  const length = codePoints(organizationName);
  return [
    (length < 1 || length > 200) &&
      refuse('CUSTOMER_NAME_INVALID', `The name has ${length} characters.`, '/organizationName'),
    !isCountry(country) && refuse('CUSTOMER_COUNTRY_INVALID', 'This is not a country code.', '/country'),
  ].filter((fault) => fault !== false);
}

function notValid(): Refusal {
  return refuse('INVITATION_NOT_VALID', 'There is no such invitation, or it has ended.', '/token');
}

function idsOf({ publisherId, dealId, invitationId }: Invitation): Invitation {
  return { publisherId, dealId, invitationId };
}

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
