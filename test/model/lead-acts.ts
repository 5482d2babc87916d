import { offerKeys, publisherIds, tenantIds, type Wish } from './cast.js';
import type { Chance } from '#lib/histories/chance.js';
import { kindsShown } from './lead.js';
import type { Model, ModelLead, ModelOffer } from './model.js';
import { isErased } from './people.js';

/** What visitors ask for with a listing's buttons, and what the publisher makes of it. */
export function leadAct(model: Model, chance: Chance): Wish {
  const lead = chance.oneOf(model.leads);
  if (chance.is(5)) return connect(chance);
  if (!lead || chance.is(40)) return submit(model, chance);
  const [name, input] = chance.is(70) ? sensible(lead, chance) : anyOf(chance);
  const sender = chance.is(98) ? lead.publisherId : chance.of(...publisherIds);
  return { name, input: { leadId: chance.is(98) ? lead.id : 'none', ...input }, of: { publisherId: sender } };
}

type Step = readonly [name: string, input: object];

function sensible({ status }: ModelLead, chance: Chance): Step {
  if (status === 'accepted') return ['CloseLead', { outcome: chance.of('won', 'lost') }];
  return chance.of<Step>(['AcceptLead', {}], ['AcceptLead', {}], ['DeclineLead', {}]);
}

function anyOf(chance: Chance): Step {
  return chance.of<Step>(
    ['AcceptLead', {}],
    ['DeclineLead', {}],
    ['CloseLead', { outcome: chance.of('won', 'lost') }],
    ['ExpireLead', {}],
  );
}

/** The ID that a lead's sending got before it was cut off; its visitor was erased meanwhile. */
export const cutOffId = 'cut-off';

function submit(model: Model, chance: Chance): Wish {
  const [offer, tenantId] = [offerFor(model, chance), tenantFor(model, chance)];
  const viewer = { role: 'customer.globalAdmin', caller: { tenantId }, id: '' } as const;
  const shown = offer ? kindsShown(model, offer, viewer) : [];
  const kind = chance.is(70) ? chance.oneOf(shown) : chance.of('contact', 'install', 'freeTrial');
  const input = {
    offer: offer?.key ?? chance.of(...offerKeys, 'fabrikam.unknown'),
    kind: kind ?? 'contact',
    firstName: 'Ada',
    lastName: 'Lovelace',
    email: 'ada@contoso.example',
    phone: null,
    country: 'SE',
    company: 'Contoso',
    title: null,
    comments: null,
    consent: true,
    ...(chance.is(10) && oddity(chance)),
  };
  const isCutOff = offer && isErased(model, offer.publisherId, cutOffId) && chance.is(50);
  return { name: 'SubmitLead', input, of: { tenantId }, id: isCutOff ? cutOffId : undefined };
}

/** Mostly one that is there for everybody, be it on sale or not. */
function offerFor({ offers }: Model, chance: Chance): ModelOffer | undefined {
  const wereLive = offers.filter(({ live }) => live !== null);
  return chance.is(90) ? chance.oneOf(wereLive) : chance.oneOf(offers);
}

/** Half of them one that has, or had, licenses. */
function tenantFor({ pools }: Model, chance: Chance): string {
  return (chance.is(50) && chance.oneOf(pools)?.tenantId) || chance.of(...tenantIds);
}

/** Something that a visitor sends that is wrong, more than must be, or just right. */
function oddity(chance: Chance): object {
  return chance.of<object>(
    { consent: false },
    { consent: false, email: 'ada' },
    { firstName: 'x'.repeat(chance.of(0, 80, 81)) },
    { lastName: 'x'.repeat(chance.of(0, 80, 81)) },
    { email: chance.of('', 'ada', `a@${'x'.repeat(chance.of(252, 253))}`) },
    { country: chance.of('', 'se', 'XX') },
    { company: 'x'.repeat(chance.of(0, 200, 201)) },
    { phone: 'x'.repeat(chance.of(0, 50, 51)) },
    { title: 'x'.repeat(chance.of(0, 200, 201)) },
    { comments: 'x'.repeat(chance.of(0, 2_000, 2_001)) },
    { phone: '+46 8 555', title: 'Countess', comments: 'For 30 people.' },
  );
}

function connect(chance: Chance): Wish {
  const publisherId = chance.of(...publisherIds);
  const address = `https://${publisherId}.example/leads`;
  const odd = [`${address}?token=1`, `${address}#1`, 'http://fabrikam.example', 'https://me:secret@fabrikam.example'];
  const long = `${address}/`.padEnd(chance.of(2_000, 2_001), 'x');
  const url = chance.is(70) ? `${address}/${chance.number(3)}` : chance.of(...odd, long);
  const sender = chance.is(95) ? publisherId : chance.of(...publisherIds);
  return { name: 'ConnectLeadDestination', input: { publisherId, url }, of: { publisherId: sender } };
}
