import { setTimeout as sleep } from 'node:timers/promises';
import { START, streamNameFilter, type AllStreamSubscription } from '@kurrent/kurrentdb-client';
import { firstAbort } from '../../engine/ports/first-abort.js';
import { StoreCorruptError, StoreUnavailableError, type StoredEvent } from '../../engine/ports/event-store.js';
import type { Logger } from '../../engine/ports/logger.js';
import type { Client } from './client.js';
import { TimedOutError } from './failures.js';
import type { KurrentLimits } from './limits.js';
import type { LogHead, Look } from './log-head.js';
import { LogRing } from './log-ring.js';
import { noPlace, serverPositionOf, type Place } from './positions.js';
import { isOurs, placeOfDelivered, storedEventOf, type Delivered, type LogName } from './stored-event.js';
import { Waiters, pauseAfter, unless, withinMs } from './waiting.js';

/** Some events near the end of the log, as `LogPage`, with the place for the position. */
export interface LivePage {
  readonly events: readonly StoredEvent[];
  readonly upTo: Place;
  readonly atHead: boolean;
}

/**
 * The end of the log in memory, fed by one subscription for all who follow. It believes no marker: the server's
 * `caughtUp` and checkpoints run ahead of events that are still on their way, and old servers send none. Instead it
 * looks at the log's end itself: after each subscribing, which says what must come before this is the head, and when
 * nothing has come for a while, which moves `upTo` past the events of others and finds out a subscription that died
 * without a word.
 */
export class LiveLog {
  #ring: LogRing | null = null;
  #starting: Promise<void> | null = null;
  /** The last event handled; how far all is known; the last event that is known to be there. */
  #last: Place = noPlace;
  #through: Place = noPlace;
  #expected: Place = noPlace;
  /** The log's end was looked at since the subscription was confirmed. */
  #isVerified = false;
  #corrupt: StoreCorruptError | null = null;
  readonly #waiters = new Waiters();

  constructor(
    private readonly log: LogName,
    private readonly client: Client,
    private readonly head: LogHead,
    private readonly limits: KurrentLimits,
    private readonly logger: Logger,
    private readonly stop: AbortSignal,
  ) {}

  /** Resolves when there is something to follow. Subscribes at the first call, and stays so. */
  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  /** What lies behind a place; null if some of that is not in memory. */
  after(place: Place, types?: ReadonlySet<string>): LivePage | null {
    if (this.#corrupt) throw this.#corrupt;
    if (!this.#ring || place < this.#ring.floor) return null;
    const { events, upTo, isAll } = this.#ring.after(place, this.limits.pageGiven, types);
    const isMoved = upTo > place;
    return {
      events,
      upTo: isMoved || this.#through < place ? upTo : this.#through,
      atHead: isAll && this.#isVerified && this.#last >= this.#expected,
    };
  }

  /** Until something is different. */
  changed(stop: AbortSignal): Promise<void> {
    return this.#waiters.wait(stop);
  }

  /** An event is there that may not have come yet. */
  expect(place: Place): void {
    if (place > this.#expected) this.#expected = place;
  }

  async #start(): Promise<void> {
    const { last, through } = await this.#look(this.stop);
    this.#ring = new LogRing(last, this.limits);
    this.#last = last;
    this.#through = last;
    this.expect(last);
    void this.#run(through);
  }

  async #run(through: Place): Promise<void> {
    let from = through;
    for (let failures = 0; !this.stop.aborted;) {
      const before = this.#last;
      const client = this.client.current;
      const reason = await this.#subscribe(from).then(
        () => 'it ended without a word',
        (error: unknown) => error,
      );
      if (this.stop.aborted) return;
      if (reason instanceof StoreCorruptError) return this.#fail(reason);
      failures = this.#isVerified || this.#last > before ? 0 : failures + 1;
      // Once when it is lost, once when it does not come back soon.
      if (failures === 0 || failures === 5)
        this.logger.warn({ reason: String(reason) }, 'no subscription; trying again');
      this.#isVerified = false;
      this.client.replace(client);
      if (this.#through > from) from = this.#through;
      await pauseAfter(failures, this.limits, this.stop).catch(() => undefined);
    }
  }

  async #subscribe(from: Place): Promise<void> {
    const subscription = this.client.current.subscribeToAll({
      fromPosition: from === noPlace ? START : serverPositionOf(from),
      filter: streamNameFilter({ prefixes: [this.log.namespace], maxSearchWindow: 512, checkpointInterval: 64 }),
    });
    // A failure that comes when nobody reads any more must not end the process.
    subscription.on('error', () => undefined);
    const end = () => subscription.destroy();
    this.stop.addEventListener('abort', end);
    const watching = new AbortController();
    const { signal: stop, release } = firstAbort(watching.signal, this.stop);
    try {
      void this.#watch(subscription, stop);
      for await (const delivered of subscription as AsyncIterable<Delivered>) this.#take(delivered);
    } finally {
      watching.abort();
      release();
      this.stop.removeEventListener('abort', end);
      // Not waited for: it may still be connecting.
      void subscription.unsubscribe().catch(() => undefined);
    }
  }

  #take(delivered: Delivered): void {
    const place = placeOfDelivered(delivered);
    // What was delivered before comes again after a resubscription, or because the server says it twice.
    if (!isOurs(this.log, delivered) || (place !== null && place <= this.#last)) return;
    const event = storedEventOf(this.log, delivered);
    const at = place ?? noPlace;
    this.#ring?.add(at, event);
    this.#last = at;
    if (at > this.#through) this.#through = at;
    this.expect(at);
    this.#waiters.wake();
  }

  /** Ends the subscription when it is not confirmed in time, or lacks an event that is in the log. */
  async #watch(subscription: AllStreamSubscription, stop: AbortSignal): Promise<void> {
    try {
      const confirmed = new Promise<void>((resolve) => subscription.once('confirmation', resolve));
      await unless(stop, withinMs(this.limits.confirmMs, confirmed));
      await this.#verify(stop);
      for (;;) {
        const before = this.#last;
        await sleep(this.limits.silenceMs, undefined, { signal: stop, ref: false });
        if (this.#last !== before) continue;
        if (this.#last < this.#expected) throw new TimedOutError('An event of the log was not delivered.');
        await this.#verify(stop);
      }
    } catch (error) {
      if (!stop.aborted) subscription.destroy(error as Error);
    }
  }

  /** If our last event in the log is the last handled, then nothing of ours lies in what was looked through. */
  async #verify(stop: AbortSignal): Promise<void> {
    const look = await this.#look(stop);
    this.expect(look.last);
    if (look.last === this.#last && this.#isVerified && look.through > this.#through) this.#through = look.through;
    this.#isVerified = true;
    this.#waiters.wake();
  }

  async #look(stop: AbortSignal): Promise<Look> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await unless(stop, this.head.look());
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
      await pauseAfter(failures, this.limits, stop);
    }
  }

  #fail(error: StoreCorruptError): void {
    this.#corrupt = error;
    this.#waiters.wake();
  }
}
