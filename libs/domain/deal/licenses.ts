import { handling, type Fact } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { serviceId, streams } from '../ids.js';
import { relationshipState, type RelationshipState } from '../relationship/state.js';
import { seatPool } from '../seat-pool/decider.js';
import { resizing } from '../seat-pool/resize.js';
import type { SeatPoolState } from '../seat-pool/state.js';
import type { Settings } from '../settings.js';
import { licenseFaults } from './license-rules.js';
import {
  CustomerAttachedToDeal,
  LicenseCountChanged,
  LicensesActivated,
  LicensesDeactivated,
  UpdateLicenses,
  type DealEvent,
  type LicenseChange,
  type LicenseEvent,
  type LicensesPreview,
} from './messages.js';
import { offerFact, type OfferFact } from './offer-facts.js';
import { refuse } from './refusals.js';
import { countOf, type Deal, type DealState } from './state.js';

type LicenseFacts = OfferFact & { readonly relationship?: Fact<RelationshipState> };

/** Lines are changed in place: the engine owns the state. */
export function evolveLicenses(state: Deal, { type, data }: Recorded<LicenseEvent>): Deal {
  switch (type) {
    case 'CustomerAttachedToDeal':
      return { ...state, customer: data.tenantId };
    case 'LicensesActivated':
      state.lines.set(data.planId, data.count);
      return state;
    case 'LicenseCountChanged':
      state.lines.set(data.planId, data.to);
      return state;
    case 'LicensesDeactivated':
      state.lines.delete(data.planId);
      return state;
  }
}

/** Sets the lines of a deal, all or none (R70). The seat pools follow by a process. */
export const updateLicenses = handling<DealState, DealEvent, Settings>()({
  command: UpdateLicenses,
  stream: ({ dealId }) => streams.deal(dealId),
  facts(command, state): LicenseFacts {
    if (state.status === 'none') return {};
    const { publisherId, form } = state;
    const stream = streams.relationship(publisherId, command.tenantId);
    return { ...offerFact(publisherId, form.offer), relationship: { aggregate: relationshipState, stream } };
  },
  decide(state, command, { facts, now }) {
    if (state.status === 'none') return [];
    if (state.status === 'Incomplete') {
      return { rejected: [refuse('DEAL_NOT_REGISTERED', 'The deal is Incomplete.')] };
    }
    const { offer } = state.form;
    const rejection = reject(licenseFaults(state, command, facts, now));
    return rejection ?? (offer === null ? [] : licenseEvents(state, offer, command));
  },
  preview: {
    facts: poolsOf,
    answer: (state, command, { now, settings, facts }): LicensesPreview => ({
      plans: lineChanges(state, command).map((change) => {
        const line = { dealId: command.dealId, dealCount: change.to };
        const pool = facts[change.planId] ?? seatPool.initial();
        const { seats, excess, dueAt } = resizing(pool, line, now, settings);
        return { ...change, seats, excess, dueAt };
      }),
    }),
  },
});

/** What an update changes, in the order of the request; lines that stay as they are do not appear (R69, R72). */
function lineChanges(
  state: DealState,
  { lines, removed }: UpdateLicenses,
): Pick<LicenseChange, 'planId' | 'from' | 'to'>[] {
  const wanted = [
    ...lines.map(({ planId, count }) => ({ planId, to: count })),
    ...removed.map((planId) => ({ planId, to: 0 })),
  ];
  return wanted
    .map(({ planId, to }) => ({ planId, from: countOf(state, planId), to }))
    .filter(({ from, to }) => from !== to);
}

function licenseEvents(state: Deal, offer: string, command: UpdateLicenses): DealEvent[] {
  const { publisherId, dealId, customer } = state;
  const { tenantId } = command;
  const attached = customer === null ? [event(CustomerAttachedToDeal, { publisherId, dealId, tenantId })] : [];
  const changes = lineChanges(state, command).map(({ planId, from, to }) => {
    const ids = { publisherId, dealId, offer, tenantId, planId, serviceId: serviceId(offer, planId) };
    if (from === 0) return event(LicensesActivated, { count: to, ...ids });
    if (to === 0) return event(LicensesDeactivated, { from, ...ids });
    return event(LicenseCountChanged, { from, to, ...ids });
  });
  return [...attached, ...changes];
}

/** The pools whose totals an update changes, for its preview. */
function poolsOf(command: UpdateLicenses, state: DealState): Record<string, Fact<SeatPoolState>> {
  if (state.status === 'none' || state.form.offer === null) return {};
  const { offer } = state.form;
  return Object.fromEntries(
    lineChanges(state, command).map(({ planId }) => [
      planId,
      { aggregate: seatPool, stream: streams.seatPool(command.tenantId, serviceId(offer, planId)) },
    ]),
  );
}
