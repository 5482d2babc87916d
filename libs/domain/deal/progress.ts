import type { DealStatus } from './status.js';

/** The way of a deal to its licenses, step by step. */
export const dealSteps = ['register', 'invite', 'awaiting consent', 'activate', 'active'] as const;
export type DealStep = (typeof dealSteps)[number];

/** What a deal's next step depends on, beside its own form. */
export interface DealProgressFacts {
  readonly status: DealStatus;
  readonly hasLines: boolean;
  /** A customer whose licenses this deal may set has an established relationship with the publisher. */
  readonly hasConsent: boolean;
  /** An invitation is out that can still be accepted. */
  readonly isInvited: boolean;
}

/** Null: the deal was declined without licenses, and nothing leads on from there. */
export function nextStep({ status, hasLines, hasConsent, isInvited }: DealProgressFacts): DealStep | null {
  if (hasLines) return 'active';
  if (status === 'Incomplete') return 'register';
  if (status === 'Declined') return null;
  if (hasConsent) return 'activate';
  return isInvited ? 'awaiting consent' : 'invite';
}

/** The last day is part of the contract; `today` and `endsOn` are calendar dates in UTC. */
export function hasContractEnded(endsOn: string | null, today: string): boolean {
  return endsOn !== null && endsOn < today;
}
