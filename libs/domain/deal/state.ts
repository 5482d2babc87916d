import type { Recorded } from '#lib/engine/model/envelope.js';
import { formOf, type DealForm } from './form.js';
import type { DealEvent } from './messages.js';
import type { DealStatus } from './status.js';

export interface Deal {
  readonly status: DealStatus;
  readonly publisherId: string;
  readonly dealId: string;
  readonly form: Readonly<DealForm>;
  /** The tenant that the first update of licenses named (R68); null before. */
  readonly customer: string | null;
  /** Plan ID → count of the active lines. */
  readonly lines: Map<string, number>;
}

export type DealState = { readonly status: 'none' } | Deal;

export function evolve(state: DealState, { type, data }: Recorded<DealEvent>): DealState {
  if (type === 'DealStarted') {
    const { publisherId, dealId } = data;
    return { status: 'Incomplete', publisherId, dealId, form: formOf(data), customer: null, lines: new Map() };
  }
  if (state.status === 'none') return state;
  switch (type) {
    case 'DealRegistered':
      return { ...state, status: 'Submitted', form: formOf(data) };
    case 'DealUpdated':
      return { ...state, status: updated(state.status), form: formOf(data) };
    case 'DealUpdateRequested':
      return { ...state, status: 'Update required' };
    case 'DealApproved':
      return { ...state, status: 'Approved' };
    case 'DealDeclined':
      return { ...state, status: 'Declined' };
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

/** An update answers the request for one; else it keeps the status (R53). */
export function updated(status: DealStatus): DealStatus {
  return status === 'Update required' ? 'Submitted' : status;
}

/** Licenses that a deal gives of a plan; 0: no line. */
export function countOf(state: DealState, planId: string): number {
  return state.status === 'none' ? 0 : (state.lines.get(planId) ?? 0);
}
