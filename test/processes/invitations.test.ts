import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, type EventData } from '#lib/engine/model/message.js';
import { clearTimer, issue, setTimer, type AnyProcessManager } from '#lib/engine/model/process.js';
import { CustomerAttachedToDeal } from '#lib/domain/deal/messages.js';
import {
  CustomerInvited,
  ExpireInvitation,
  InvitationAccepted,
  InvitationDeclined,
  InvitationExpired,
  InvitationRevoked,
} from '#lib/domain/invitation/messages.js';
import { AttachDealToRelationship } from '#lib/domain/relationship/messages.js';
import { invitations } from '#lib/processes/invitations.js';
import { licensedDeals } from '#lib/processes/licensed-deals.js';
import { recorded } from '../support/given.js';

const ids = { publisherId: 'fabrikam', dealId: 'deal-1', invitationId: 'i1' };
const expiresAt = '2026-05-30T12:00:00.000Z';
const tenantId = '8c2d1f3a-0000-4000-8000-00000000c0de';

/** What a process does about one event. */
function reactions({ on }: AnyProcessManager, data: EventData): unknown {
  const [happened] = recorded('stream-1', [data]);
  const react = on[data.type] as ((event: Recorded) => unknown) | undefined;
  return happened && (react?.(happened) ?? []);
}

describe('the process invitations', () => {
  it('R61 expires an invitation when it is due', () => {
    expect(reactions(invitations, event(CustomerInvited, { ...ids, tokenHash: 'hash', expiresAt }))).toEqual([
      setTimer('i1', expiresAt, ExpireInvitation, { invitationId: 'i1' }),
    ]);
  });

  it('waits no longer once it has ended otherwise', () => {
    const consent = { tenantId, organizationName: 'Contoso', country: 'US', consentVersion: '1', consentHash: 'hash' };
    const ends = [
      event(InvitationAccepted, { ...ids, ...consent }),
      event(InvitationDeclined, ids),
      event(InvitationRevoked, ids),
    ];
    for (const end of ends) expect(reactions(invitations, end)).toEqual([clearTimer('i1')]);
    expect(reactions(invitations, event(InvitationExpired, ids))).toEqual([]);
  });
});

describe('the process licensed-deals', () => {
  it('R94 tells the relationship which deals give its customer licenses', () => {
    const named = { publisherId: 'fabrikam', tenantId, dealId: 'deal-1' };
    expect(reactions(licensedDeals, event(CustomerAttachedToDeal, named))).toEqual([
      issue(AttachDealToRelationship, named),
    ]);
  });
});
