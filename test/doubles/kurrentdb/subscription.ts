import { randomUUID } from 'node:crypto';
import type { EventLog, LoggedEvent } from './event-log.js';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  invalidPosition,
  nameOf,
  type Place,
} from './messages.js';
import type { Outlet } from './outlet.js';
import { matcher, placeOf, wantsIdsAsText, type ReadOptions } from './reads.js';
import type { streams } from './stubs.js';

/** How deliveries go wrong, for all subscriptions alike. */
export interface Delivery {
  /** Events wait; checkpoints and caughtUp are sent as if they did not. */
  held: boolean;
  /** After each so many events the last one is sent again; 0: never. */
  repeatEvery: number;
}

/** As the server has it: events looked at in one read, and events waiting for a slow consumer before it falls behind. */
const PAGE = 32;
const BUFFER = 32;

/** Before everything: the server writes it as 2⁶⁴−1 when it has nothing better to report. */
const BEFORE_ALL: Place = { commit: -1n, prepare: -1n };

const atOrBefore = (a: Place, b: Place) => a.commit < b.commit || (a.commit === b.commit && a.prepare <= b.prepare);
const unsigned = ({ commit, prepare }: Place): Place => ({
  commit: BigInt.asUintN(64, commit),
  prepare: BigInt.asUintN(64, prepare),
});
const placeOfEvent = ({ position }: LoggedEvent): Place => ({ commit: position, prepare: position });

/**
 * One subscription to $all or to a stream: it catches up by pages, says so, and goes on with what is appended. Its
 * checkpoints are as odd as the server's: while catching up, each names the beginning of the page just searched; the one
 * before caughtUp names what was sent last, not the head; live ones come after each so many events looked at.
 */
export class Subscription {
  /** What was sent last, event or checkpoint. */
  #place: Place;
  #next: number;
  #live: boolean;
  #reported: Place | undefined;
  #seenLive = 0;
  #stalled = false;
  #sent = 0;
  readonly #waiting: LoggedEvent[] = [];
  #more: () => void = () => undefined;
  readonly #asText: boolean;
  readonly #matches: (event: LoggedEvent) => boolean;
  readonly #interval: number | undefined;
  readonly #window: number;

  constructor(
    readonly outlet: Outlet,
    private readonly log: EventLog,
    private readonly delivery: Delivery,
    options: ReadOptions,
  ) {
    const filter = options.getFilter();
    this.#asText = wantsIdsAsText(options);
    this.#window = filter?.hasMax() ? filter.getMax() : PAGE;
    this.#interval = filter && this.#window * filter.getCheckpointintervalmultiplier();
    const stream = nameOf(options.getStream()?.getStreamIdentifier());
    this.#matches = stream === undefined ? matcher(filter) : (event) => event.stream === stream;
    this.#place = stream === undefined ? startInAll(log, options) : startInStream(log, options, stream);
    const last = headOf(log);
    this.#live = atOrBefore(last, this.#place);
    this.#next = this.#live ? log.events.length : log.indexOf(this.#place.commit);
  }

  async run(): Promise<void> {
    const forget = this.log.onAppend(() => this.#more());
    void this.outlet.closed.then(() => this.#more());
    try {
      await this.send(confirmationMessage(randomUUID()));
      while (this.outlet.open) {
        if (!this.#live) await this.#catchUp();
        await this.#goOn();
      }
    } finally {
      forget();
    }
  }

  /** Delivers what was held; what is appended meanwhile comes after it. */
  async release(): Promise<void> {
    for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) await this.#deliver(event);
  }

  async send(message: streams.ReadResp): Promise<void> {
    if (await this.outlet.send(message)) this.#stalled = true;
  }

  async #catchUp(): Promise<void> {
    if (this.#place.commit > 0n && !this.log.isBoundary(this.#place.commit)) throw invalidPosition();
    let page = atOrBefore(this.#place, BEFORE_ALL) ? { commit: 0n, prepare: 0n } : this.#place;
    let counted = 0;
    while (this.outlet.open) {
      const { looked, full } = await this.#page();
      counted += looked;
      if (!full) break;
      if (this.#interval !== undefined && counted >= this.#interval) {
        counted %= this.#interval;
        if (!atOrBefore(page, this.#place)) this.#place = page;
        await this.checkpoint(this.#place);
      }
      page = { commit: this.log.events[this.#next]?.position ?? this.log.end, prepare: 0n };
    }
    if (this.#interval !== undefined) await this.checkpoint(this.#place);
    this.#live = true;
  }

  async #page(): Promise<{ looked: number; full: boolean }> {
    let [looked, found] = [0, 0];
    for (; looked < this.#window && found < PAGE; looked += 1) {
      const event = this.log.events[this.#next];
      if (!event) return { looked, full: false };
      this.#next += 1;
      if (!this.#matches(event)) continue;
      found += 1;
      await this.#event(event);
    }
    return { looked, full: true };
  }

  /** Ends when the consumer has fallen behind so far that the server would search the log again. */
  async #goOn(): Promise<void> {
    await this.send(caughtUpMessage());
    while (this.outlet.open) {
      const event = this.log.events[this.#next];
      if (!event) {
        await new Promise<void>((resolve) => (this.#more = resolve));
        continue;
      }
      this.#next += 1;
      if (this.#matches(event)) await this.#event(event);
      this.#seenLive += 1;
      if (this.#interval !== undefined && this.#seenLive % this.#interval === 0) {
        if (!atOrBefore(placeOfEvent(event), this.#place)) this.#place = placeOfEvent(event);
        await this.checkpoint(this.#place);
      }
      const stalled = this.#stalled;
      this.#stalled = false;
      if (!stalled || this.log.events.length - this.#next <= BUFFER) continue;
      if (this.#interval !== undefined) await this.checkpoint(this.#place);
      this.#live = false;
      return;
    }
  }

  async #event(event: LoggedEvent): Promise<void> {
    if (atOrBefore(placeOfEvent(event), this.#place)) return;
    this.#place = placeOfEvent(event);
    if (this.delivery.held || this.#waiting.length > 0) this.#waiting.push(event);
    else await this.#deliver(event);
  }

  async #deliver(event: LoggedEvent): Promise<void> {
    await this.send(eventMessage(event, this.#asText));
    this.#sent += 1;
    if (this.delivery.repeatEvery > 0 && this.#sent % this.delivery.repeatEvery === 0)
      await this.send(eventMessage(event, this.#asText));
  }

  /** Never the same or an earlier one than before; hence none at all after the one that means "before everything". */
  async checkpoint(place: Place): Promise<void> {
    const reported = unsigned(place);
    if (this.#reported && atOrBefore(reported, this.#reported)) return;
    this.#reported = reported;
    await this.send(checkpointMessage(reported));
  }
}

const headOf = (log: EventLog): Place => {
  const last = log.events.at(-1);
  return last ? placeOfEvent(last) : BEFORE_ALL;
};

function startInAll(log: EventLog, options: ReadOptions): Place {
  return options.getAll()?.hasStart() ? BEFORE_ALL : placeOf(options, headOf(log));
}

/** A stream is the events of one name in $all: after a revision is after that event's place. */
function startInStream(log: EventLog, options: ReadOptions, name: string): Place {
  const start = options.getStream();
  if (start?.hasEnd()) return headOf(log);
  if (!start?.hasRevision()) return BEFORE_ALL;
  const event = log.stream(name)?.[Number(start.getRevision())];
  return event ? placeOfEvent(event) : headOf(log);
}
