import { event, type EventData } from '#lib/engine/model/message.js';
import { DealApproved, DealDeclined } from '#lib/domain/deal/messages.js';
import { invitation } from '#lib/domain/invitation/decider.js';
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
} from '#lib/domain/invitation/messages.js';
import { given, recorded } from '../../support/given.js';
import { settings } from '../../support/settings.js';
import {
  complete,
  contoso,
  inOrder,
  northwind,
  offer,
  offerInDraft,
  publisherId,
  registered,
  started,
} from '../deal/fixtures.js';

const dealId = 'deal-1';
const invitationId = 'id-of-invitation';
const secret = settings.invitationSecret(invitationId);
const in90Days = '2026-05-30T12:00:00.000Z';
const invited = event(CustomerInvited, {
  publisherId,
  dealId,
  invitationId,
  tokenHash: settings.hashSecret(secret),
  expiresAt: in90Days,
});

const invite = (deal: readonly EventData[], streams: Record<string, readonly EventData[]> = {}) =>
  given(invitation, [], { streams: { ...inOrder, [`deal-${dealId}`]: deal, ...streams } }).when(InviteCustomer, {
    dealId,
  });

describe('InviteCustomer', () => {
  it('R61 makes an invitation that is valid for 90 days and holds only the hash of its secret', () => {
    const { stream, then } = invite(registered());
    then(invited);
    expect(stream).toBe(`invitation-${invitationId}`);
    expect(JSON.stringify(invited)).not.toContain(secret);
  });

  it('R61 answers the link, the same one each time', () => {
    const handles = invitation.handles.find(({ command }) => command === InviteCustomer);
    const answer = () => handles?.answer?.(recorded(`invitation-${invitationId}`, [invited]), { dealId }, settings);
    expect(answer()).toEqual({
      invitationId,
      link: `https://console.example/invitations/${invitationId}.${secret}`,
      expiresAt: in90Days,
    });
    expect(answer()).toEqual(answer());
  });

  it('needs a registered deal that is not declined', () => {
    invite([started(complete)]).refused({ code: 'DEAL_NOT_REGISTERED', pointer: null });
    invite([...registered(), event(DealDeclined, { publisherId, dealId, reason: 'x' })]).refused({
      code: 'DEAL_CLOSED',
      pointer: null,
    });
    invite([...registered(), event(DealApproved, { publisherId, dealId })]).then(invited);
  });

  it('R55 refuses to invite for a deal that is not eligible', () => {
    invite(registered(), { [`offer-${offer}`]: offerInDraft }).refused({ code: 'DEAL_NOT_ELIGIBLE', pointer: null });
  });
});

interface Acceptance {
  readonly role?: string;
  readonly tenantId?: string;
  readonly now?: string;
  readonly body?: Partial<AcceptInvitation>;
}

function accept(
  history: readonly EventData[],
  { role = 'customer.billingAdmin', tenantId, now, body }: Acceptance = {},
) {
  return given(invitation, history, {
    actor: { kind: 'user', id: 'ann', role, personId: 'ann' },
    caller: { tenantId: tenantId ?? contoso },
    now: now ?? '2026-03-02T12:00:00.000Z',
  }).when(AcceptInvitation, {
    token: `${invitationId}.${secret}`,
    organizationName: 'Contoso',
    country: 'US',
    ...body,
  });
}

const accepted = (tenantId = contoso, organizationName = 'Contoso') =>
  event(InvitationAccepted, {
    publisherId,
    dealId,
    invitationId,
    tenantId,
    organizationName,
    country: 'US',
    consentVersion: '1',
    consentHash: settings.consent.sha256,
  });
const declined = event(InvitationDeclined, { publisherId, dealId, invitationId });
const revoked = event(InvitationRevoked, { publisherId, dealId, invitationId });
const expired = event(InvitationExpired, { publisherId, dealId, invitationId });
const notValid = { code: 'INVITATION_NOT_VALID', pointer: '/token' };

