import type { Chance } from './chance.js';
import { consentLife, dealLife, type Customer } from './deal-life.js';
import { Licenses } from './licenses.js';
import type { Market } from './market.js';
import type { Seats } from './seats.js';
import { days, type Life, type Stage } from './stage.js';

const names = ['Contoso', 'Adatum', 'Northwind', 'Tailspin', 'Wingtip', 'Proseware', 'Litware', 'Woodgrove'] as const;
const countries = ['US', 'US', 'US', 'DE', 'GB', 'FR', 'SE', 'JP', 'CA', 'AU', 'NL'] as const;

/** A company that buys of one publisher, some later of a second one. */
export function* companyLife(stage: Stage, market: Market, seats: Seats, index: number): Life {
  const chance = stage.chanceOf(`company ${index}`);
  const tenantId = `${chance.hex(8)}-${chance.hex(4)}-4${chance.hex(3)}-8${chance.hex(3)}-${chance.hex(12)}`;
  const company = { name: `${chance.of(...names)} ${index}`, country: chance.of(...countries), tenantId };
  const first = yield* untilChosen(market, chance, null);
  if (chance.is(20))
    stage.begin(secondPurchase(stage, market, seats, company, first, chance), days(chance.between(50, 300)));
  yield* customerLife(stage, market, seats, { ...company, offer: first }, chance);
}

type Company = Omit<Customer, 'offer'>;

function* secondPurchase(
  stage: Stage,
  market: Market,
  seats: Seats,
  company: Company,
  first: string,
  chance: Chance,
): Life {
  const [publisherId = ''] = first.split('.');
  const offer = yield* untilChosen(market, chance, publisherId);
  yield* customerLife(stage, market, seats, { ...company, offer }, chance);
}

function* untilChosen(market: Market, chance: Chance, except: string | null): Life<string> {
  for (;;) {
    const offer = market.choose(chance, except);
    if (offer !== null) return offer;
    yield days(chance.between(2, 15));
  }
}

/** Deals and licenses of one customer, month after month, to the end of the time or of the relationship. */
function* customerLife(stage: Stage, market: Market, seats: Seats, customer: Customer, chance: Chance): Life {
  const dealId = yield* dealLife(stage, customer, chance);
  if (dealId === null || !(yield* consentLife(stage, customer, dealId, chance))) return;
  const licenses = new Licenses(stage, market, seats, customer, dealId, chance);
  licenses.grow();
  for (;;) {
    yield days(chance.between(15, 60));
    const what = chance.number(100);
    if (what < 60) licenses.grow();
    else if (what < 76) licenses.shrink();
    else if (what < 84) yield* licenses.shrinkBelowSeats();
    else if (what < 90) licenses.removeOne();
    else if (what < 96) yield* anotherDeal(stage, customer, licenses, chance);
    else if (!(yield* leaveAndReturn(stage, customer, licenses, chance))) return;
  }
}

function* anotherDeal(stage: Stage, customer: Customer, licenses: Licenses, chance: Chance): Life {
  if (licenses.deals > 2) return;
  const dealId = yield* dealLife(stage, customer, chance);
  if (dealId === null) return;
  licenses.addDeal(dealId);
  licenses.grow();
}

/** False: the customer does not come back. */
function* leaveAndReturn(stage: Stage, customer: Customer, licenses: Licenses, chance: Chance): Life<boolean> {
  licenses.removeAll();
  yield days(chance.between(20, 90));
  licenses.terminate();
  if (chance.is(50)) return false;
  yield days(chance.between(30, 200));
  const dealId = yield* dealLife(stage, customer, chance);
  if (dealId === null || !(yield* consentLife(stage, customer, dealId, chance))) return false;
  licenses.addDeal(dealId);
  licenses.grow();
  return true;
}
