import { recordRef, type RecordRef } from './query.js';

/** Where requests to the outside lie until they have ended, and what came of them after that. */
export const requestsTable = 'requests';

/** How far a request is. */
export interface Delivery {
  readonly status: 'pending' | 'delivered' | 'failed' | 'skipped';
  readonly attempts: number;
  /** What the last attempt met with, or a word of the sender's for why nothing was sent; null: there was none yet. */
  readonly answer: string | null;
  /** Null: there will be no other attempt. */
  readonly nextAttemptAt: string | null;
}

export function requestKey(process: string, id: string): string {
  return `${process}/${id}`;
}

/** Where it stands how far a process's request is. The row holds more as long as it is pending: show `deliveryIn` it. */
export function deliveryRecord(process: string, id: string): RecordRef<Delivery> {
  return recordRef(requestsTable, requestKey(process, id));
}

/** What may be shown of a request: nothing of what is sent. */
export function deliveryIn({ status, attempts, answer, nextAttemptAt }: Delivery): Delivery {
  return { status, attempts, answer, nextAttemptAt };
}
