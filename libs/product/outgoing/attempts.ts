import type { Sent } from '#lib/engine/processes/requests.js';
import type { Answer } from './guarded-client.js';
import { outgoingLimits } from './limits.js';

/** A number from 0 up to 1; tests choose it. */
export type Chance = () => number;

/** The pause after an attempt that failed, with jitter; null: that was the last one. Attempts count from 1. */
export function pauseAfter(attempt: number, pausesMs: readonly number[], chance: Chance): number | null {
  const pauseMs = pausesMs[attempt - 1];
  if (pauseMs === undefined) return null;
  return Math.round(pauseMs * (1 + outgoingLimits.jitter * (2 * chance() - 1)));
}

/** What an answer says in one line. */
export function lineOf(answer: Answer): string {
  return answer.kind === 'answered' ? `It answered ${answer.status}.` : answer.reason;
}

/** Judges an attempt to deliver something: 2xx is success, 410 wants nothing more, all else is tried again for days. */
export function delivery(answer: Answer, attempt: number, chance: Chance): Sent {
  const line = lineOf(answer);
  const status = answer.kind === 'answered' ? answer.status : null;
  if (status !== null && status >= 200 && status < 300) return { kind: 'delivered', answer: line };
  const afterMs = status === 410 ? null : pauseAfter(attempt, outgoingLimits.deliveryPausesMs, chance);
  return afterMs === null ? { kind: 'failed', answer: line } : { kind: 'retry', answer: line, afterMs };
}
