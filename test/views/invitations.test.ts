import { event, type EventData } from '#lib/engine/model/message.js';
import { DealDeclined } from '#lib/domain/deal/messages.js';
import {
  CustomerInvited,
  InvitationAccepted,
  InvitationDeclined,
  InvitationExpired,
  InvitationRevoked,
} from '#lib/domain/invitation/messages.js';
import { DealAttachedToRelationship } from '#lib/domain/relationship/messages.js';
import { customers, CustomersOfPublisher } from '#lib/views/customers.js';
import { DealById, dealProgress } from '#lib/views/deal-progress.js';
import { invitations, InvitationsOfDeal, OpenInvitation } from '#lib/views/invitations.js';
import {
  complete as dealForm,
  contoso,
  established,
  northwind,
  publisherId,
  registered,
  terminated,
} from '../domain/deal/fixtures.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { noon, recorded } from '../support/given.js';
import { enrolled, live, offer } from '../support/offers.js';
import { settings } from '../support/settings.js';

const dealId = 'deal-1';
const ids = { publisherId, dealId };
const tokenHash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const invited = (invitationId: string, expiresAt: string) =>
  event(CustomerInvited, { ...ids, invitationId, tokenHash, expiresAt });
const consent = { tenantId: contoso, organizationName: 'Contoso', country: 'US' };
const accepted = (invitationId: string) =>
  event(InvitationAccepted, { ...ids, invitationId, ...consent, consentVersion: '1', consentHash: 'hash' });

const later = '2026-03-01T12:00:00.001Z';
const tokenOf = (invitationId: string) => `${invitationId}.${settings.invitationSecret(invitationId)}`;

const nobody = { acceptedAt: null, tenantId: null, organizationName: null, country: null };
const log = [
  ...recorded(`deal-${dealId}`, registered()),
  ...recorded('invitation-i1', [invited('i1', '2026-03-01T12:00:00.001Z'), accepted('i1')]),
  ...recorded('invitation-i2', [invited('i2', noon)]),
  ...recorded('invitation-i3', [invited('i3', '2026-03-01T12:00:00.001Z')]),
];

describe('invitations of a deal', () => {
  it('R61 are pending until the instant of their expiry, expired from it on, or accepted', () => {
    const rows = asking([invitations, dealProgress], log).list(InvitationsOfDeal, { dealId });
    const invitedAt = '2026-03-01T11:59:59.000Z';
    const expiresAt = '2026-03-01T12:00:00.001Z';
    expect(rows).toEqual([
      { invitationId: 'i3', dealId, status: 'pending', invitedAt, expiresAt, ...nobody, revision: 0 },
      { invitationId: 'i2', dealId, status: 'expired', invitedAt, expiresAt: noon, ...nobody, revision: 0 },
      {
        invitationId: 'i1',
        dealId,
        status: 'accepted',
        invitedAt: '2026-03-01T11:59:58.000Z',
        expiresAt,
        acceptedAt: invitedAt,
        ...consent,
        revision: 1,
      },
    ]);
  });

  it('R61 hold neither a token nor its hash', () => {
    for (const view of [invitations, dealProgress]) {
      const documents = view.projection ? fold(view.projection, log) : {};
      expect(JSON.stringify(documents)).not.toContain(tokenHash);
    }
  });

  it("are the deal's publisher's to see; a deal without any shows none", () => {
    const as = (caller: object, of = dealId) =>
      asking([invitations, dealProgress], log, caller).list(InvitationsOfDeal, { dealId: of });
    expect(as({ publisherId })).toHaveLength(3);
    expect(as({ publisherId: 'contoso' })).toBeNull();
    expect(as({ publisherId }, 'deal-2')).toBeNull();
    const bare = asking([invitations, dealProgress], recorded(`deal-${dealId}`, registered()), { publisherId });
    expect(bare.list(InvitationsOfDeal, { dealId })).toEqual([]);
  });
});

describe('the ends of an invitation', () => {
  const ends = { declined: InvitationDeclined, revoked: InvitationRevoked, expired: InvitationExpired };

  it.each(Object.entries(ends))('R61 %s is shown, and the deal invites again', (status, endClass) => {
    const end = event(endClass, { ...ids, invitationId: 'i1' });
    const history = [
      ...recorded(`deal-${dealId}`, registered()),
      ...recorded('invitation-i1', [invited('i1', later), end]),
    ];
    const world = asking([invitations, dealProgress], history);
    expect(world.list(InvitationsOfDeal, { dealId })).toMatchObject([{ status, acceptedAt: null, revision: 1 }]);
    expect(world.one(DealById, { dealId })).toMatchObject({ nextStep: 'invite' });
    const afterwards = asking([invitations, dealProgress], history, { publisherId }, { now: later });
    expect(afterwards.list(InvitationsOfDeal, { dealId })).toMatchObject([{ status }]);
    const another = [...history, ...recorded('invitation-i2', [invited('i2', later)])];
    expect(asking([dealProgress], another).one(DealById, { dealId })).toMatchObject({ nextStep: 'awaiting consent' });
  });
});

