import { setTimeout as pause } from 'node:timers/promises';
import type { Lease, Leases } from '../ports/leases.js';
import type { Logger } from '../ports/logger.js';
import { OngoingWork } from './ongoing.js';
import type { Work } from './work.js';

export interface OwnershipOptions {
  readonly leases: Leases;
  /** Unique among the processes, also among those that have ended. */
  readonly owner: string;
  readonly works: readonly Work[];
  readonly log: Logger;
  /** A work cannot go on, and trying again would not help: the process should end. */
  readonly fatal: (error: unknown) => void;
}

const members = 'member/';
const owned = 'work/';
/** Renewed so many times within a term: two failures in a row lose nothing. */
const renewalsPerTerm = 3;

/**
 * Shares works out among processes: each takes an equal share of all parts, gives up what is more than that when
 * others come, and takes what is free when others go. What is held is renewed; a process that could not renew in time
 * stops by its own clock, and if it sleeps past that, the epoch in its commits is refused.
 */
export class Ownership {
  readonly #works: readonly OngoingWork[];
  readonly #parts: number;
  #membership: Lease | null = null;
  #renewedAt = performance.now();

  constructor(private readonly options: OwnershipOptions) {
    const { works, log, fatal } = options;
    this.#works = works.map((work) => new OngoingWork(work, log, fatal));
    this.#parts = works.reduce((sum, { parts }) => sum + parts.length, 0);
  }

  /** Whether it has come to know its share, and could renew what it holds. */
  get takesPart(): boolean {
    return this.#membership !== null && performance.now() - this.#renewedAt <= this.options.leases.termMs;
  }

  /** Names of the parts that this process works on. */
  get held(): readonly string[] {
    return this.#works.flatMap(({ held }) => held);
  }

  /** Until the signal aborts; then everything is at rest and given up. */
  async run(signal: AbortSignal): Promise<void> {
    const { leases, log } = this.options;
    while (!signal.aborted) {
      try {
        await this.#turn();
      } catch (error) {
        log.warn({ error }, 'leases cannot be reached');
        if (performance.now() - this.#renewedAt > leases.termMs) await this.#letGo();
      }
      const restMs = Number.isFinite(leases.termMs) ? leases.termMs / renewalsPerTerm : 2 ** 30;
      await pause(restMs * (0.8 + Math.random() * 0.2), undefined, { signal, ref: false }).catch(() => undefined);
    }
    await this.#end();
  }

  async #turn(): Promise<void> {
    const startedAt = performance.now();
    await this.#renew();
    this.#renewedAt = startedAt;
    const share = await this.#share();
    const count = this.held.length;
    if (count > share) await this.#giveUp(count - share);
    else if (count < share) await this.#takeFree(share - count);
  }

  async #renew(): Promise<void> {
    const { leases, owner } = this.options;
    if (this.#membership && !(await leases.renew(this.#membership, owner))) this.#membership = null;
    this.#membership ??= await leases.take(`${members}${owner}`, owner);
    for (const work of this.#works) {
      const renewed = await Promise.all(work.held.map((part) => this.#isRenewed(work, part)));
      const lost = work.held.filter((_, index) => !renewed[index]);
      if (lost.length === 0) continue;
      this.options.log.warn({ parts: lost }, 'leases lost');
      await work.change(new Map(), lost);
    }
  }

  async #isRenewed(work: OngoingWork, part: string): Promise<boolean> {
    const lease = work.leaseOf(part);
    return lease !== undefined && (await this.options.leases.renew(lease, this.options.owner));
  }

  /** How many parts are this process's: all, shared equally, rounded up. */
  async #share(): Promise<number> {
    const present = await this.options.leases.holders(members);
    return Math.ceil(this.#parts / Math.max(1, present.length));
  }

  /** What is given up comes to rest before another can take it. */
  async #giveUp(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const largest = this.#works.reduce((most, work) => (work.held.length > most.held.length ? work : most));
      const leaving = largest.held.slice(0, Math.min(left, Math.ceil(largest.held.length / 2)));
      await this.#release(largest, leaving);
      left -= leaving.length;
    }
  }

  async #release(work: OngoingWork, parts: readonly string[]): Promise<void> {
    const { leases, owner } = this.options;
    const given = parts.map((part) => work.leaseOf(part)).filter((lease) => lease !== undefined);
    await work.change(new Map(), parts);
    for (const lease of given) await leases.release(lease, owner);
  }

  async #takeFree(count: number): Promise<void> {
    const { leases, owner } = this.options;
    const taken = new Set((await leases.holders(owned)).map(({ name }) => name));
    let left = count;
    for (const work of this.#works) {
      const free = work.work.parts.filter((part) => !work.leaseOf(part) && !taken.has(`${owned}${part}`));
      const given = new Map<string, Lease>();
      for (const part of free.slice(0, left)) {
        const lease = await leases.take(`${owned}${part}`, owner);
        if (lease) given.set(part, lease);
      }
      left -= given.size;
      if (given.size > 0) await work.change(given, []);
    }
  }

  /** The term has passed without renewal: others may be at work already. */
  async #letGo(): Promise<void> {
    await Promise.all(this.#works.map((work) => work.change(new Map(), work.held)));
    this.#membership = null;
  }

  async #end(): Promise<void> {
    const { leases, owner, log } = this.options;
    await Promise.all(this.#works.map((work) => work.stop()));
    try {
      await Promise.all(this.#works.map((work) => this.#release(work, work.held)));
      if (this.#membership) await leases.release(this.#membership, owner);
    } catch (error) {
      log.warn({ error }, 'leases were not given up; they run out by themselves');
    }
  }
}
