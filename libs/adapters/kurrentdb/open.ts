import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { EventStore, LogReader } from '../../engine/ports/event-store.js';
import { StoreCorruptError, StoreUnavailableError } from '../../engine/ports/event-store.js';
import { silent, type Logger } from '../../engine/ports/logger.js';
import { AppendLanes } from './append-lanes.js';
import { Client } from './client.js';
import { appendAt, KurrentEventStore } from './event-store.js';
import { failureOf } from './failures.js';
import { kurrentLimits, type KurrentLimits } from './limits.js';
import { LiveLog } from './live-log.js';
import { LogHead } from './log-head.js';
import { KurrentLogReader, type Reading } from './log-reader.js';
import { noPlace, type Place } from './positions.js';
import { Reads } from './reads.js';
import { logStream, placeOfDelivered } from './stored-event.js';
import { pauseAfter } from './waiting.js';

export interface KurrentOptions {
  /** Connection string: `kurrentdb://…`, also of a cluster. */
  readonly url: string;
  /** Before the name of every stream of ours: small letters and digits, then an underscore. */
  readonly namespace?: string;
  readonly log?: Logger;
  readonly limits?: Partial<KurrentLimits>;
}

/** Opens a log for appending and reading, and creates it if it is not there. Throws StoreUnavailableError. */
export async function openKurrentLog(options: KurrentOptions): Promise<EventStore> {
  const limits = { ...kurrentLimits, ...options.limits };
  const lanes = new AppendLanes(options.url, limits);
  try {
    return new KurrentEventStore(await openReading(options, limits, lanes), lanes);
  } catch (error) {
    await lanes.close();
    throw error;
  }
}

/** Opens a log that is there, for reading only. Throws StoreUnavailableError, also if nobody has created it yet. */
export async function openKurrentReader(options: KurrentOptions): Promise<LogReader> {
  return new KurrentLogReader(await openReading(options, { ...kurrentLimits, ...options.limits }, null));
}

async function openReading(
  { url, namespace = 'sl_', log: logger = silent }: KurrentOptions,
  limits: KurrentLimits,
  lanes: AppendLanes | null,
): Promise<Reading> {
  // An underscore at the end alone, so that no namespace is the beginning of another.
  if (!/^[a-z0-9]+_$/.test(namespace)) throw new Error(`"${namespace}" is no namespace, as "sl_" is.`);
  const client = new Client(url, limits);
  const subscribing = new Client(url, limits);
  const disconnect = () => Promise.all([client.close(), subscribing.close()]);
  const closing = new AbortController();
  // Every read that is under way listens to it.
  setMaxListeners(0, closing.signal);
  const reads = new Reads(client, limits, logger);
  try {
    const { logId, place } = await identity(namespace + logStream, reads, limits, lanes);
    const log = { logId, namespace };
    const head = new LogHead(log, place, reads, limits, { stop: closing.signal, ms: limits.readingMs });
    const live = new LiveLog(log, subscribing, head, limits, logger, closing.signal);
    return { log, reads, head, live, limits, closing, disconnect };
  } catch (error) {
    await disconnect();
    throw error;
  }
}

/** The log's ID, and where it stands. Of two who create the log at once, the second reads what the first wrote. */
async function identity(
  stream: string,
  reads: Reads,
  limits: KurrentLimits,
  lanes: AppendLanes | null,
): Promise<{ readonly logId: string; readonly place: Place }> {
  const stop = new AbortController().signal;
  const startedAt = performance.now();
  for (let failures = 0; ; failures += 1) {
    const found = await reads.stream(stream, 0, 1, { stop, ms: limits.openMs });
    const [first] = found ?? [];
    if (first) {
      const logId = (first.event?.data as { readonly logId?: unknown } | undefined)?.logId;
      if (typeof logId === 'string') return { logId, place: placeOfDelivered(first) ?? noPlace };
      throw new StoreCorruptError(`What stands in ${stream} says no log ID.`);
    }
    if (!lanes) throw new StoreUnavailableError(`There is no log yet: nothing stands in ${stream}.`);
    if (performance.now() - startedAt >= limits.openMs) throw new StoreUnavailableError('No log could be created.');
    const created = { id: randomUUID(), type: 'LogCreated', contentType: 'application/json' as const, metadata: {} };
    const event = { ...created, data: { logId: randomUUID() } };
    await lanes.run((client) => appendAt(client, stream, -1, [event], limits)).catch(notAnswered);
    if (failures > 0) await pauseAfter(failures, limits, stop);
  }
}

/** Whether it was written, or by whom, is seen by reading. */
function notAnswered(error: unknown): void {
  if (failureOf(error) === 'bug' || failureOf(error) === 'refused') throw error;
}
