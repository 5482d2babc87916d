import { Ownership } from '#lib/engine/owning/ownership.js';
import type { Work } from '#lib/engine/owning/work.js';
import { StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { FencedError, type Leases } from '#lib/engine/ports/leases.js';
import { silent } from '#lib/engine/ports/logger.js';
import { LeasesInMemory } from '../support/leases.js';
import { ManualTime, settled, type ProcessTime } from '../support/time.js';

export const termMs = 3_000;
/** One work of four parts that are done together, and two of one part. */
export const workParts = [['a', 'b', 'c', 'd'], ['x'], ['y']] as const;
export const allParts = workParts.flat();
const commitEveryMs = 70;

/** When a process worked on a part, and under which epoch; `to` is null while it does. */
export interface Stint {
  readonly part: string;
  readonly by: string;
  readonly epoch: number;
  readonly from: number;
  to: number | null;
}

export interface Commit {
  readonly part: string;
  readonly by: string;
  readonly epoch: number;
  readonly at: number;
}

/** What becomes of what a process asks the store of leases; null: it is answered. */
type CutOff = 'refused' | 'silent' | 'answer lost' | 'answer lost to taking work' | null;

interface Manner {
  /** How long its works take to come to rest. */
  readonly restMs?: number;
  /** What a work fails with that is begun for the n-th time, and after how long. */
  readonly failing?: (parts: readonly string[], times: number) => { error: Error; afterMs: number } | null;
  readonly cutOff?: CutOff;
}

/** Some processes that share works by leases, on a clock and a store that the test has in its hands. */
export class World {
  readonly time = new ManualTime();
  readonly leases = new LeasesInMemory(termMs, () => this.time.now());
  readonly stints: Stint[] = [];
  /** What the store has taken, in order. */
  readonly commits: Commit[] = [];
  readonly processes: OwningProcess[] = [];
  readonly #epochs = new Map<string, number>();

  async join(name: string, manner: Manner = {}): Promise<OwningProcess> {
    const process = new OwningProcess(this, name, manner);
    this.processes.push(process);
    await this.time.pass(0);
    return process;
  }

  /** By part: who works on it now, and under which epoch. */
  get atWork(): Record<string, string> {
    const going = this.stints.filter(({ to }) => to === null);
    const sorted = going.sort((a, b) => (a.part < b.part ? -1 : 1));
    return Object.fromEntries(sorted.map(({ part, by, epoch }) => [part, `${by}@${epoch}`]));
  }

  /** What happened to a part; a work that is begun anew at once under the same epoch goes on. */
  stintsOf(part: string): readonly Stint[] {
    const joined: Stint[] = [];
    for (const stint of this.stints.filter((one) => one.part === part)) {
      const last = joined.at(-1);
      const goesOn = last?.by === stint.by && last.epoch === stint.epoch && last.to === stint.from;
      if (last && goesOn) last.to = stint.to;
      else joined.push({ ...stint });
    }
    return joined;
  }

  /** As a view store does: one of a later epoch lets no earlier one write. */
  commit(commit: Commit): void {
    const { part, epoch } = commit;
    if (epoch < (this.#epochs.get(part) ?? 0)) throw new FencedError(`${part} has another owner.`);
    this.#epochs.set(part, epoch);
    this.commits.push(commit);
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.leave()));
  }
}

/** One process: it can leave, die without a word, sleep, and be cut off from the store of the leases. */
export class OwningProcess {
  readonly time: ProcessTime;
  /** What it cannot go on for. */
  readonly fatal: unknown[] = [];
  /** What it was refused to write, since another has the part. */
  readonly refused: Commit[] = [];
  /** Spans in which it was asleep. */
  readonly slept: { readonly from: number; to: number }[] = [];
  readonly ownership: Ownership;
  cutOff: CutOff;
  /** Whether it has gone, in good order or not. */
  isGone = false;
  readonly #leaving = new AbortController();
  readonly #ended: Promise<void>;

  constructor(
    private readonly world: World,
    readonly name: string,
    private readonly manner: Manner,
  ) {
    this.time = world.time.ofProcess();
    this.cutOff = manner.cutOff ?? null;
    this.ownership = new Ownership({
      leases: this.#leases(),
      owner: name,
      works: workParts.map((parts) => this.#work(parts)),
      log: silent,
      fatal: (error) => this.fatal.push(error),
      time: this.time,
    });
    this.#ended = this.ownership.run(this.#leaving.signal);
  }

  sleep(): void {
    this.time.isAsleep = true;
    this.slept.push({ from: this.time.now(), to: Infinity });
  }

  wake(): void {
    const last = this.slept.at(-1);
    if (last) last.to = this.time.now();
    this.time.isAsleep = false;
  }

  /** As after kill -9. */
  die(): void {
    this.isGone = true;
    this.sleep();
    for (const stint of this.world.stints) if (stint.by === this.name) stint.to ??= this.time.now();
  }

  /** In good order. Resolves when everything is at rest and, if it can be, given up; time passes meanwhile. */
  async leave(): Promise<void> {
    if (this.isGone) return;
    this.isGone = true;
    this.#leaving.abort();
    let hasEnded = false;
    void this.#ended.then(() => (hasEnded = true));
    for (await settled(); !hasEnded;) await this.world.time.pass(10);
  }

  #work(parts: readonly string[]): Work {
    let times = 0;
    return {
      parts,
      run: async (held, signal) => {
        const failure = this.manner.failing?.(parts, (times += 1));
        const stints = [...held].map(([part, epoch]): Stint => {
          return { part, epoch, by: this.name, from: this.time.now(), to: null };
        });
        this.world.stints.push(...stints);
        try {
          await this.#commitUntil(signal, stints, failure?.afterMs);
          if (failure && !signal.aborted) throw failure.error;
          if (this.manner.restMs) await this.#pause(this.manner.restMs);
        } finally {
          for (const stint of stints) stint.to ??= this.time.now();
        }
      },
    };
  }

  async #commitUntil(signal: AbortSignal, stints: readonly Stint[], forMs = Infinity): Promise<void> {
    const until = this.time.now() + forMs;
    while (!signal.aborted && this.time.now() < until) {
      for (const { part, epoch } of stints) {
        const commit = { part, epoch, by: this.name, at: this.time.now() };
        try {
          this.world.commit(commit);
        } catch (error) {
          this.refused.push(commit);
          throw error;
        }
      }
      await this.#pause(Math.min(commitEveryMs, until - this.time.now()), signal);
    }
  }

  #pause(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        callOff();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const callOff = this.time.after(ms, end);
      signal?.addEventListener('abort', end);
    });
  }

  #leases(): Leases {
    const { leases } = this.world;
    const through = async <T>(act: () => Promise<T>): Promise<T> => {
      while (this.cutOff === 'silent') await this.#pause(100);
      if (this.cutOff === 'refused') throw new StoreUnavailableError('away');
      const answer = await act();
      if (this.cutOff === 'answer lost') throw new StoreUnavailableError('lost');
      return answer;
    };
    return {
      termMs,
      take: async (name, owner) => {
        const lease = await through(() => leases.take(name, owner));
        if (this.cutOff !== 'answer lost to taking work' || !name.startsWith('work/')) return lease;
        throw new StoreUnavailableError('lost');
      },
      renew: (lease, owner) => through(() => leases.renew(lease, owner)),
      release: (lease, owner) => through(() => leases.release(lease, owner)),
      holders: (prefix) => through(() => leases.holders(prefix)),
    };
  }
}
