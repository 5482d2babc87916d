import { contactIds, personIds, publisherIds, tenantIds, type Wish } from './cast.js';
import type { Chance } from '#lib/histories/chance.js';
import { cutOffId } from './lead-acts.js';
import type { Model } from './model.js';

/** Writing down and erasing whoever holds seats, stands in deals or left a lead. */
export function peopleAct(model: Model, chance: Chance): Wish {
  const act = chance.is(60) ? 'Put' : 'Erase';
  const wrongId = chance.is(5) ? chance.of('Ada Lovelace', '', 'x'.repeat(65)) : undefined;
  const data = act === 'Put' ? dataOf(chance) : {};
  if (chance.is(50)) {
    const tenantId = chance.of(...tenantIds);
    const input = { tenantId, personId: wrongId ?? chance.of(...personIds), ...data };
    return { name: `${act}PersonOfTenant`, input, of: { tenantId } };
  }
  const publisherId = chance.of(...publisherIds);
  const visitor = chance.oneOf(model.leads.filter((lead) => lead.publisherId === publisherId))?.id;
  const someone = chance.of(...contactIds, visitor ?? 'visitor', cutOffId);
  const input = { publisherId, personId: wrongId ?? someone, ...data };
  const sender = chance.is(95) ? publisherId : chance.of(...publisherIds);
  return { name: `${act}PersonOfPublisher`, input, of: { publisherId: sender } };
}

/** All that the directory can hold of a person, perhaps one thing of it wrong, not known, or just right. */
function dataOf(chance: Chance): object {
  const right = {
    name: `Ada ${chance.number(3)}`,
    firstName: 'Ada',
    lastName: null,
    email: 'ada@contoso.example',
    phone: null,
    title: 'Countess',
    company: 'Contoso',
    country: 'SE',
    note: null,
  };
  const odd = chance.of<object>(
    { name: 'x'.repeat(chance.of(0, 200, 201)) },
    { firstName: 'x'.repeat(chance.of(0, 80, 81)) },
    { lastName: 'x'.repeat(chance.of(0, 80, 81)) },
    { email: chance.of('', 'ada', null, `a@${'x'.repeat(chance.of(252, 253))}`) },
    { phone: 'x'.repeat(chance.of(0, 50, 51)) },
    { title: chance.of('', null) },
    { company: 'x'.repeat(chance.of(0, 200, 201)) },
    { country: chance.of('', 'se', 'XX', null) },
    { note: 'x'.repeat(chance.of(0, 2_000, 2_001)) },
  );
  return chance.is(80) ? right : { ...right, ...odd };
}
