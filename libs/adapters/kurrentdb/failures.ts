/** The server or the connection did not answer in time. */
export class TimedOutError extends Error {}

/**
 * What a failure of the client means:
 * - `conflict`: the stream is at another revision.
 * - `missing`: there is no such stream.
 * - `removed`: the stream was deleted for good, which this product never does.
 * - `refused`: nothing was written, and sending it again changes nothing: too large, or not allowed.
 * - `notSent`: nothing was written, since there was no connection.
 * - `unavailable`: not answered; an append may have been made or not.
 * - `bug`: none of these.
 */
export type Failure = 'conflict' | 'missing' | 'removed' | 'refused' | 'notSent' | 'unavailable' | 'bug';

const byType: Readonly<Record<string, Failure>> = {
  'wrong-expected-version': 'conflict',
  'stream-not-found': 'missing',
  'stream-deleted': 'removed',
  'stream-tombstoned': 'removed',
  'maximum-append-size-exceeded': 'refused',
  'append-record-size-exceeded': 'refused',
  'transaction-max-size-exceeded': 'refused',
  'access-denied': 'refused',
  unavailable: 'unavailable',
  timeout: 'unavailable',
  'deadline-exceeded': 'unavailable',
  cancelled: 'unavailable',
  'not-leader': 'unavailable',
  // "Server Is Not Ready" while starting, RST_STREAM when stopped, and all that the native addon has no name for.
  unknown: 'unavailable',
};

/** gRPC's codes of failures that pass. */
const passing = new Set([1, 2, 4, 8, 10, 13, 14]);

/** The one place that knows the many shapes in which the client's failures come. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TimedOutError) return 'unavailable';
  if (!(error instanceof Error)) return 'bug';
  const { type, code, message } = error as Error & { readonly type?: unknown; readonly code?: unknown };
  if (typeof type === 'string') return byType[type] ?? 'bug';
  // Without a type: from asking what the server can do, or where it is, before anything else is sent.
  if (code === 14 || /^Failed to discover/.test(message)) return 'notSent';
  return typeof code === 'number' && passing.has(code) ? 'unavailable' : 'bug';
}
