import { event, type EventData } from '#lib/engine/model/message.js';
import { LicensesDeactivated } from '#lib/domain/deal/messages.js';
import { CustomerInvited, InvitationAccepted } from '#lib/domain/invitation/messages.js';
import { relationship } from '#lib/domain/relationship/decider.js';
import {
  AttachDealToRelationship,
  CustomerRelationshipEstablished,
  CustomerRelationshipTerminated,
  DealAttachedToRelationship,
  EstablishRelationship,
  TerminateRelationship,
} from '#lib/domain/relationship/messages.js';
import { consent } from '#lib/processes/consent.js';
import { given, recorded } from '../../support/given.js';
import { activated, attached, lineIds, registered } from '../deal/fixtures.js';

const ids = { publisherId: 'fabrikam', tenantId: '8c2d1f3a-0000-4000-8000-00000000c0de' };
const agreed = {
  ...ids,
  organizationName: 'Contoso',
  country: 'US',
  invitationId: 'invitation-1',
  consentVersion: '1',
  consentHash: 'hash',
};
const established = event(CustomerRelationshipEstablished, agreed);
const terminated = event(CustomerRelationshipTerminated, ids);
const establish = (history: readonly EventData[], acceptedAt = '2026-03-01T12:00:00.000Z') =>
  given(relationship, history).when(EstablishRelationship, { ...agreed, acceptedAt });

describe('EstablishRelationship', () => {
  it('R56, R62 establishes what the customer agreed to', () => establish([]).then(established));

  it('R59 establishes nothing twice', () => establish([established]).then());

  it('R94 establishes again what was terminated before the new acceptance', () => {
    establish([established, terminated]).then(established);
  });

  it('leaves terminated what the customer ended at or after the acceptance', () => {
    establish([established, terminated], '2026-03-01T11:59:59.000Z').then();
    establish([established, terminated], '2026-03-01T11:59:59.001Z').then(established);
  });

  it('has no route: only the process issues it', () => expect(EstablishRelationship).not.toHaveProperty('http'));
});

const deal = (dealId: string) => event(DealAttachedToRelationship, { ...ids, dealId });

describe('AttachDealToRelationship', () => {
  const attach = (history: readonly EventData[]) =>
    given(relationship, history).when(AttachDealToRelationship, { ...ids, dealId: 'deal-1' });

  it('R94 remembers a deal once, also on a terminated relationship', () => {
    attach([established]).then(deal('deal-1'));
    attach([established, deal('deal-2')]).then(deal('deal-1'));
    attach([established, terminated]).then(deal('deal-1'));
    attach([established, deal('deal-1')]).then();
    attach([established, deal('deal-1'), terminated, established]).then();
    attach([]).then();
  });

  it('has no route: only the process issues it', () => expect(AttachDealToRelationship).not.toHaveProperty('http'));
});

describe('TerminateRelationship', () => {
  const licensed = [...registered(), attached(ids.tenantId), activated('gold', 30), activated('silver', 1)];
  const without = (planId: string) => event(LicensesDeactivated, { ...lineIds(planId), from: 1 });
  const terminate = (history: readonly EventData[], deals: Readonly<Record<string, readonly EventData[]>> = {}) =>
    given(relationship, history, {
      streams: Object.fromEntries(Object.entries(deals).map(([id, events]) => [`deal-${id}`, events])),
    }).when(TerminateRelationship, ids);
  const hasLicenses = { code: 'RELATIONSHIP_HAS_LICENSES', pointer: null };

  it('R94 accepts ending a relationship of which no deal has active lines', () => {
    terminate([established]).then(terminated);
    terminate([established, deal('deal-1')], { 'deal-1': [...licensed, without('gold'), without('silver')] }).then(
      terminated,
    );
  });

  it('R94 refuses to end it as long as a single line of any deal is active', () => {
    terminate([established, deal('deal-1')], { 'deal-1': licensed }).refused(hasLicenses);
    terminate([established, deal('deal-1')], { 'deal-1': [...licensed, without('gold')] }).refused(hasLicenses);
    terminate([established, deal('deal-1'), deal('deal-2')], {
      'deal-1': [...licensed, without('gold'), without('silver')],
      'deal-2': licensed,
    }).refused(hasLicenses);
  });

  it('R94 counts the deals from before an earlier termination', () => {
    const again = [established, deal('deal-1'), terminated, established];
    terminate(again, { 'deal-1': licensed }).refused(hasLicenses);
    terminate(again).then(terminated);
  });

  it('changes nothing when repeated, nor where there is none', () => {
    terminate([established, terminated]).then();
    terminate([]).then();
  });

  it("is each party's to end", () => {
    const [state] = recorded('relationship-x', [established]).map((past) =>
      relationship.evolve(relationship.initial(), past),
    );
    expect(state && relationship.owner(state)).toEqual(ids);
    expect(relationship.owner(relationship.initial())).toBeNull();
  });
});

describe('the process consent', () => {
  const accepted = event(InvitationAccepted, { ...agreed, dealId: 'deal-1' });

  it('R56 lets nothing but an acceptance establish a relationship', () => {
    expect(Object.keys(consent.on)).toEqual([InvitationAccepted.type]);
    expect(CustomerInvited.type in consent.on).toBe(false);
  });

  it('R59 establishes it with what was accepted, and when', () => {
    const reactions = recorded('invitation-1', [accepted]).map((happened) =>
      consent.on.InvitationAccepted?.({ ...happened, ...accepted }),
    );
    expect(reactions).toEqual([
      [{ issue: EstablishRelationship, input: { ...agreed, acceptedAt: '2026-03-01T11:59:59.000Z' } }],
    ]);
  });
});
