import { deal } from '#lib/domain/deal/decider.js';
import { UpdateLicenses } from '#lib/domain/deal/messages.js';
import { publisherOf, serviceId, streams } from '#lib/domain/ids.js';
import { TerminateRelationship } from '#lib/domain/relationship/messages.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { SetShrinkPolicy, UnassignSeats } from '#lib/domain/seat-pool/messages.js';
import { seatsOf, type SeatPoolState } from '#lib/domain/seat-pool/state.js';
import type { Chance } from './chance.js';
import { sellerOf, type Customer } from './deal-life.js';
import type { Market } from './market.js';
import type { Seats } from './seats.js';
import { days, type Life, type Stage, type Who } from './stage.js';

interface Line {
  readonly dealId: string;
  readonly planId: string;
  readonly count: number;
}

/** A customer's license lines over all deals with one publisher, and what the publisher does with them. */
export class Licenses {
  readonly #dealIds: string[];

  constructor(
    private readonly stage: Stage,
    private readonly market: Market,
    private readonly seats: Seats,
    private readonly customer: Customer,
    dealId: string,
    private readonly chance: Chance,
  ) {
    this.#dealIds = [dealId];
  }

  get deals(): number {
    return this.#dealIds.length;
  }

  addDeal(dealId: string): void {
    this.#dealIds.push(dealId);
  }

  /** More of a line, or a new one, where the deal's status allows it (R54). */
  grow(): void {
    const growing = this.#dealIds.filter((dealId) => {
      const { status } = this.#dealOf(dealId);
      return status === 'Submitted' || status === 'Approved';
    });
    const dealId = this.chance.oneOf(growing);
    const lines = this.#lines().filter((line) => line.dealId === dealId);
    const line = this.chance.oneOf(lines);
    if (dealId === undefined) return;
    if (line && this.chance.is(80)) {
      this.#set(line, line.count + this.chance.between(1, 5 + Math.floor(line.count / 3)));
      return;
    }
    const sold = this.market.plansOf(this.customer.offer).filter((id) => !lines.some(({ planId }) => planId === id));
    const planId = this.chance.oneOf(sold);
    if (planId === undefined) return;
    const isNew = this.#poolOf(planId).status === 'none';
    this.#set({ dealId, planId }, this.chance.between(5, 120));
    if (isNew) this.#opened(planId);
  }

  /** To what is still in use, at least. */
  shrink(): void {
    const line = this.chance.oneOf(this.#lines());
    if (!line) return;
    const pool = this.#poolOf(line.planId);
    const free = pool.status === 'active' ? Math.max(0, pool.total - pool.seats.size) : 0;
    const less = Math.min(line.count - 1, free, this.chance.between(1, 20));
    if (less > 0) this.#set(line, line.count - less);
  }

  /** Fewer licenses than seats: the customer frees seats before the deadline, or the shrink policy has its way (R73). */
  *shrinkBelowSeats(): Life {
    const line = this.chance.oneOf(this.#lines());
    const pool = line && this.#poolOf(line.planId);
    if (!line || pool?.status !== 'active' || pool.conflict) return;
    const excess = this.chance.between(1, 12);
    const count = line.count - (pool.total - pool.seats.size) - excess;
    if (count < 1) return;
    this.#set(line, count);
    if (this.chance.is(40)) return;
    yield days(this.chance.between(3, 60));
    const { tenantId } = this.customer;
    const serviceId = this.#service(line.planId);
    const personIds = [...seatsOf(this.#poolOf(line.planId))].slice(0, excess);
    if (personIds.length > 0) this.stage.act(UnassignSeats, { tenantId, serviceId, personIds }, this.#admin());
  }

  removeOne(): void {
    const lines = this.#lines();
    const line = this.chance.oneOf(lines);
    if (line && lines.length > 1) this.#remove(line.dealId, [line.planId]);
  }

  removeAll(): void {
    const lines = this.#lines();
    for (const dealId of this.#dealIds) {
      const removed = lines.flatMap((line) => (line.dealId === dealId ? [line.planId] : []));
      if (removed.length > 0) this.#remove(dealId, removed);
    }
  }

  terminate(): void {
    const { tenantId, offer } = this.customer;
    this.stage.act(TerminateRelationship, { publisherId: publisherOf(offer), tenantId }, sellerOf(this.customer));
  }

  #opened(planId: string): void {
    const { tenantId } = this.customer;
    const serviceId = this.#service(planId);
    this.seats.add(tenantId, serviceId);
    if (!this.chance.is(30)) return;
    const policy = this.chance.of('newestFirst', 'oldestFirst', 'keep');
    this.stage.act(SetShrinkPolicy, { tenantId, serviceId, policy }, this.#admin());
  }

  #set({ dealId, planId }: Omit<Line, 'count'>, count: number): void {
    const { tenantId } = this.customer;
    const lines = [{ planId, count }];
    this.stage.act(UpdateLicenses, { dealId, tenantId, lines, removed: [] }, sellerOf(this.customer));
  }

  #remove(dealId: string, removed: string[]): void {
    const { tenantId } = this.customer;
    this.stage.act(UpdateLicenses, { dealId, tenantId, lines: [], removed }, sellerOf(this.customer));
  }

  #lines(): readonly Line[] {
    return this.#dealIds.flatMap((dealId) => {
      const state = this.#dealOf(dealId);
      return state.status === 'none' ? [] : [...state.lines].map(([planId, count]) => ({ dealId, planId, count }));
    });
  }

  #dealOf(dealId: string) {
    return this.stage.world.stateOf(deal, streams.deal(dealId));
  }

  #poolOf(planId: string): SeatPoolState {
    return this.stage.world.stateOf(seatPool, streams.seatPool(this.customer.tenantId, this.#service(planId)));
  }

  #service(planId: string): string {
    return serviceId(this.customer.offer, planId);
  }

  #admin(): Who {
    return { role: 'customer.licenseAdmin', tenantId: this.customer.tenantId };
  }
}
