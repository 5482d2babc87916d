import { offer as offers } from '#lib/domain/offer/offer.js';
import { streams } from '#lib/domain/ids.js';
import { isOnSale, releaseOf, type OfferState } from '#lib/domain/offer/state.js';
import type { Chance } from './chance.js';
import type { Stage } from './stage.js';

/** The offers that went live, for those who buy licenses of one. */
export class Market {
  readonly #licensed: string[] = [];

  constructor(private readonly stage: Stage) {}

  add(offer: string): void {
    this.#licensed.push(offer);
  }

  stateOf(offer: string): OfferState {
    return this.stage.world.stateOf(offers, streams.offer(offer));
  }

  isOnSale(offer: string): boolean {
    return isOnSale(this.stateOf(offer), this.stage.world.now);
  }

  /** One with license management that is on sale, of another publisher than this one's; null: there is none now. */
  choose(chance: Chance, except: string | null): string | null {
    const offer = chance.oneOf(this.#licensed) ?? null;
    const isOther = offer !== null && (except === null || !offer.startsWith(`${except}.`));
    return isOther && this.isOnSale(offer) ? offer : null;
  }

  /** Plans that new license lines may be of (R66). */
  plansOf(offer: string): readonly string[] {
    if (!this.isOnSale(offer)) return [];
    const plans = releaseOf(this.stateOf(offer))?.content.plans ?? [];
    return plans.flatMap(({ planId, onSale }) => (onSale ? [planId] : []));
  }
}