describe('an invitation that is opened', () => {
  const streams: Readonly<Record<string, readonly EventData[]>> = {
    'publisher-fabrikam': [enrolled],
    [`offer-${offer}`]: live,
    [`deal-${dealId}`]: registered(),
    'invitation-i1': [invited('i1', later)],
  };
  const open = (more: typeof streams = {}, { token = tokenOf('i1'), now = noon } = {}) =>
    asking(
      [invitations, dealProgress],
      Object.entries({ ...streams, ...more }).flatMap(([stream, events]) => recorded(stream, events)),
      { tenantId: contoso },
      { now },
    ).one(OpenInvitation, { token });
  const opened = {
    invitationId: 'i1',
    publisherId,
    publisherName: 'Fabrikam, Inc.',
    offerName: 'Fabrikam 365',
    expiresAt: later,
    consent: { version: settings.consent.version, text: settings.consent.text },
    revision: 0,
  };

  it('R60 R62 shows who asks, for which offer, and what consent allows', () => expect(open()).toEqual(opened));

  it('shows no name of an offer that the deal does not name', () => {
    const bare = registered({ ...dealForm, offer: null });
    expect(open({ [`deal-${dealId}`]: bare })).toEqual({ ...opened, offerName: null });
  });

  it('R61 can be opened until the instant of its expiry, and not at it', () => {
    expect(open({}, { now: '2026-03-01T12:00:00.000Z' })).toEqual(opened);
    expect(open({}, { now: later })).toBeNull();
    expect(open({}, { now: '2026-03-01T12:00:00.002Z' })).toBeNull();
  });

  it('R61 is not there for a wrong token, nor once it has ended, all alike', () => {
    const ended = [
      accepted('i1'),
      ...[InvitationDeclined, InvitationRevoked, InvitationExpired].map((end) =>
        event(end, { ...ids, invitationId: 'i1' }),
      ),
    ];
    for (const end of ended) expect(open({ 'invitation-i1': [invited('i1', later), end] })).toBeNull();
    for (const token of [
      '',
      'i1',
      'i1.',
      `${tokenOf('i1')}x`,
      `i1.${settings.invitationSecret('i2')}`,
      tokenOf('i2'),
    ]) {
      expect(open({}, { token })).toBeNull();
    }
  });

  it('stays open when the deal is declined', () => {
    const declined = event(DealDeclined, { ...ids, reason: 'No.' });
    expect(open({ [`deal-${dealId}`]: [...registered(), declined] })).toEqual(opened);
  });
});

describe('customers', () => {
  const list = (relationships: Readonly<Record<string, readonly EventData[]>>) => {
    const events = Object.entries(relationships).flatMap(([tenantId, history]) =>
      recorded(`relationship-${publisherId}.${tenantId}`, history),
    );
    return asking([customers], events, { publisherId }).list(CustomersOfPublisher, { publisherId });
  };
  const row = { organizationName: 'Contoso', country: 'US', since: '2026-03-01T11:59:59.000Z' };

  it('R58 are those with an established relationship to this publisher, and no others', () => {
    const others = established('8c2d1f3a-0000-4000-8000-00000000dead');
    expect(
      list({
        [contoso]: [established()],
        [northwind]: [established(northwind), terminated(northwind)],
        [others.data.tenantId]: [{ ...others, data: { ...others.data, publisherId: 'adatum' } }],
      }),
    ).toEqual([{ ...row, tenantId: contoso, revision: 0 }]);
  });

  it('show the revision of their relationship, also when a deal got licenses', () => {
    const attached = event(DealAttachedToRelationship, { publisherId, tenantId: contoso, dealId });
    expect(list({ [contoso]: [established(), attached] })).toEqual([
      { ...row, since: '2026-03-01T11:59:58.000Z', tenantId: contoso, revision: 1 },
    ]);
  });

  it('R94 come back with a new acceptance', () => {
    expect(list({ [contoso]: [established(), terminated(), established()] })).toEqual([
      { ...row, tenantId: contoso, revision: 2 },
    ]);
  });
});
