import { event, type EventData } from '#lib/engine/model/message.js';
import { CustomerInvited, InvitationAccepted } from '#lib/domain/invitation/messages.js';
import { relationship } from '#lib/domain/relationship/decider.js';
import {
  CustomerRelationshipEstablished,
  CustomerRelationshipTerminated,
  EstablishRelationship,
} from '#lib/domain/relationship/messages.js';
import { consent } from '#lib/processes/consent.js';
import { given, recorded } from '../../support/given.js';

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
