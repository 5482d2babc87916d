import type { Refusal } from '#lib/engine/model/refusal.js';
import { isCountry } from '../countries.js';
import { isCurrency } from '../currencies.js';
import { codePoints, isPersonId } from '../ids.js';
import type { DealForm, Money } from './form.js';
import { refuse } from './refusals.js';

/** What is wrong with the given fields by themselves and with each other. `today` is the calendar date in UTC. */
export function formFaults(form: DealForm, today: string): readonly Refusal[] {
  return [...fieldFaults(form), ...dateFaults(form, today), ...valueFaults(form)];
}

function fieldFaults({ company, country, city, state, contact }: DealForm): Refusal[] {
  const faults: Refusal[] = [];
  for (const [field, text] of Object.entries({ company, city, state })) {
    const length = codePoints(text ?? 'absent');
    if (length < 1 || length > 200)
      faults.push(refuse('DEAL_FIELD_INVALID', `It has ${length} characters.`, `/${field}`));
  }
  if (country !== null && !isCountry(country)) {
    faults.push(refuse('DEAL_FIELD_INVALID', 'This is not a country code.', '/country'));
  }
  if (contact !== null && !isPersonId(contact)) {
    faults.push(refuse('DEAL_CONTACT_INVALID', 'What was sent is not a person ID.', '/contact'));
  }
  return faults;
}

function dateFaults({ signedOn, startsOn, endsOn, perpetual }: DealForm, today: string): Refusal[] {
  const faults: Refusal[] = [];
  const given = { signedOn, startsOn, endsOn };
  for (const [field, date] of Object.entries(given)) {
    if (date !== null && !isDate(date)) {
      faults.push(refuse('DEAL_FIELD_INVALID', 'This is not a date of the form YYYY-MM-DD.', `/${field}`));
    }
  }
  if (faults.length > 0) return faults;
  // R48
  if (isBefore(today, signedOn)) {
    faults.push(refuse('DEAL_SIGNED_IN_FUTURE', `${signedOn} is after ${today}.`, '/signedOn'));
  }
  // R49
  const start = startsOn ?? signedOn;
  if (isBefore(startsOn, signedOn)) {
    faults.push(refuse('DEAL_DATES_OUT_OF_ORDER', `It starts before it was signed on ${signedOn}.`, '/startsOn'));
  }
  if (isBefore(endsOn, start)) {
    faults.push(refuse('DEAL_DATES_OUT_OF_ORDER', `It ends before ${start}.`, '/endsOn'));
  }
  if (endsOn !== null && perpetual) {
    faults.push(refuse('DEAL_DATES_OUT_OF_ORDER', 'It is perpetual and has an end.', '/endsOn'));
  }
  return faults;
}

/** R52 */
function valueFaults({ solutionValue, totalContractValue }: DealForm): Refusal[] {
  const faults = Object.entries({ solutionValue, totalContractValue }).flatMap(([field, money]) =>
    money === null ? [] : moneyFaults(money, `/${field}`),
  );
  if (faults.length > 0 || solutionValue === null || totalContractValue === null) return faults;
  if (solutionValue.currency !== totalContractValue.currency) {
    return [refuse('DEAL_VALUES_INCONSISTENT', 'The currencies differ.', '/solutionValue/currency')];
  }
  return solutionValue.amountMinor > totalContractValue.amountMinor
    ? [refuse('DEAL_VALUES_INCONSISTENT', 'It exceeds the total contract value.', '/solutionValue/amountMinor')]
    : [];
}

function moneyFaults({ amountMinor, currency }: Money, pointer: string): Refusal[] {
  const faults: Refusal[] = [];
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0) {
    const detail = `${amountMinor} is not an amount in minor units.`;
    faults.push(refuse('DEAL_VALUE_INVALID', detail, `${pointer}/amountMinor`));
  }
  if (!isCurrency(currency)) {
    faults.push(refuse('DEAL_VALUE_INVALID', 'This is not a currency code.', `${pointer}/currency`));
  }
  return faults;
}

/** What a registered deal must have and this form has not (R50, R53). */
export function missingFields(form: DealForm): readonly Refusal[] {
  const required = [
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
    'contact',
  ] as const satisfies readonly (keyof DealForm)[];
  const missing = required
    .filter((field) => form[field] === null)
    .map((field) => refuse('DEAL_INCOMPLETE', `${field} is missing.`, `/${field}`));
  if (form.endsOn === null && !form.perpetual) {
    missing.push(refuse('DEAL_INCOMPLETE', 'endsOn is missing, and the contract is not perpetual.', '/endsOn'));
  }
  if (form.deployedIn === 'customerTenant' && form.tenantId === null) {
    missing.push(refuse('DEAL_TENANT_REQUIRED', "It is deployed in the customer's tenant.", '/tenantId'));
  }
  return missing;
}

/** Dates of this form are ordered as strings. One that is not given is before none, and none before it. */
function isBefore(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one < other;
}

/** An existing day of the years 1000 to 9999. */
function isDate(text: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
