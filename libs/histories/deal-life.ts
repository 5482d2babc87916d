import type { DealForm } from '#lib/domain/deal/form.js';
import {
  ApproveDeal,
  DeclineDeal,
  RegisterDeal,
  RequestDealUpdate,
  StartDeal,
  UpdateDeal,
} from '#lib/domain/deal/messages.js';
import {
  AcceptInvitation,
  DeclineInvitation,
  InviteCustomer,
  RevokeInvitation,
} from '#lib/domain/invitation/messages.js';
import { formatToken } from '#lib/domain/invitation/token.js';
import { publisherOf } from '#lib/domain/ids.js';
import type { Chance } from './chance.js';
import { days, fieldOf, hours, type Life, type Stage, type Who } from './stage.js';

/** Who buys, and of which offer. */
export interface Customer {
  readonly name: string;
  readonly country: string;
  readonly tenantId: string;
  readonly offer: string;
}

const marketplace: Who = { role: 'marketplaceOperator' };

export function sellerOf({ offer }: Pick<Customer, 'offer'>): Who {
  return { role: 'publisher.referralsAdmin', publisherId: publisherOf(offer) };
}

function formOf({ name, country, tenantId, offer }: Customer, now: string, chance: Chance): DealForm {
  const date = now.slice(0, 10);
  const amountMinor = 100_000 * chance.between(1, 400);
  const isInTheirs = chance.is(50);
  const isPerpetual = chance.is(60);
  return {
    company: name,
    country,
    city: 'Springfield',
    state: 'State',
    offer,
    solutionValue: { amountMinor, currency: 'USD' },
    totalContractValue: { amountMinor: 2 * amountMinor, currency: 'USD' },
    deployedIn: isInTheirs ? 'customerTenant' : 'partnerTenant',
    tenantId: isInTheirs ? tenantId : null,
    signedOn: date,
    startsOn: date,
    endsOn: isPerpetual ? null : `${Number(date.slice(0, 4)) + 3}${date.slice(4, 8)}01`,
    perpetual: isPerpetual,
    contact: `buyer-${tenantId.slice(-6)}`,
  };
}

/** A sale is written down, some at first in part, registered, and reviewed while everything goes on. Null: it came to nothing. */
export function* dealLife(stage: Stage, customer: Customer, chance: Chance): Life<string | null> {
  const seller = sellerOf(customer);
  const form = formOf(customer, stage.world.now, chance);
  const isInPart = chance.is(30);
  const first = { ...form, publisherId: publisherOf(customer.offer), ...(isInPart && { contact: null, city: null }) };
  const dealId = fieldOf(stage.act(StartDeal, first, seller), 'dealId');
  if (dealId === null) return null;
  yield hours(chance.between(1, 60));
  if (isInPart) stage.act(UpdateDeal, { dealId, ...form }, seller);
  if (!stage.act(RegisterDeal, { dealId }, seller).isDone) return null;
  stage.begin(reviewLife(stage, dealId, form, seller, chance), days(chance.between(5, 60)));
  return dealId;
}

function* reviewLife(stage: Stage, dealId: string, form: DealForm, seller: Who, chance: Chance): Life {
  if (chance.is(15)) {
    stage.act(RequestDealUpdate, { dealId, reason: 'The city is misspelt.' }, marketplace);
    yield days(chance.between(1, 6));
    stage.act(UpdateDeal, { dealId, ...form, city: 'Springfield, IL' }, seller);
    yield days(chance.between(1, 6));
  }
  if (chance.is(4)) stage.act(DeclineDeal, { dealId, reason: 'It was registered twice.' }, marketplace);
  else stage.act(ApproveDeal, { dealId }, marketplace);
}

/** The customer is invited until an admin of theirs accepts; false: they never do. */
export function* consentLife(stage: Stage, customer: Customer, dealId: string, chance: Chance): Life<boolean> {
  const seller = sellerOf(customer);
  const billing: Who = { role: 'customer.billingAdmin', tenantId: customer.tenantId };
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    const invitationId = fieldOf(stage.act(InviteCustomer, { dealId }, seller), 'invitationId');
    if (invitationId === null) return false;
    const token = formatToken({ invitationId, secret: stage.settings.invitationSecret(invitationId) });
    const what = chance.number(100);
    if (what < 84) {
      yield hours(chance.between(1, 200));
      const { name: organizationName, country } = customer;
      return stage.act(AcceptInvitation, { token, organizationName, country }, billing).isDone;
    }
    yield days(chance.between(1, 20));
    if (what < 88) stage.act(DeclineInvitation, { token }, billing);
    else if (what < 93) stage.act(RevokeInvitation, { invitationId }, seller);
    else yield stage.settings.invitationValidMs;
  }
  return false;
}
