/** What a visitor asks for with a listing's button. */
export const leadKinds = ['contact', 'install', 'freeTrial'] as const;
export type LeadKind = (typeof leadKinds)[number];

/** Accepted and declined only come of contact leads, won and lost only of accepted ones (R45). */
export const leadStatuses = ['submitted', 'accepted', 'declined', 'expired', 'won', 'lost'] as const;
export type LeadStatus = (typeof leadStatuses)[number];

/** How an accepted lead ends. */
export const leadOutcomes = ['won', 'lost'] as const satisfies readonly LeadStatus[];

/** What each event of a lead but its first leaves it in. */
export const statusAfter = {
  LeadAccepted: 'accepted',
  LeadDeclined: 'declined',
  LeadWon: 'won',
  LeadLost: 'lost',
  LeadExpired: 'expired',
} as const satisfies Readonly<Record<string, LeadStatus>>;

interface Answerable {
  readonly status: LeadStatus;
  /** Null: it needs no answer and never expires (R46). */
  readonly answerDueAt: string | null;
}

/** A deadline is reached at now ≥ due, whether the timer has come to it or not. */
export function statusAt({ status, answerDueAt }: Answerable, now: string): LeadStatus {
  return status === 'submitted' && answerDueAt !== null && now >= answerDueAt ? 'expired' : status;
}

/** Where a lead comes from, as publishers know it from the marketplace (R43). */
export function leadSource(kind: LeadKind, offer: string): string {
  return `AppSource-${kind === 'contact' ? 'PLT' : 'INS'}|${offer}`;
}
