import { limits } from '../limits.js';
import type { Recorded } from '../model/envelope.js';
import { OutcomeUnknownError, type EventStore, type ExpectedRevision, type Position } from '../ports/event-store.js';

export type Appended =
  /** `atOnce`: acknowledged by the first sending, so that nothing else can have happened in between. */
  | { readonly outcome: 'appended'; readonly position: Position; readonly atOnce: boolean }
  | { readonly outcome: 'conflict'; readonly actual: number }
  | { readonly outcome: 'unknown' };

/**
 * Appends, and where the outcome is not known sends the identical events again at the same revision: the store
 * recognises its own. Deciding again is for others, after a definite conflict.
 */
export class Appender {
  constructor(private readonly store: EventStore) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly Recorded[]): Promise<Appended> {
    for (let sent = 1; sent <= limits.appendAttempts; sent += 1) {
      try {
        const result = await this.store.append(stream, expected, events);
        if (!result.ok) return { outcome: 'conflict', actual: result.actual };
        return { outcome: 'appended', position: result.position, atOnce: sent === 1 };
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** sent));
      }
    }
    return { outcome: 'unknown' };
  }
}
