import { status as code } from '@grpc/grpc-js';
import { CallError, caughtUpMessage, type Place } from './messages.js';
import type { Delivery, Subscription } from './subscription.js';
import type { Wire } from './wire.js';

/** Not written: the node is not the leader and names one, knows none, is starting, or is busy. */
export type Refusal = 'not-leader' | 'no-leader-known' | 'not-ready' | 'too-busy';

/** Written, and the answer does not come: never, because the connection is gone, or because the server waited too long. */
export type Loss = 'silence' | 'disconnect' | 'timeout';

/** What happens to one append; without one it is answered. */
export type AppendFault = { refuse: Refusal } | { lose: Loss } | { disconnectFirst: true };

/** What can go wrong on demand. All of it ends with `heal()`; nothing of it is ever random. */
export class Faults {
  readonly delivery: Delivery = { held: false, repeatEvery: 0 };
  readonly subscriptions = new Set<Subscription>();
  notReady = false;
  #appends: AppendFault[] = [];

  constructor(private readonly wire: Wire) {}

  /** Everything works again; events held back are delivered. */
  async heal(): Promise<void> {
    this.notReady = false;
    this.#appends = [];
    this.delivery.repeatEvery = 0;
    this.wire.heal();
    await this.releaseEvents();
  }

  /** Clients see a reset, and can connect again at once. */
  dropConnections(): void {
    this.wire.drop();
  }

  /** Connections are dropped; new ones are accepted and never answered. Those stay dead also when healed. */
  halfOpen(): void {
    this.wire.goDeaf();
  }

  /** Nothing passes until `thaw`, then everything does. */
  freeze(): void {
    this.wire.freeze();
  }

  thaw(): void {
    this.wire.thaw();
  }

  /** Each piece of data takes so much longer, each way. */
  delay(ms: number): void {
    this.wire.delay(ms);
  }

  /** Reads and appends are refused as by a server that is starting. */
  beNotReady(): void {
    this.notReady = true;
  }

  /** The next append is refused and not written. */
  refuseNextAppend(refusal: Refusal): void {
    this.#appends.push({ refuse: refusal });
  }

  /** The next append is written, and its answer lost. */
  loseNextAppendAnswer(loss: Loss = 'silence'): void {
    this.#appends.push({ lose: loss });
  }

  /** The connection is gone when the next append arrives: it is not written. */
  disconnectBeforeNextAppend(): void {
    this.#appends.push({ disconnectFirst: true });
  }

  /** The fault of an append that has arrived, used up by asking. */
  nextAppend(): AppendFault | undefined {
    return this.notReady ? { refuse: 'not-ready' } : this.#appends.shift();
  }

  /** Subscriptions end as if there were no more to come, without an error. */
  endSubscriptions(): void {
    for (const { outlet } of this.subscriptions) outlet.end();
  }

  /** Subscriptions fail. The default is what a server that is stopped in order leaves behind. */
  failSubscriptions(
    status: code = code.INTERNAL,
    details = 'Received RST_STREAM with code 2 (Internal server error)',
  ): void {
    for (const { outlet } of this.subscriptions) outlet.fail(new CallError(status, details));
  }

  /** Every n-th event that a subscription delivers is delivered twice. */
  repeatEvery(events: number): void {
    this.delivery.repeatEvery = events;
  }

  /** Subscriptions report checkpoints and caughtUp before the events that these include, which wait for `releaseEvents`. */
  holdEvents(): void {
    this.delivery.held = true;
  }

  async releaseEvents(): Promise<void> {
    this.delivery.held = false;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.release()));
  }

  /** Every subscription reports this checkpoint, true or not. */
  async sendCheckpoint(place: Place): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.checkpoint(place)));
  }

  /** Every subscription says that it has caught up, true or not. */
  async sendCaughtUp(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.send(caughtUpMessage())));
  }
}
