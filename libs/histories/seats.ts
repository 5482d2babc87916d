import { streams } from '#lib/domain/ids.js';
import { ErasePersonOfTenant } from '#lib/domain/person/messages.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { AssignSeats, UnassignSeats } from '#lib/domain/seat-pool/messages.js';
import { freeLicenses, type Pool } from '#lib/domain/seat-pool/state.js';
import type { Chance } from './chance.js';
import type { Stage, Who } from './stage.js';

interface Known {
  readonly tenantId: string;
  readonly serviceId: string;
}

/** Pools that are looked at before it is said that nobody has anything to do. */
const mostLooks = 20;
/** Whoever leaves is one of those who have been there longest. */
const longest = 40;

/** People who come and go at all customers: most of what happens in an installation. */
export class Seats {
  readonly #pools: Known[] = [];
  /** How many people of a tenant were ever named. */
  readonly #people = new Map<string, number>();

  constructor(
    private readonly stage: Stage,
    private readonly chance: Chance,
  ) {}

  add(tenantId: string, serviceId: string): void {
    this.#pools.push({ tenantId, serviceId });
  }

  /** Somebody gets or loses a seat; false: nobody has anything to do. */
  act(): boolean {
    for (let look = 0; look < mostLooks; look += 1) {
      const known = this.chance.oneOf(this.#pools);
      if (!known) return false;
      const pool = this.stage.world.stateOf(seatPool, streams.seatPool(known.tenantId, known.serviceId));
      if (pool.status !== 'active' || pool.conflict || pool.total === 0) continue;
      if (this.#change(known, pool)) return true;
    }
    return false;
  }

  #change(known: Known, pool: Pool): boolean {
    const free = freeLicenses(pool);
    const isFull = free * 10 < pool.total;
    if (free > 0 && this.chance.is(isFull ? 30 : 75)) {
      // Now and then more are asked for than there are licenses.
      const wanted = this.chance.between(1, 15) + (this.chance.is(5) ? free : 0);
      return this.#assign(known, this.chance.is(5) ? wanted : Math.min(free, wanted));
    }
    return pool.seats.size > 0 && this.#unassign(known, pool);
  }

  #assign({ tenantId, serviceId }: Known, count: number): boolean {
    const before = this.#people.get(tenantId) ?? 0;
    const personIds = Array.from({ length: count }, (_, index) => `p-${before + index + 1}`);
    this.#people.set(tenantId, before + count);
    return this.stage.act(AssignSeats, { tenantId, serviceId, personIds }, adminOf(tenantId)).isDone;
  }

  #unassign({ tenantId, serviceId }: Known, { seats }: Pool): boolean {
    const oldest: string[] = [];
    for (const personId of seats) {
      oldest.push(personId);
      if (oldest.length === longest) break;
    }
    const first = this.chance.number(oldest.length);
    const personIds = oldest.slice(first, first + this.chance.between(1, 10));
    const { isDone } = this.stage.act(UnassignSeats, { tenantId, serviceId, personIds }, adminOf(tenantId));
    const personId = personIds[0];
    if (personId !== undefined && this.chance.number(1_000) < 5)
      this.stage.act(ErasePersonOfTenant, { tenantId, personId }, adminOf(tenantId));
    return isDone;
  }
}

function adminOf(tenantId: string): Who {
  return { role: 'customer.userAdmin', tenantId };
}
