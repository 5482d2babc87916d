import { contactIds, offerKeys, planIds, publisherIds, tenantIds, type Wish } from './cast.js';
import type { Chance } from '#lib/histories/chance.js';
import { secretOf } from './invitation.js';
import { after, dayMs, type Model, type ModelDeal } from './model.js';
import { isErased } from './people.js';
import { relationshipOf } from './relationship.js';

/** Towards a deal that gives its customer licenses, and then around it. */
export function dealAct(model: Model, chance: Chance): Wish {
  const deal = chance.oneOf(model.deals);
  if (!deal || chance.is(model.deals.length < 5 ? 15 : 1)) return start(model, chance);
  if (chance.is(6)) return terminate(model, chance);
  const { publisherId } = deal;
  const [name, input] = chance.is(60) ? sensible(model, deal, chance) : anyOf(model, deal, chance);
  const sender = chance.is(98) ? publisherId : chance.of(...publisherIds);
  return { name, input: { dealId: deal.id, ...input }, of: { publisherId: sender } };
}

type Step = readonly [name: string, input: object];

function sensible(model: Model, deal: ModelDeal, chance: Chance): Step {
  if (deal.status === 'Incomplete') {
    const { company, contact, endsOn } = deal.form;
    const isErasedOne = contact !== null && isErased(model, deal.publisherId, contact) && chance.is(70);
    const isRight = company !== null && contact !== null && endsOn !== null && !isErasedOne;
    return isRight ? ['RegisterDeal', {}] : ['UpdateDeal', form(model, deal.publisherId, chance)];
  }
  if (deal.status === 'Update required') {
    const contact = contactFor(model, deal.publisherId, chance);
    return ['UpdateDeal', { ...deal.form, city: 'Seattle', contact }];
  }
  const consented = model.relationships.find(
    ({ publisherId, established }) => publisherId === deal.publisherId && established,
  );
  const tenantId = deal.customer ?? deal.form.tenantId ?? consented?.tenantId;
  const isRelated = tenantId !== undefined && relationshipOf(model, deal.publisherId, tenantId)?.established;
  if (isRelated) return update(model, deal, tenantId, chance);
  const pending = model.invitations.find(({ dealId, status }) => dealId === deal.id && status === 'pending');
  return pending ? accept(pending.id, chance) : ['InviteCustomer', {}];
}

function anyOf(model: Model, deal: ModelDeal, chance: Chance): Step {
  const invitation = chance.oneOf(model.invitations)?.id ?? 'none';
  const token = chance.is(93) ? `${invitation}.${secretOf(invitation)}` : `${invitation}.another`;
  const someone = chance.oneOf(model.relationships)?.tenantId ?? chance.of(...tenantIds);
  const act = chance.of<() => Step>(
    () => update(model, deal, deal.customer ?? chance.of(...tenantIds), chance),
    () => update(model, deal, someone, chance),
    () => ['UpdateDeal', form(model, deal.publisherId, chance)],
    () => ['UpdateDeal', { ...deal.form, ...oddity(model, chance) }],
    () => ['UpdateDeal', { ...deal.form, city: 'Kiruna' }],
    () => ['RegisterDeal', {}],
    () => ['RequestDealUpdate', { reason: chance.is(90) ? 'City' : chance.of('', 'x'.repeat(1_001)) }],
    () => (chance.is(50) ? ['ApproveDeal', {}] : ['RegisterDeal', {}]),
    () => (chance.is(30) ? ['DeclineDeal', { reason: 'Twice' }] : ['InviteCustomer', {}]),
    () => ['InviteCustomer', {}],
    () => ['RevokeInvitation', { invitationId: invitation }],
    () => ['DeclineInvitation', { token }],
    () => ['ExpireInvitation', { invitationId: invitation }],
    () => accept(invitation, chance),
  );
  return act();
}

function start(model: Model, chance: Chance): Wish {
  const onSale = model.offers.filter(({ market }) => market === 'live');
  const publisherId = chance.is(90) ? (chance.oneOf(onSale)?.publisherId ?? 'fabrikam') : chance.of(...publisherIds);
  return { name: 'StartDeal', input: { publisherId, ...form(model, publisherId, chance) }, of: { publisherId } };
}

function terminate(model: Model, chance: Chance): Wish {
  const publisherId = chance.of(...publisherIds);
  const unlicensed = model.relationships.find(
    (one) => !model.deals.some(({ customer, lines }) => customer === one.tenantId && lines.length > 0),
  );
  const chosen = chance.is(70) ? unlicensed : chance.oneOf(model.relationships);
  const input = chosen
    ? { publisherId: chosen.publisherId, tenantId: chosen.tenantId }
    : { publisherId, tenantId: chance.of(...tenantIds) };
  return { name: 'TerminateRelationship', input, of: chance.is(95) ? input : { publisherId } };
}

