import { BACKWARDS, END, FORWARDS, START, type KurrentDBClient, streamNameFilter } from '@kurrent/kurrentdb-client';
import { StoreCorruptError, StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { Logger } from '../../engine/ports/logger.js';
import { Turns } from '../../engine/ports/turns.js';
import type { Client } from './client.js';
import { TimedOutError, failureOf } from './failures.js';
import type { KurrentLimits } from './limits.js';
import { noPlace, serverPositionOf, type Place } from './positions.js';
import type { Delivered } from './stored-event.js';
import { pauseAfter, unless, withinMs } from './waiting.js';

/** Until when a read that fails is tried again: until the signal aborts, and no longer than so many milliseconds. */
export interface Patience {
  readonly stop: AbortSignal;
  readonly ms: number;
}

/**
 * Reads, each bounded by a count and watched: the client sets no deadline. What passes is tried again by a new client,
 * then is a StoreUnavailableError. All ask the leader, since another node may not have yet what was acknowledged.
 */
export class Reads {
  readonly #turns: Turns;

  constructor(
    private readonly client: Client,
    private readonly limits: KurrentLimits,
    private readonly log: Logger,
  ) {
    this.#turns = new Turns(limits.readsAtOnce);
  }

  /** Events of a stream from a revision on; null if there is no such stream. */
  async stream(name: string, from: number, most: number, patience: Patience): Promise<readonly Delivered[] | null> {
    const options = { fromRevision: BigInt(from), maxCount: most, requiresLeader: true };
    try {
      return await this.#read((client) => client.readStream(name, options), patience);
    } catch (error) {
      if (failureOf(error) === 'missing') return null;
      throw error;
    }
  }

  /** From a place on, itself included, the events of one namespace, or those of everybody. */
  forwards(from: Place, most: number, namespace: string | null, patience: Patience): Promise<readonly Delivered[]> {
    const options = {
      fromPosition: from === noPlace ? START : serverPositionOf(from),
      direction: FORWARDS,
      maxCount: most,
      requiresLeader: true,
      ...only(namespace),
    } as const;
    return this.#read((client) => client.readAll(options), patience);
  }

  /** The same, the newest first, before a place, itself left out; null: from the end of the log. */
  backwards(
    before: Place | null,
    most: number,
    namespace: string | null,
    patience: Patience,
  ): Promise<readonly Delivered[]> {
    const options = {
      fromPosition: before === null ? END : serverPositionOf(before),
      direction: BACKWARDS,
      maxCount: most,
      requiresLeader: true,
      ...only(namespace),
    } as const;
    return this.#read((client) => client.readAll(options), patience);
  }

  async #read(
    open: (client: KurrentDBClient) => AsyncIterable<Delivered>,
    { stop, ms }: Patience,
  ): Promise<readonly Delivered[]> {
    const startedAt = performance.now();
    const { readMs, readingMs, searchMs } = this.limits;
    let watchMs = readMs;
    for (let failures = 0; ; failures += 1) {
      let client = this.client.current;
      const read = (): Promise<readonly Delivered[]> => {
        stop.throwIfAborted();
        if (performance.now() - startedAt > Math.max(ms, readingMs)) throw new StoreUnavailableError(tooMany);
        client = this.client.current;
        return collect(open(client), watchMs);
      };
      try {
        return await unless(stop, this.#turns.take(read));
      } catch (error) {
        stop.throwIfAborted();
        if (error instanceof StoreUnavailableError) throw error;
        const failure = failureOf(error);
        if (failure === 'missing' || failure === 'bug') throw error;
        if (failure === 'removed') throw new StoreCorruptError('A stream was deleted.', { cause: error });
        this.client.replace(client);
        if (performance.now() - startedAt >= ms) {
          throw new StoreUnavailableError('The event store cannot be read at the moment.', { cause: error });
        }
        if (error instanceof TimedOutError) watchMs = Math.min(2 * watchMs, searchMs);
        if (failures === 5) this.log.warn({ error: String(error) }, 'event store cannot be read; trying again');
      }
      await pauseAfter(failures, this.limits, stop);
    }
  }
}

const tooMany = 'Too many reads of the event store are waiting; try again shortly.';

/** The server leaves out what is not asked for, twenty times as fast as it sends it. */
function only(namespace: string | null) {
  return namespace === null ? {} : { filter: streamNameFilter({ prefixes: [namespace] }) };
}

async function collect(events: AsyncIterable<Delivered>, watchMs: number): Promise<readonly Delivered[]> {
  const found: Delivered[] = [];
  let isGivenUp = false;
  const take = async () => {
    for await (const event of events) {
      if (isGivenUp) return;
      found.push(event);
    }
  };
  try {
    await withinMs(watchMs, take(), () => found.length);
    return found;
  } finally {
    isGivenUp = true;
  }
}
