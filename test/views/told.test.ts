import type { Owner } from '#lib/engine/model/aggregate.js';
import { event } from '#lib/engine/model/message.js';
import { LicensesActivated } from '#lib/domain/deal/messages.js';
import { streams } from '#lib/domain/ids.js';
import { CustomerInvited, InvitationAccepted, InvitationRevoked } from '#lib/domain/invitation/messages.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { DealAttachedToRelationship } from '#lib/domain/relationship/messages.js';
import type { Story } from '#lib/views/explained-events.js';
import {
  ExplainCustomersLicenseCount,
  ExplainLicenseCount,
  ExplainSeat,
  type SeatExplanation,
} from '#lib/views/explanations.js';
import { views } from '#lib/views/views.js';
import { activated, attached, lineIds, registered } from '../domain/deal/fixtures.js';
import { in90Days, resized, tenantId } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { logged, type Appended } from './logged.js';
import { left, licenses, noSeat, offer, onSale, related, seat, service } from './sold.js';

const publisherId = 'fabrikam';
const serviceId = service('gold');
const gold = streams.seatPool(tenantId, serviceId);
const relationship = streams.relationship(publisherId, tenantId);
const invitation = (invitationId: string, dealId = 'deal-1') => ({ publisherId, dealId, invitationId });
const invited = (id: string, dealId?: string) =>
  event(CustomerInvited, { ...invitation(id, dealId), tokenHash: 'hash', expiresAt: in90Days });
const accepted = (id: string, by = tenantId) =>
  event(InvitationAccepted, {
    ...invitation(id),
    ...{ tenantId: by, organizationName: 'Contoso', country: 'DE', consentVersion: '1', consentHash: 'hash' },
  });

/** A deal whose first invitation was revoked, and all that a customer's gold licenses and a seat of them rest on. */
const log: readonly Appended[] = [
  [streams.offer(offer), ...onSale],
  [streams.deal('deal-1'), ...registered()],
  [streams.invitation('invitation-0'), invited('invitation-0'), event(InvitationRevoked, invitation('invitation-0'))],
  [streams.invitation('invitation-1'), invited('invitation-1'), accepted('invitation-1')],
  [streams.invitation('invitation-9'), invited('invitation-9', 'deal-9')],
  [relationship, related, event(DealAttachedToRelationship, { publisherId, tenantId, dealId: 'deal-1' })],
  [streams.deal('deal-1'), attached(tenantId), activated('gold', 2), activated('silver', 5)],
  [gold, licenses('gold', 0, 2), seat('gold', 'ann'), seat('gold', 'bob')],
  [streams.seatPool(tenantId, service('silver')), licenses('silver', 0, 5)],
];
const erased: Appended = [
  streams.person(tenantId, 'ann'),
  event(PersonErased, { personId: 'ann', publisherId: null, tenantId }),
];
const asked = { publisherId, tenantId, serviceId };
const told = (story: unknown) => (story as Story).steps.map(({ reference }) => reference);
const count = (more: readonly Appended[] = [], caller?: Owner) =>
  told(asking(views, logged([...log, ...more]), caller).one(ExplainLicenseCount, asked));
const seatOf = (personId: string, more: readonly Appended[] = [], caller?: Owner) =>
  asking(views, logged([...log, ...more]), caller).one(ExplainSeat, { ...asked, personId }) as SeatExplanation;

const ofDeal = ['deal-deal-1@0', 'deal-deal-1@1'];
const ofInvitations = ['invitation-0@0', 'invitation-0@1', 'invitation-1@0', 'invitation-1@1'].map(
  (id) => `invitation-${id}`,
);
const ofLicenses = ['deal-deal-1@2', 'deal-deal-1@3'];