describe('AcceptInvitation', () => {
  it('R57, E12 refuses a license admin and others, and accepts a billing admin and a global admin', () => {
    for (const role of ['customer.licenseAdmin', 'customer.userAdmin', 'publisher.owner', 'system']) {
      accept([invited], { role }).refused({ code: 'CONSENT_NOT_ALLOWED', pointer: null });
    }
    for (const role of ['customer.billingAdmin', 'customer.globalAdmin']) accept([invited], { role }).then(accepted());
  });

  it('R57 R60 refuses an admin whose credentials name no tenant', () => {
    const nobodys = given(invitation, [invited], {
      actor: { kind: 'user', id: 'ann', role: 'customer.globalAdmin', personId: 'ann' },
      caller: {},
    });
    const token = `${invitationId}.${secret}`;
    const refusal = { code: 'CONSENT_NOT_ALLOWED', pointer: null };
    nobodys.when(AcceptInvitation, { token, organizationName: 'Contoso', country: 'US' }).refused(refusal);
    nobodys.when(DeclineInvitation, { token }).refused(refusal);
  });

  it("R60 R62 takes the tenant from the caller's credentials, and names the text that was accepted", () => {
    accept([invited], { tenantId: northwind }).then(accepted(northwind));
  });

  it('R61 accepts it until the instant of its expiry, and refuses it at that instant', () => {
    accept([invited], { now: '2026-05-30T11:59:59.999Z' }).then(accepted());
    accept([invited], { now: in90Days }).refused(notValid);
  });

  it('R61 refuses one that is unknown, used, declined, revoked, expired, or sent with a wrong secret, all alike', () => {
    const refusals = [
      accept([]),
      ...[accepted(), declined, revoked, expired].map((end) => accept([invited, end])),
      accept([invited], { now: in90Days }),
      ...['wrong', '', `${secret}.`, secret.slice(1)].map((wrong) =>
        accept([invited], { body: { token: `${invitationId}.${wrong}` } }),
      ),
    ].map(({ decided }) => decided);
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    expect(refusals[0]).toMatchObject({ rejected: [notValid] });
  });

  it('R61 looks up no token that cannot be one', () => {
    const handles = invitation.handles.find(({ command }) => command === AcceptInvitation);
    const streamOf = (token: string) => handles?.stream({ token }, { newId: String, caller: {} });
    expect(streamOf(`${invitationId.replaceAll('-', '_')}.x`)).toBe('invitation-id_of_invitation');
    expect(streamOf(`${'a'.repeat(64)}.x`)).toBe(`invitation-${'a'.repeat(64)}`);
    for (const token of ['', '.', 'no dot', '../x.y', `${'a'.repeat(65)}.x`, 'ÅÄÖ.x']) {
      expect(streamOf(token)).toBe('invitation-none');
    }
  });

  it('R60 accepts a name of 1 and 200 characters, and refuses 0 and 201 and what is no country', () => {
    for (const organizationName of ['C', '🏭'.repeat(200)]) {
      accept([invited], { body: { organizationName } }).then(accepted(contoso, organizationName));
    }
    accept([invited], { body: { organizationName: '', country: 'usa' } }).refused(
      { code: 'CUSTOMER_NAME_INVALID', pointer: '/organizationName' },
      { code: 'CUSTOMER_COUNTRY_INVALID', pointer: '/country' },
    );
    accept([invited], { body: { organizationName: 'x'.repeat(201), token: 'x' } }).refused(notValid, {
      code: 'CUSTOMER_NAME_INVALID',
      pointer: '/organizationName',
    });
  });
});

const justBefore = '2026-05-30T11:59:59.999Z';
const justAfter = '2026-05-30T12:00:00.001Z';

