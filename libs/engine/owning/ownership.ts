import { once } from 'node:events';
import type { Lease, Leases } from '../ports/leases.js';
import type { Logger } from '../ports/logger.js';
import { OngoingWork } from './ongoing.js';
import { passingTime, type Time } from './time.js';
import { Wake } from './wake.js';
import type { Work } from './work.js';

export interface OwnershipOptions {
  readonly leases: Leases;
  /** Unique among the processes, also among those that have ended. */
  readonly owner: string;
  readonly works: readonly Work[];
  readonly log: Logger;
  /** A work cannot go on, and trying again would not help: the process should end. */
  readonly fatal: (error: unknown) => void;
  readonly time?: Time;
}

const members = 'member/';
const owned = 'work/';
/** Renewed so many times within a term: two failures in a row lose nothing. */
const renewalsPerTerm = 3;
/** The longest rest that a timer knows: of one whose leases never run out. */
const longestRestMs = 2 ** 30;

/**
 * Shares works out among processes: each takes an equal share of all parts, gives up what is more than that when
 * others come, and takes what is free when others go. What is held is renewed; a process that could not renew in time
 * stops by its own clock, and if it sleeps past that, the epoch in its commits is refused.
 */
export class Ownership {
  readonly #works: readonly OngoingWork[];
  readonly #parts: number;
  readonly #time: Time;
  readonly #rest: Wake;
  #membership: Lease | null = null;
  #renewedAt = -Infinity;
  #runsOut: () => void = () => undefined;
  #sharing: Promise<void> | null = null;

  constructor(private readonly options: OwnershipOptions) {
    const { works, log, fatal: failed, time = passingTime } = options;
    this.#time = time;
    this.#rest = new Wake(time);
    const fenced = (): void => this.#rest.wake();
    this.#works = works.map((work) => new OngoingWork(work, { log, time, fenced, failed }));
    this.#parts = works.reduce((sum, { parts }) => sum + parts.length, 0);
  }

  /** Whether it has come to know its share, and could renew what it holds. */
  get takesPart(): boolean {
    return this.#membership !== null && this.#time.now() - this.#renewedAt <= this.options.leases.termMs;
  }

  /** Names of the parts that this process works on. */
  get held(): readonly string[] {
    return this.#works.flatMap(({ held }) => held);
  }

  /** Until the signal aborts; then everything is at rest and given up. What comes to rest is still renewed. */
  async run(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const turning = this.#turns(signal, ended.signal);
    if (!signal.aborted) await once(signal, 'abort');
    await this.#leave();
    ended.abort();
    await turning;
    this.#runsOut();
  }