function accept(invitationId: string, chance: Chance): Step {
  const organizationName = chance.is(97) ? 'Contoso' : chance.of('', 'x'.repeat(201));
  const token = `${invitationId}.${secretOf(invitationId)}`;
  return ['AcceptInvitation', { token, organizationName, country: chance.is(97) ? 'US' : 'us' }];
}

/** A few lines with small counts, and one or two things wrong now and then. */
function update(model: Model, deal: ModelDeal, tenantId: string, chance: Chance): Step {
  const offer = model.offers.find(({ key }) => key === deal.form.offer);
  const known = offer?.live?.content.plans.map(({ planId }) => planId) ?? planIds;
  const plan = () => (chance.is(95) ? (chance.oneOf(known) ?? 'gold') : chance.of(...planIds, 'unknown'));
  const count = () => (chance.is(95) ? 1 + chance.number(5) : chance.of(0, -1, 1.5, 1_000_000, 1_000_001));
  const lines = Array.from({ length: chance.of(0, 1, 1, 1, 2) }, () => ({ planId: plan(), count: count() }));
  const conflicts = model.pools.flatMap((pool) => (pool.tenantId === tenantId && pool.conflict ? [pool.conflict] : []));
  if (conflicts.length > 0 && chance.is(conflicts.some(({ timerFired }) => timerFired) ? 75 : 20)) {
    return ['UpdateLicenses', { tenantId, lines: [], removed: deal.lines.map(({ planId }) => planId) }];
  }
  const removed = chance.is(25) ? [chance.is(80) ? (chance.oneOf(deal.lines)?.planId ?? plan()) : plan()] : [];
  const distinct = lines.filter(({ planId }, at) => lines.findIndex((one) => one.planId === planId) === at);
  const isRight = chance.is(95);
  return [
    'UpdateLicenses',
    {
      tenantId,
      lines: isRight ? distinct.filter(({ planId }) => !removed.includes(planId)) : lines,
      removed,
    },
  ];
}

/** One thing in a form that is wrong, missing, or just right. */
function oddity({ now }: Model, chance: Chance): object {
  const [today, tomorrow] = [now, after(now, dayMs)].map((instant) => instant.slice(0, 10));
  return chance.of<object>(
    { company: null },
    { company: '' },
    { country: 'XX' },
    { contact: chance.of(null, 'Ada Lovelace', ...contactIds) },
    { signedOn: chance.of('2026-02-30', null, '2026-01-15') },
    { signedOn: chance.of(today, tomorrow), startsOn: tomorrow, endsOn: null, perpetual: true },
    { startsOn: '2020-01-01' },
    { endsOn: chance.of('2020-01-01', null, '2026-02-01') },
    { perpetual: true },
    { endsOn: null, perpetual: true },
    { deployedIn: 'customerTenant' },
    { deployedIn: 'customerTenant', tenantId: chance.of(...tenantIds) },
    { tenantId: chance.of(...tenantIds) },
    { offer: chance.of(...offerKeys, 'fabrikam.unknown', null) },
    { solutionValue: { amountMinor: chance.of(0, 1.5, 150, 151), currency: 'USD' } },
    { totalContractValue: { amountMinor: 150, currency: chance.of('EUR', 'XXL') } },
  );
}

/** Mostly one who was not erased. */
function contactFor(model: Model, publisherId: string, chance: Chance): string {
  const erased = contactIds.filter((id) => isErased(model, publisherId, id));
  const others = contactIds.filter((id) => !erased.includes(id));
  return chance.oneOf(chance.is(20) && erased.length > 0 ? erased : others) ?? 'someone-else';
}

function form(model: Model, publisherId: string, chance: Chance): object {
  const own = model.offers.filter((one) => one.publisherId === publisherId && (one.live !== null || chance.is(10)));
  const right = {
    company: 'Contoso',
    country: 'US',
    city: 'Redmond',
    state: 'Washington',
    offer: chance.oneOf(own)?.key ?? offerKeys[0],
    solutionValue: { amountMinor: 100, currency: 'USD' },
    totalContractValue: { amountMinor: 150, currency: 'USD' },
    deployedIn: 'partnerTenant',
    tenantId: chance.is(20) ? chance.of(...tenantIds) : null,
    signedOn: '2026-01-15',
    startsOn: '2026-02-01',
    endsOn: '2027-01-31',
    perpetual: false,
    contact: contactFor(model, publisherId, chance),
  };
  return chance.is(80) ? right : { ...right, ...oddity(model, chance) };
}
