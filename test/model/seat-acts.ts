import { personIds, tenantIds, type Wish } from './cast.js';
import type { Chance } from '#lib/histories/chance.js';
import type { Model } from './model.js';

/** What a customer's admins do with their licenses, and what deadlines ask for, early, late or twice. */
export function seatAct(model: Model, chance: Chance): Wish {
  const pool = chance.oneOf(model.pools);
  const tenantId = pool?.tenantId ?? chance.of(...tenantIds);
  const serviceId = chance.is(98) && pool ? pool.serviceId : 'fabrikam.f365.unknown';
  const named = { tenantId, serviceId };
  const persons = chance.is(90) ? some(chance, personIds) : chance.of([], ['Ada Lovelace'], ['ada', 'Not one', 'ada']);
  const seated = pool && pool.seats.length > 0 && chance.is(80) ? some(chance, pool.seats) : persons;
  const [name, input] = chance.of<readonly [string, object]>(
    ['AssignSeats', { personIds: persons }],
    ['AssignSeats', { personIds: persons }],
    ['AssignSeats', { personIds: persons }],
    ['AssignSeats', { personIds: [...personIds].sort() }],
    ['UnassignSeats', { personIds: seated }],
    ['SetShrinkPolicy', { policy: chance.of('keep', 'newestFirst', 'oldestFirst') }],
    chance.of(['ApplyShrinkPolicy', {}], ['EndGrace', {}]),
  );
  return { name, input: { ...named, ...input }, of: { tenantId } };
}

/** One to three of them, in any order, one perhaps twice. */
function some(chance: Chance, of: readonly string[]): string[] {
  return Array.from({ length: chance.of(1, 1, 2, 3) }, () => chance.of(...of));
}
