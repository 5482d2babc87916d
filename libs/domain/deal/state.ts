import type { DealForm } from './form.js';
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

/** An update answers the request for one; else it keeps the status (R53). */
export function updated(status: DealStatus): DealStatus {
  return status === 'Update required' ? 'Submitted' : status;
}

/** Licenses that a deal gives of a plan; 0: no line. */
export function countOf(state: DealState, planId: string): number {
  return state.status === 'none' ? 0 : (state.lines.get(planId) ?? 0);
}
