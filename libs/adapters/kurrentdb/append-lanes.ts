import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import { Client } from './client.js';
import { failureOf } from './failures.js';
import type { KurrentLimits } from './limits.js';
import { withinMs } from './waiting.js';

interface Lane {
  readonly client: Client;
  underWay: number;
}

/**
 * Connections for appending, each with few appends under way: the client buffers up to 16 messages without waiting, and
 * when a connection breaks, whatever waits behind them ends the process by a rejection that nobody can catch.
 */
export class AppendLanes {
  readonly #lanes: Lane[] = [];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  #underWay = 0;
  #drained: (() => void) | null = null;

  constructor(
    private readonly url: string,
    private readonly limits: KurrentLimits,
  ) {}

  /** Calls as soon as a connection has room. A failure other than an answer makes the connection suspect. */
  async run<T>(call: (client: KurrentDBClient) => Promise<T>): Promise<T> {
    if (this.#waiting.length >= this.limits.appendsWaiting) {
      throw new StoreUnavailableError('Too many appends are waiting; try again shortly.');
    }
    this.#underWay += 1;
    const lane = this.#free() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
    const client = lane.client.current;
    try {
      return await withinMs(this.limits.appendMs, call(client));
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== 'conflict' && failure !== 'refused') lane.client.replace(client);
      throw error;
    } finally {
      this.#release(lane);
    }
  }

  /** Until nothing is under way. */
  async drained(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  close(): Promise<unknown> {
    return Promise.all(this.#lanes.map(({ client }) => client.close()));
  }

  /** A lane with room, which counts one more from now on. One is enough while there is little to do. */
  #free(): Lane | null {
    let lane = this.#lanes.find(({ underWay }) => underWay < this.limits.appendsPerLane);
    if (!lane && this.#lanes.length < this.limits.appendLanes) {
      lane = { client: new Client(this.url, this.limits), underWay: 0 };
      this.#lanes.push(lane);
    }
    if (lane) lane.underWay += 1;
    return lane ?? null;
  }

  #release(lane: Lane): void {
    this.#underWay -= 1;
    const next = this.#waiting.shift();
    if (next) return next(lane);
    lane.underWay -= 1;
    if (this.#underWay === 0) this.#drained?.();
  }
}