describe('DeclineInvitation', () => {
  const decline = (
    history: readonly EventData[],
    { role = 'customer.billingAdmin', now = justBefore, wrong = '' } = {},
  ) =>
    given(invitation, history, {
      actor: { kind: 'user', id: 'ann', role, personId: 'ann' },
      caller: { tenantId: contoso },
      now,
    }).when(DeclineInvitation, { token: `${invitationId}.${secret}${wrong}` });

  it('R60 R61 accepts declining until the instant of expiry, without naming the tenant, and refuses it then', () => {
    decline([invited]).then(declined);
    expect(JSON.stringify(declined)).not.toContain(contoso);
    for (const now of [in90Days, justAfter]) decline([invited], { now }).refused(notValid);
  });

  it('R57 accepts declining by a global admin, and refuses a license admin and a publisher', () => {
    decline([invited], { role: 'customer.globalAdmin' }).then(declined);
    for (const role of ['customer.licenseAdmin', 'publisher.owner']) {
      decline([invited], { role }).refused({ code: 'CONSENT_NOT_ALLOWED', pointer: null });
    }
  });

  it('R61 refuses one that is unknown, ended, or sent with a wrong secret like an acceptance of it', () => {
    const refusals = [
      decline([]),
      ...[accepted(), declined, revoked, expired].map((end) => decline([invited, end])),
      decline([invited], { wrong: 'x' }),
      accept([]),
    ];
    expect(new Set(refusals.map(({ decided }) => JSON.stringify(decided))).size).toBe(1);
    refusals[0]?.refused(notValid);
  });
});

describe('RevokeInvitation', () => {
  const revoke = (history: readonly EventData[], now = justBefore) =>
    given(invitation, history, { now }).when(RevokeInvitation, { invitationId });

  it('R61 accepts revoking a pending one until the instant of its expiry, and refuses it then', () => {
    revoke([invited]).then(revoked);
    for (const now of [in90Days, justAfter]) {
      revoke([invited], now).refused({ code: 'INVITATION_NOT_PENDING', pointer: null });
    }
  });

  it.each([
    ['accepted', [invited, accepted()], justBefore],
    ['declined', [invited, declined], justBefore],
    ['expired', [invited, expired], justBefore],
    ['expired', [invited], in90Days],
  ])('R61 refuses to revoke one that is %s, and says so', (became, history, now) => {
    expect(revoke(history, now).decided).toEqual({
      rejected: [{ code: 'INVITATION_NOT_PENDING', detail: `The invitation is ${became}.`, pointer: null }],
    });
  });

  it('changes nothing when repeated, or where there is nothing', () => {
    revoke([invited, revoked]).then();
    revoke([]).then();
  });
});

describe('ExpireInvitation', () => {
  const expire = (history: readonly EventData[], now: string) =>
    given(invitation, history, { now }).when(ExpireInvitation, { invitationId });

  it('R61 expires a pending one at its deadline and after it, not 1 ms before', () => {
    expire([invited], justBefore).then();
    for (const now of [in90Days, justAfter]) expire([invited], now).then(expired);
  });

  it('leaves what has ended as it is', () => {
    for (const end of [accepted(), declined, revoked, expired]) expire([invited, end], justAfter).then();
    expire([], justAfter).then();
  });

  it('has no route: only the timer issues it', () => expect(ExpireInvitation).not.toHaveProperty('http'));
});

describe('an invitation', () => {
  const ownerOf = (command: unknown, deal: object) =>
    invitation.handles.find((handles) => handles.command === command)?.owner?.({ status: 'none' }, {}, { deal });

  it("R60 is made by the deal's publisher: to others, and without a deal, there is nothing to invite to", () => {
    expect(ownerOf(InviteCustomer, { status: 'Submitted', publisherId })).toEqual({ publisherId });
    expect(ownerOf(InviteCustomer, { status: 'none' })).toBeNull();
    invite([]).then();
  });

  it('R61 is for whoever has the link and the role', () => {
    for (const command of [AcceptInvitation, DeclineInvitation]) {
      expect(ownerOf(command, { status: 'none' })).toEqual({ installation: true });
    }
  });
});