describe('what an explanation of licenses is made of', () => {
  it('R88 the deal, its invitations, the consent, the plan’s own lines, and the pool without its seats', () => {
    expect(count()).toEqual([...ofDeal, ...ofInvitations, `${relationship}@0`, ...ofLicenses, `${gold}@0`]);
  });

  it('R88 that the relationship ended, and of another deal that gave licenses, its own', () => {
    const second = event(LicensesActivated, { ...lineIds('gold', 'deal-2'), count: 3 });
    const more: readonly Appended[] = [
      [relationship, left],
      [streams.deal('deal-2'), ...registered(undefined, 'deal-2'), second],
      [gold, resized(2, 5, 1, 'deal-2', 3)],
    ];
    expect(count(more).slice(-6)).toEqual([
      `${gold}@0`,
      `${relationship}@2`,
      ...['deal-deal-2@0', 'deal-deal-2@1', 'deal-deal-2@2'],
      `${gold}@3`,
    ]);
  });

  it('R88 the invitation that was accepted, also where it was to a deal that gave none of these licenses', () => {
    const [offered, ...rest] = log.filter(([stream]) => !stream.startsWith('invitation-'));
    const elsewhere = invited('invitation-1', 'deal-9');
    const story = asking(
      views,
      logged([offered, [streams.invitation('invitation-1'), elsewhere], ...rest] as Appended[]),
    );
    expect(told(story.one(ExplainLicenseCount, asked))).toContain('invitation-invitation-1@0');
  });

  it('nothing, where there is no such pool, and of another publisher’s plan', () => {
    const { one } = asking(views, logged(log), { publisherId });
    expect(one(ExplainLicenseCount, { ...asked, serviceId: service('bronze') })).toBeNull();
    expect(one(ExplainSeat, { ...asked, serviceId: service('bronze'), personId: 'ann' })).toBeNull();
    expect(one(ExplainCustomersLicenseCount, { ...asked, publisherId: 'contoso' })).toBeNull();
    expect(one(ExplainCustomersLicenseCount, { ...asked, serviceId: service('bronze') })).toBeNull();
    expect(told(one(ExplainCustomersLicenseCount, asked))).toEqual(count());
  });
});

describe('what an explanation of a seat is made of', () => {
  it('R88 all that the licenses rest on, and what befell the person', () => {
    expect(seatOf('ann').steps.map(({ reference }) => reference)).toEqual([...count(), `${gold}@1`]);
    expect(told(seatOf('ann', [[gold, noSeat('gold', 'bob'), noSeat('gold', 'ann')], erased])).slice(-3)).toEqual([
      `${gold}@1`,
      `${gold}@4`,
      `person-${tenantId}.ann@0`,
    ]);
    expect(told(seatOf('eve'))).toEqual(count());
  });

  it('R88 whether they hold it', () => {
    const back: Appended = [gold, noSeat('gold', 'ann')];
    expect(
      [seatOf('ann'), seatOf('bob', [back]), seatOf('ann', [back]), seatOf('eve')].map(({ held }) => held),
    ).toEqual([true, true, false, false]);
    expect(seatOf('ann', [[gold, licenses('gold', 2, 3)]]).held).toBe(true);
    expect(seatOf('ann', [back]).count).toMatchObject({ serviceId, total: 2, seats: 1 });
  });
});

describe('who is told what', () => {
  it('R83 a publisher everything but persons, and who they are', () => {
    expect(told(seatOf('ann', [erased]))).toEqual([...count(), `${gold}@1`, `person-${tenantId}.ann@0`]);
    expect(told(seatOf('ann', [erased], { publisherId }))).toEqual(count());
    expect(told(seatOf('ann', [[gold, noSeat('gold', 'ann')]], { publisherId }))).toEqual(count());
  });

  it('a customer its licenses and its consent, not what publisher and marketplace settled', () => {
    const ours = ['invitation-invitation-1@1', `${relationship}@0`, ...ofLicenses, `${gold}@0`];
    expect(count([], { tenantId })).toEqual(ours);
    expect(told(seatOf('ann', [], { tenantId }))).toEqual([...ours, `${gold}@1`]);
    const another = accepted('invitation-2', '00000000-0000-4000-8000-000000000000');
    const more: Appended = [streams.invitation('invitation-2'), invited('invitation-2'), another];
    expect(count([more], { tenantId })).toEqual(ours);
    expect(count([more])).toContain('invitation-invitation-2@1');
  });
});
