import {
  NO_STREAM,
  WrongExpectedVersionError,
  type AppendResult as Answer,
  type JSONEventData,
  type KurrentDBClient,
} from '@kurrent/kurrentdb-client';
import { OutcomeUnknownError, StoreCorruptError, StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '../../engine/ports/event-store.js';
import type { AppendLanes } from './append-lanes.js';
import { failureOf } from './failures.js';
import { KurrentLogReader, type Reading } from './log-reader.js';
import type { KurrentLimits } from './limits.js';
import { placeOf, positionOf } from './positions.js';
import { proposedEvents } from './proposed-event.js';
import { placeOfDelivered, type Delivered } from './stored-event.js';
import { streamName } from './stream-name.js';
import { pauseAfter } from './waiting.js';

/** The event store of one process. Others may append to the same log. */
export class KurrentEventStore extends KurrentLogReader implements EventStore {
  #isClosing = false;

  constructor(
    reading: Reading,
    private readonly lanes: AppendLanes,
  ) {
    super(reading);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (this.#isClosing) throw new StoreUnavailableError('The store is shutting down.');
    if (events.length === 0) throw new Error(`Nothing to append to ${stream}.`);
    const name = streamName(this.reading.log, stream);
    const before = revisionBefore(expected);
    const proposed = proposedEvents(events, this.reading.limits);
    try {
      const { nextExpectedRevision, position } = await this.#send(name, before, proposed);
      if (!position) throw new OutcomeUnknownError('The event store did not say where the events stand.');
      const place = placeOf(position);
      this.reading.live.expect(place);
      return { ok: true, revision: Number(nextExpectedRevision), position: positionOf(this.logId, place) };
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return this.#afterConflict(name, before, events, error);
      throw error instanceof StoreUnavailableError || error instanceof OutcomeUnknownError ? error : meaningOf(error);
    }
  }

  override async close(): Promise<void> {
    this.#isClosing = true;
    await this.lanes.drained();
    await this.lanes.close();
    await super.close();
  }

  /** What could not be sent is tried again for a while; all else is for the caller, who knows what the outcome is for. */
  async #send(name: string, before: number, events: JSONEventData[]): Promise<Answer> {
    const { limits, closing } = this.reading;
    const startedAt = performance.now();
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.lanes.run((client) => appendAt(client, name, before, events, limits));
      } catch (error) {
        const isLate = performance.now() - startedAt >= limits.sendingMs;
        if (failureOf(error) !== 'notSent' || isLate || this.#isClosing) throw error;
      }
      await pauseAfter(failures, limits, closing.signal);
    }
  }

  /**
   * The server recognises events that it has where they would be written, but not while it still writes them; and it
   * answers a conflict before others can read what it conflicts with. So what stands there is read, as soon as it can
   * be: these very events, and it is no conflict, or others, and whoever loads the stream now sees them.
   */
  async #afterConflict(
    name: string,
    before: number,
    events: readonly NewEvent[],
    { actualState }: WrongExpectedVersionError,
  ): Promise<AppendResult> {
    const actual = typeof actualState === 'bigint' ? Number(actualState) : -1;
    if (actual <= before) return { ok: false, actual };
    const found = await this.#readable(name, before + 1, Math.min(actual - before, events.length));
    const isOurs = found.length === events.length && events.every(({ id }, index) => found[index]?.event?.id === id);
    const place = isOurs ? placeOfDelivered(found.at(-1) ?? {}) : null;
    if (place === null) return { ok: false, actual };
    return { ok: true, revision: before + events.length, position: positionOf(this.logId, place) };
  }

  /** So many events of a stream, which the server has said to be there. */
  async #readable(name: string, from: number, count: number): Promise<readonly Delivered[]> {
    const { reads, closing, limits } = this.reading;
    const startedAt = performance.now();
    const patience = { stop: closing.signal, ms: limits.readingMs };
    try {
      for (let failures = 0; performance.now() - startedAt < limits.readingMs; failures += 1) {
        const found = await reads.stream(name, from, count, patience);
        if (found?.length === count) return found;
        await pauseAfter(failures, limits, closing.signal);
      }
    } catch (cause) {
      throw new OutcomeUnknownError('A conflict was answered, and with what cannot be read.', { cause });
    }
    throw new OutcomeUnknownError('A conflict was answered, and nothing is there that it could be with.');
  }
}

/**
 * The only place that appends. `streamState` is the option's name: by any other the client takes any revision without
 * a word.
 */
export function appendAt(
  client: KurrentDBClient,
  stream: string,
  before: number,
  events: JSONEventData[],
  limits: KurrentLimits,
): Promise<Answer> {
  return client.appendToStream(stream, events, {
    streamState: before < 0 ? NO_STREAM : BigInt(before),
    requiresLeader: true,
    deadline: limits.appendMs,
    // One message an append, which `append-lanes.ts` counts on.
    batchAppendSize: 2 * limits.messageBytes,
  });
}

function revisionBefore(expected: ExpectedRevision): number {
  if (expected === 'none') return -1;
  if (Number.isSafeInteger(expected) && expected >= 0) return expected;
  throw new Error(`${expected} is no revision.`);
}

function meaningOf(cause: unknown): Error {
  const failure = failureOf(cause);
  if (failure === 'removed') return new StoreCorruptError('A stream was deleted.', { cause });
  if (failure === 'notSent') return new StoreUnavailableError('The event store cannot be reached.', { cause });
  if (failure === 'refused') return new StoreUnavailableError(`The event store refuses: ${String(cause)}`, { cause });
  return new OutcomeUnknownError('The event store did not answer; the events may have been written.', { cause });
}
