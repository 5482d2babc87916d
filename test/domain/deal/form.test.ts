import { event } from '#lib/engine/model/message.js';
import { contactFact } from '#lib/domain/deal/contact.js';
import { deal } from '#lib/domain/deal/decider.js';
import type { DealForm } from '#lib/domain/deal/form.js';
import {
  DealRegistered,
  DealStarted,
  DealUpdated,
  RegisterDeal,
  StartDeal,
  UpdateDeal,
} from '#lib/domain/deal/messages.js';
import { offerFact } from '#lib/domain/deal/offer-facts.js';
import { offer as offers } from '#lib/domain/offer/offer.js';
import { person } from '#lib/domain/person/decider.js';
import { given } from '../../support/given.js';
import {
  activated,
  attached,
  complete,
  contoso,
  empty,
  inOrder,
  northwind,
  publisherId,
  registered,
  started,
} from './fixtures.js';

const dealId = 'deal-1';
const start = (form: Partial<DealForm>) =>
  given(deal, [], { streams: inOrder }).when(StartDeal, { publisherId, ...empty, ...form });
const accepted = (form: Partial<DealForm>) =>
  start(form).then(event(DealStarted, { publisherId, dealId: 'id-of-deal', ...empty, ...form }));
const register = (form: Partial<DealForm>) =>
  given(deal, [started({ ...complete, ...form })], { streams: inOrder }).when(RegisterDeal, { dealId });
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

describe('StartDeal', () => {
  it('R53 accepts a form with nothing in it, since it can be completed later', () => {
    accepted({});
    expect(start({}).stream).toBe('deal-id-of-deal');
  });

  it('R48 accepts a deal signed today and refuses one signed tomorrow', () => {
    accepted({ signedOn: '2026-03-01' });
    start({ signedOn: '2026-03-02' }).refused({ code: 'DEAL_SIGNED_IN_FUTURE', pointer: '/signedOn' });
  });

  it('R49 accepts a start on the signed day and an end on the first day, and refuses those a day earlier', () => {
    accepted({ signedOn: '2026-02-10', startsOn: '2026-02-10', endsOn: '2026-02-10' });
    start({ signedOn: '2026-02-10', startsOn: '2026-02-09', endsOn: '2026-02-08' }).refused(
      { code: 'DEAL_DATES_OUT_OF_ORDER', pointer: '/startsOn' },
      { code: 'DEAL_DATES_OUT_OF_ORDER', pointer: '/endsOn' },
    );
    start({ signedOn: '2026-02-10', endsOn: '2026-02-09' }).refused({
      code: 'DEAL_DATES_OUT_OF_ORDER',
      pointer: '/endsOn',
    });
  });

  it('R49 refuses an end of a perpetual contract, and accepts none', () => {
    accepted({ perpetual: true });
    start({ perpetual: true, endsOn: '2027-01-01' }).refused({ code: 'DEAL_DATES_OUT_OF_ORDER', pointer: '/endsOn' });
  });

  it('R51 accepts an own offer; refuses one of another publisher, an unknown one and what is none, all alike', () => {
    accepted({ offer: 'fabrikam.f365' });
    for (const offer of ['fabrikam.unknown', 'contoso.f365', 'fabrikam', 'fabrikam.f365.gold', 'fabrikam.', '']) {
      start({ offer }).refused({ code: 'DEAL_OFFER_UNKNOWN', pointer: '/offer' });
    }
  });

  it('R52 accepts 1 minor unit and refuses 0, a fraction and a number that is not exact', () => {
    accepted({ solutionValue: usd(1), totalContractValue: usd(Number.MAX_SAFE_INTEGER) });
    for (const amountMinor of [0, -1, 1.5, 2 ** 53]) {
      start({ totalContractValue: usd(amountMinor) }).refused({
        code: 'DEAL_VALUE_INVALID',
        pointer: '/totalContractValue/amountMinor',
      });
    }
  });

  it('R52 refuses a currency that ISO 4217 does not know', () => {
    for (const currency of ['', 'usd', 'USX']) {
      start({ solutionValue: { amountMinor: 1, currency } }).refused({
        code: 'DEAL_VALUE_INVALID',
        pointer: '/solutionValue/currency',
      });
    }
  });

  it('R52 accepts a solution value equal to the total and refuses one above it, or in another currency', () => {
    accepted({ solutionValue: usd(500), totalContractValue: usd(500) });
    accepted({ solutionValue: usd(501) });
    accepted({ totalContractValue: usd(500) });
    start({ solutionValue: usd(501), totalContractValue: usd(500) }).refused({
      code: 'DEAL_VALUES_INCONSISTENT',
      pointer: '/solutionValue/amountMinor',
    });
    start({ solutionValue: usd(1), totalContractValue: { amountMinor: 500, currency: 'EUR' } }).refused({
      code: 'DEAL_VALUES_INCONSISTENT',
      pointer: '/solutionValue/currency',
    });
  });

  it('R53 accepts texts of 1 and 200 characters, and lists every field that is not valid', () => {
    accepted({ company: '🏭'.repeat(200), city: 'X', country: 'SE' });
    start({ company: 'x'.repeat(201), city: '', state: '', country: 'us' }).refused(
      { code: 'DEAL_FIELD_INVALID', pointer: '/company' },
      { code: 'DEAL_FIELD_INVALID', pointer: '/city' },
      { code: 'DEAL_FIELD_INVALID', pointer: '/state' },
      { code: 'DEAL_FIELD_INVALID', pointer: '/country' },
    );
  });

  it('R53 accepts the 29th of February of a leap year and refuses days that do not exist', () => {
    for (const signedOn of ['2024-02-29', '1000-01-01']) accepted({ signedOn });
    const incomplete = ['', '2026', '2026-02', '2026-2-1', '20260210', '2026-02-10T00:00:00Z'];
    for (const signedOn of [...incomplete, '2025-02-29', '2026-00-10', '0999-12-31', '+012026-02-10']) {
      start({ signedOn }).refused({ code: 'DEAL_FIELD_INVALID', pointer: '/signedOn' });
    }
  });

  it('R95 accepts a person ID of 64 characters as contact and refuses a name or a longer one', () => {
    accepted({ contact: 'p'.repeat(64) });
    start({ contact: 'p'.repeat(65) }).refused({ code: 'DEAL_CONTACT_INVALID', pointer: '/contact' });
    start({ contact: 'Ann Smith' }).refused({ code: 'DEAL_CONTACT_INVALID', pointer: '/contact' });
  });
});

