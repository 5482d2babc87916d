import type { Holder, Lease, Leases } from '#lib/engine/ports/leases.js';

interface Held {
  readonly owner: string | null;
  readonly epoch: number;
  readonly until: number;
}

/** Leases in memory, on a clock that a test moves, with the answers of the real port. */
export class LeasesInMemory implements Leases {
  readonly #held = new Map<string, Held>();

  constructor(
    readonly termMs: number,
    private readonly now: () => number,
  ) {}

  async take(name: string, owner: string): Promise<Lease | null> {
    const held = this.#held.get(name);
    if (held && held.until > this.now() && held.owner !== owner) return null;
    const epoch = (held?.epoch ?? 0) + 1;
    this.#held.set(name, { owner, epoch, until: this.now() + this.termMs });
    return { name, epoch };
  }

  async renew({ name, epoch }: Lease, owner: string): Promise<boolean> {
    if (!this.#isOwn(name, epoch, owner)) return false;
    this.#held.set(name, { owner, epoch, until: this.now() + this.termMs });
    return true;
  }

  async release({ name, epoch }: Lease, owner: string): Promise<void> {
    if (this.#isOwn(name, epoch, owner)) this.#held.set(name, { owner: null, epoch, until: -Infinity });
  }

  async holders(prefix: string): Promise<readonly Holder[]> {
    return [...this.#held]
      .filter(([name, { until }]) => name.startsWith(prefix) && until > this.now())
      .map(([name, { owner }]) => ({ name, owner: owner ?? '' }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  #isOwn(name: string, epoch: number, owner: string): boolean {
    const held = this.#held.get(name);
    return held !== undefined && held.owner === owner && held.epoch === epoch;
  }
}
