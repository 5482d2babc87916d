import type { Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf } from '#lib/engine/model/message.js';
import { onEach } from '#lib/engine/model/projection.js';
import { ref, type DocRef } from '#lib/engine/model/query.js';
import { formOf, type DealForm } from '#lib/domain/deal/form.js';
import { dealEvents, type DealEvent } from '#lib/domain/deal/messages.js';
import { updated } from '#lib/domain/deal/state.js';
import { tabOf, type DealStatus, type DealTab } from '#lib/domain/deal/status.js';
import { streams } from '#lib/domain/ids.js';
import { invitationEvents } from '#lib/domain/invitation/messages.js';
import { everyStream } from './stream-index.js';
import { projection } from './view.js';

/** Tenants that are remembered of those that accepted a deal's invitations. */
const rememberedTenants = 10;

export interface DealLine {
  readonly planId: string;
  readonly serviceId: string;
  readonly count: number;
  /** When the line began. */
  readonly since: string;
}

export interface DealDoc {
  readonly dealId: string;
  readonly publisherId: string;
  readonly tab: DealTab;
  readonly filter: DealStatus;
  readonly form: Readonly<DealForm>;
  /** The form's offer, once more where lists can filter by it. */
  readonly offer: string | null;
  /** The tenant that the first license update named (R68). */
  readonly tenantId: string | null;
  /** At most one for each of the offer's plans. */
  readonly lines: readonly DealLine[];
  /** Last day of the contract while there are lines: finds "Contract ended, licenses active". */
  readonly licensedUntil: string | null;
  /** What the marketplace said when it asked for an update or declined. */
  readonly reason: string | null;
  readonly startedAt: string;
  readonly changedAt: string;
  /** Of the deal's stream. */
  readonly revision: number;
}

/** What became of a deal's invitations. */
export interface InvitedDoc {
  readonly invited: number;
  readonly accepted: number;
  /** Neither accepted nor ended so far. */
  readonly pending: number;
  /** The latest expiry of all invitations. */
  readonly validUntil: string;
  /** The latest that accepted, newest first. */
  readonly acceptedBy: readonly string[];
}

interface Kinds {
  deal: DealDoc;
  /** By deal. */
  invited: InvitedDoc;
}

const touchesDeal = ({ data }: { data: { dealId: string } }) => [['deal', data.dealId]] as const;
const touchesInvited = ({ data }: { data: { dealId: string } }) => [['invited', data.dealId]] as const;

export const dealProgressProjection = projection<Kinds>({
  name: 'deal-progress',
  version: 1,
  kinds: {
    deal: {
      fields: {
        publisherId: 'text',
        tab: 'text',
        filter: 'text',
        offer: 'text',
        startedAt: 'text',
        licensedUntil: 'text',
      },
      indexes: [
        ['publisherId', 'startedAt'],
        ['publisherId', 'tab', 'startedAt'],
        ['publisherId', 'filter', 'startedAt'],
        ['filter', 'startedAt'],
      ],
      origins: {
        key: (dealId) => ({ stream: streams.deal(dealId) }),
        fields: { publisherId: (publisherId) => everyStream('deal', { publisherId }) },
      },
    },
    invited: { origins: { key: (dealId) => everyStream('invitation', { dealId }) } },
  },
  on: {
    ...onEach(dealEvents, touchesDeal),
    ...onEach(invitationEvents, touchesInvited),
  },
  fold(event, docs) {
    switch (event.type) {
      case 'CustomerInvited': {
        const { dealId, expiresAt } = event.data;
        const before = docs.get('invited', dealId) ?? {
          invited: 0,
          accepted: 0,
          pending: 0,
          validUntil: expiresAt,
          acceptedBy: [],
        };
        const validUntil = expiresAt > before.validUntil ? expiresAt : before.validUntil;
        return docs.put('invited', dealId, {
          ...before,
          invited: before.invited + 1,
          pending: before.pending + 1,
          validUntil,
        });
      }
      case 'InvitationAccepted': {
        const { dealId, tenantId } = event.data;
        const before = docs.get('invited', dealId);
        if (before === undefined) return;
        const acceptedBy = [tenantId, ...before.acceptedBy.filter((other) => other !== tenantId)];
        const remembered = acceptedBy.slice(0, rememberedTenants);
        return docs.put('invited', dealId, {
          ...before,
          accepted: before.accepted + 1,
          pending: before.pending - 1,
          acceptedBy: remembered,
        });
      }
      case 'InvitationDeclined':
      case 'InvitationRevoked':
      case 'InvitationExpired': {
        const before = docs.get('invited', event.data.dealId);
        if (before === undefined) return;
        return docs.put('invited', event.data.dealId, { ...before, pending: before.pending - 1 });
      }
      default: {
        // Every event of a deal counts: the revision that is shown is what `If-Match` sends back.
        if (!isOneOf(dealEvents, event)) return;
        const { dealId } = event.data;
        const deal = dealAfter(docs.get('deal', dealId), event);
        if (deal !== undefined) docs.put('deal', dealId, deal);
      }
    }
  },
});

/** A deal's document, here and in other views. */
export function dealRef(dealId: string): DocRef<DealDoc> {
  return ref(dealProgressProjection, 'deal', dealId);
}

function dealAfter(before: DealDoc | undefined, event: Recorded<DealEvent>): DealDoc | undefined {
  const { revision } = event;
  const changedAt = event.meta.recordedAt;
  if (event.type === 'DealStarted') {
    const { dealId, publisherId } = event.data;
    const started = { dealId, publisherId, ...withForm(event.data), ...inStatus('Incomplete') };
    const nothingYet = { tenantId: null, lines: [], licensedUntil: null, reason: null };
    return { ...started, ...nothingYet, startedAt: changedAt, changedAt, revision };
  }
  if (before === undefined) return undefined;
  const after = { ...before, ...changeOf(before, event), changedAt, revision };
  return { ...after, licensedUntil: after.lines.length > 0 ? after.form.endsOn : null };
}

function changeOf(deal: DealDoc, event: Exclude<Recorded<DealEvent>, { type: 'DealStarted' }>): Partial<DealDoc> {
  switch (event.type) {
    case 'DealRegistered':
      return { ...withForm(event.data), ...inStatus('Submitted') };
    case 'DealUpdated':
      return { ...withForm(event.data), ...inStatus(updated(deal.filter)), reason: null };
    case 'DealUpdateRequested':
      return { ...inStatus('Update required'), reason: event.data.reason };
    case 'DealApproved':
      return inStatus('Approved');
    case 'DealDeclined':
      return { ...inStatus('Declined'), reason: event.data.reason };
    case 'CustomerAttachedToDeal':
      return { tenantId: event.data.tenantId };
    case 'LicensesActivated': {
      const { planId, serviceId, count } = event.data;
      return { lines: [...deal.lines, { planId, serviceId, count, since: event.meta.recordedAt }] };
    }
    case 'LicenseCountChanged': {
      const { planId, to } = event.data;
      return { lines: deal.lines.map((line) => (line.planId === planId ? { ...line, count: to } : line)) };
    }
    case 'LicensesDeactivated': {
      const { planId } = event.data;
      return { lines: deal.lines.filter((line) => line.planId !== planId) };
    }
    default:
      return {};
  }
}

function withForm(data: DealForm) {
  return { form: formOf(data), offer: data.offer };
}

function inStatus(filter: DealStatus) {
  return { tab: tabOf[filter], filter };
}