describe('RegisterDeal', () => {
  it('R53 accepts a complete deal with what its form holds', () => {
    register({}).then(event(DealRegistered, { publisherId, dealId, ...complete }));
  });

  it('R53 refuses to register a deal, with everything that is missing', () => {
    const missing = [
      'company',
      'country',
      'city',
      'state',
      'offer',
      'solutionValue',
      'totalContractValue',
      'deployedIn',
      'signedOn',
      'startsOn',
      'endsOn',
      'contact',
    ];
    register(empty).refused(...missing.map((field) => ({ code: 'DEAL_INCOMPLETE', pointer: `/${field}` })));
  });

  it('R49 accepts a perpetual contract without end', () => {
    const form = { ...complete, endsOn: null, perpetual: true };
    register(form).then(event(DealRegistered, { publisherId, dealId, ...form }));
  });

  it("R50 refuses a solution deployed in the customer's tenant without its GUID, and accepts it with one", () => {
    register({ deployedIn: 'customerTenant' }).refused({ code: 'DEAL_TENANT_REQUIRED', pointer: '/tenantId' });
    const form = { ...complete, deployedIn: 'customerTenant', tenantId: contoso };
    register(form).then(event(DealRegistered, { publisherId, dealId, ...form }));
  });

  it('R54 refuses to register a deal that is registered', () => {
    given(deal, registered(), { streams: inOrder })
      .when(RegisterDeal, { dealId })
      .refused({ code: 'DEAL_STATUS_FORBIDS', pointer: null });
  });
});

describe('UpdateDeal', () => {
  const put = (history: Parameters<typeof given>[1], form: DealForm) =>
    given(deal, history, { streams: inOrder }).when(UpdateDeal, { dealId, ...form });

  it('R53 lets an incomplete deal stay incomplete', () => {
    put([started(complete)], empty).then(event(DealUpdated, { publisherId, dealId, ...empty }));
  });

  it('R53 refuses an update that leaves a registered deal incomplete, and accepts a complete one', () => {
    put(registered(), { ...complete, city: null }).refused({ code: 'DEAL_INCOMPLETE', pointer: '/city' });
    const form = { ...complete, city: 'Seattle' };
    put(registered(), form).then(event(DealUpdated, { publisherId, dealId, ...form }));
  });

  it('R54 accepts another GUID until the first license update, and refuses it and another offer afterwards', () => {
    const named = { ...complete, tenantId: contoso };
    put(registered(named), { ...named, tenantId: northwind }).then(
      event(DealUpdated, { publisherId, dealId, ...named, tenantId: northwind }),
    );
    const licensed = [...registered(named), attached(), activated('gold', 30)];
    put(licensed, { ...named, city: 'Seattle' }).then(
      event(DealUpdated, { publisherId, dealId, ...named, city: 'Seattle' }),
    );
    put(licensed, { ...named, tenantId: northwind, offer: 'fabrikam.other' }).refused(
      { code: 'DEAL_OFFER_UNKNOWN', pointer: '/offer' },
      { code: 'DEAL_FIXED_BY_LICENSES', pointer: '/offer' },
      { code: 'DEAL_FIXED_BY_LICENSES', pointer: '/tenantId' },
    );
    const unnamed = [...registered(), attached(), activated('gold', 30)];
    const fixed = put(unnamed, named);
    fixed.refused({ code: 'DEAL_FIXED_BY_LICENSES', pointer: '/tenantId' });
    fixed.says('It was not given.');
    put(licensed, { ...named, tenantId: northwind }).says(`It was ${named.tenantId}.`);
  });
});

describe('what a form names', () => {
  it('R51 R96 an offer is looked up if it can be the publisher’s own, at the most 40 characters of R2', () => {
    for (const named of ['fabrikam.f365', `fabrikam.${'x'.repeat(31)}`]) {
      expect(offerFact(publisherId, named)).toEqual({ offer: { aggregate: offers, stream: `offer-${named}` } });
    }
    const others = [null, '', 'fabrikam', 'fabrikam.', 'fabrikam.F365', 'fabrikam.f365.gold', 'contoso.f365'];
    for (const named of [...others, 'fabrikamx.f365', `fabrikam.${'x'.repeat(32)}`]) {
      expect(offerFact(publisherId, named)).toEqual({});
    }
  });

  it('R95 R96 a contact is looked up among the publisher’s people if it can be a person’s ID', () => {
    expect(contactFact(publisherId, 'ann')).toEqual({ contact: { aggregate: person, stream: 'person-fabrikam.ann' } });
    for (const named of [null, '', 'Ann Smith', 'p'.repeat(65)]) expect(contactFact(publisherId, named)).toEqual({});
  });
});