  async #turns(signal: AbortSignal, ended: AbortSignal): Promise<void> {
    const { termMs } = this.options.leases;
    const restMs = Number.isFinite(termMs) ? termMs / renewalsPerTerm : longestRestMs;
    while (!ended.aborted) {
      await this.#turn(signal);
      await this.#rest.rest(restMs * (0.8 + Math.random() * 0.2), ended);
    }
  }

  /** Renewing waits for no work to come to rest, so that one that takes long costs none of the others its lease. */
  async #turn(signal: AbortSignal): Promise<void> {
    const startedAt = this.#time.now();
    try {
      await this.#renew(signal);
    } catch (error) {
      this.options.log.warn({ error }, 'leases cannot be reached');
      return;
    }
    this.#renewed(startedAt);
    if (signal.aborted) return;
    this.#sharing ??= this.#shareOut(signal)
      .catch((error: unknown) => this.options.log.warn({ error }, 'leases could not be shared out'))
      .finally(() => (this.#sharing = null));
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { leases, owner } = this.options;
    if (this.#membership && !(await leases.renew(this.#membership, owner))) this.#membership = null;
    if (!signal.aborted) this.#membership ??= await this.#join();
    await Promise.all(this.#works.map((work) => this.#renewWork(work)));
  }

  /** The first place that is free: leases are kept for ever, so there are as many as processes ran at once. */
  async #join(): Promise<Lease> {
    const { leases, owner } = this.options;
    for (let place = 0; ; place += 1) {
      const lease = await leases.take(`${members}${place}`, owner);
      if (lease) return lease;
    }
  }

  async #renewWork(work: OngoingWork): Promise<void> {
    const { leases, owner, log } = this.options;
    const lost: string[] = [];
    const renewPart = async (part: string): Promise<void> => {
      const lease = work.leaseOf(part);
      // It may have been given up meanwhile.
      if (lease && !(await leases.renew(lease, owner)) && work.leaseOf(part) === lease) lost.push(part);
    };
    await Promise.all(work.held.map(renewPart));
    if (lost.length === 0) return;
    log.warn({ parts: lost }, 'leases lost');
    void work.leave(lost);
  }

  #renewed(at: number): void {
    const { termMs } = this.options.leases;
    this.#renewedAt = at;
    this.#runsOut();
    if (Number.isFinite(termMs)) this.#runsOut = this.#time.after(at + termMs - this.#time.now(), () => this.#letGo());
  }

  /** The term has passed without renewal: others may be at work already. */
  #letGo(): void {
    this.options.log.warn({ parts: this.held }, 'leases could not be renewed in time');
    this.#membership = null;
    for (const work of this.#works) void work.leave(work.held);
  }

  async #shareOut(signal: AbortSignal): Promise<void> {
    const share = await this.#share();
    const count = this.held.length;
    if (count > share) await this.#giveUp(count - share);
    else if (count < share) await this.#takeFree(share - count, signal);
  }

  /** How many parts are this process's: all, shared equally; what is left over goes to the first by name. */
  async #share(): Promise<number> {
    const { leases, owner } = this.options;
    const others = (await leases.holders(members)).filter((holder) => holder.owner !== owner);
    const before = others.filter((holder) => holder.owner < owner).length;
    const each = Math.floor(this.#parts / (others.length + 1));
    return before < this.#parts % (others.length + 1) ? each + 1 : each;
  }

  /** Every so manieth, so that of each work others get about as much. */
  async #giveUp(count: number): Promise<void> {
    const { held } = this;
    const leaving = new Set(Array.from({ length: count }, (_, n) => held[Math.floor((n * held.length) / count)]));
    const release = (work: OngoingWork): Promise<void> =>
      this.#release(
        work,
        work.held.filter((part) => leaving.has(part)),
      );
    await Promise.all(this.#works.map(release));
  }

  /** What is given up comes to rest before another can take it. */
  async #release(work: OngoingWork, parts: readonly string[]): Promise<void> {
    const { leases, owner } = this.options;
    const given = parts.map((part) => work.leaseOf(part)).filter((lease) => lease !== undefined);
    await work.leave(parts);
    for (const lease of given) await leases.release(lease, owner);
  }

  async #takeFree(count: number, signal: AbortSignal): Promise<void> {
    const { leases, owner } = this.options;
    const holders = await leases.holders(owned);
    // What this process is said to hold and does not know of: the answer to its taking was lost.
    const taken = new Set(holders.filter((holder) => holder.owner !== owner).map(({ name }) => name));
    let left = count;
    for (const work of this.#works) {
      const given = new Map<string, Lease>();
      try {
        for (const part of work.work.parts) {
          if (left === 0 || signal.aborted) break;
          if (work.leaseOf(part) || taken.has(`${owned}${part}`)) continue;
          const lease = await leases.take(`${owned}${part}`, owner);
          if (!lease) continue;
          given.set(part, lease);
          left -= 1;
        }
      } finally {
        if (given.size > 0) work.give(given);
      }
    }
  }

  async #leave(): Promise<void> {
    for (const work of this.#works) work.stop();
    await this.#sharing;
    const releases = [this.#resign(), ...this.#works.map((work) => this.#release(work, work.held))];
    for (const end of await Promise.allSettled(releases)) {
      if (end.status === 'fulfilled') continue;
      this.options.log.warn({ error: end.reason as unknown }, 'leases were not given up; they run out by themselves');
    }
  }

  /** First of all, so that others count on what comes to rest. */
  async #resign(): Promise<void> {
    const { leases, owner } = this.options;
    const membership = this.#membership;
    this.#membership = null;
    if (membership) await leases.release(membership, owner);
  }
}
