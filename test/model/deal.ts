import type { DealForm, Money } from '#lib/domain/deal/form.js';
import {
  ApproveDeal,
  DeclineDeal,
  RegisterDeal,
  RequestDealUpdate,
  StartDeal,
  UpdateDeal,
} from '#lib/domain/deal/messages.js';
import { isErased } from './people.js';
import {
  dealStaff,
  isPersonId,
  isShort,
  operator,
  rule,
  unless,
  type Asked,
  type Model,
  type ModelDeal,
  type Rule,
} from './model.js';

type Wrong = readonly (readonly [boolean, string])[];

/** The deal of that ID, if it is there and the caller's. */
export function dealFor(model: Model, id: string, { caller }: Asked): ModelDeal | undefined {
  const isTheirs = (one: ModelDeal) => caller.installation || one.publisherId === caller.publisherId;
  return model.deals.find((one) => one.id === id && isTheirs(one));
}

const isBefore = (one: string | null, other: string | null): boolean => one !== null && other !== null && one < other;
const isDate = (text: string | null): boolean =>
  text === null || new Date(Date.parse(`${text}T00:00:00Z`)).toISOString().startsWith(text);
const isMoney = (money: Money | null): boolean =>
  money === null ||
  (Number.isInteger(money.amountMinor) && money.amountMinor > 0 && ['USD', 'EUR'].includes(money.currency));

/** What is wrong by itself with what was given, in the order of the rules. */
function formFaults(model: Model, publisherId: string, form: DealForm): Wrong {
  const { solutionValue: value, totalContractValue: total } = form;
  const texts = [form.company, form.city, form.state].filter((text) => text !== null);
  const areDates = [form.signedOn, form.startsOn, form.endsOn].every(isDate);
  const isOwn = model.offers.some((one) => one.key === form.offer && one.publisherId === publisherId);
  const exceeds = value && total && (value.currency !== total.currency || value.amountMinor > total.amountMinor);
  return [
    [isBefore(model.now.slice(0, 10), form.signedOn), 'DEAL_SIGNED_IN_FUTURE'], // R48
    [
      areDates &&
        (isBefore(form.startsOn, form.signedOn) ||
          isBefore(form.endsOn, form.startsOn) ||
          (form.perpetual && form.endsOn !== null)),
      'DEAL_DATES_OUT_OF_ORDER', // R49
    ],
    [form.offer !== null && !isOwn, 'DEAL_OFFER_UNKNOWN'], // R51
    [!isMoney(value) || !isMoney(total), 'DEAL_VALUE_INVALID'], // R52
    [exceeds === true, 'DEAL_VALUES_INCONSISTENT'],
    [
      !texts.every((text) => isShort(text, 200)) || !['US', 'SE', null].includes(form.country) || !areDates,
      'DEAL_FIELD_INVALID', // R53
    ],
  ];
}

/** R95. */
function contactFaults(model: Model, publisherId: string, { contact }: DealForm): Wrong {
  return [
    [contact !== null && !isPersonId(contact), 'DEAL_CONTACT_INVALID'],
    [contact !== null && isErased(model, publisherId, contact), 'PERSON_ERASED'],
  ];
}

const lacksTenant = (form: DealForm): boolean => form.deployedIn === 'customerTenant' && form.tenantId === null;

/** R53: a form with everything that a registered deal has. */
function isComplete({ perpetual, endsOn, tenantId: _, ...others }: DealForm): boolean {
  return Object.values(others).every((value) => value !== null) && (perpetual || endsOn !== null);
}

function formOf({
  dealId: _,
  publisherId: __,
  ...form
}: DealForm & { dealId?: string; publisherId?: string }): DealForm {
  return form;
}

const isClosed = ({ status }: ModelDeal): boolean => status === 'Approved' || status === 'Declined';

export const dealRules: readonly Rule[] = [
  rule(StartDeal, dealStaff, (model, { publisherId, ...form }, { id }) =>
    unless([...formFaults(model, publisherId, form), ...contactFaults(model, publisherId, form)], () =>
      model.deals.push({ id, publisherId, status: 'Incomplete', form, customer: null, lines: [] }),
    ),
  ),

  rule(RegisterDeal, dealStaff, (model, { dealId }, asked) => {
    const deal = dealFor(model, dealId, asked);
    if (!deal) return 'NOT_FOUND';
    return unless(
      [
        [lacksTenant(deal.form), 'DEAL_TENANT_REQUIRED'], // R50
        [!isComplete(deal.form), 'DEAL_INCOMPLETE'], // R53
        [isClosed(deal), 'DEAL_CLOSED'], // R54
        [deal.status !== 'Incomplete', 'DEAL_STATUS_FORBIDS'],
        ...contactFaults(model, deal.publisherId, deal.form),
      ],
      () => (deal.status = 'Submitted'),
    );
  }),

  rule(UpdateDeal, dealStaff, (model, input, asked) => {
    const deal = dealFor(model, input.dealId, asked);
    if (!deal) return 'NOT_FOUND';
    const form = formOf(input);
    const isRegistered = deal.status !== 'Incomplete';
    const moves = form.offer !== deal.form.offer || form.tenantId !== deal.form.tenantId;
    return unless(
      [
        ...formFaults(model, deal.publisherId, form),
        [isRegistered && lacksTenant(form), 'DEAL_TENANT_REQUIRED'], // R50
        [isRegistered && !isComplete(form), 'DEAL_INCOMPLETE'], // R53
        [isClosed(deal), 'DEAL_CLOSED'], // R54
        [deal.customer !== null && moves, 'DEAL_FIXED_BY_LICENSES'],
        ...contactFaults(model, deal.publisherId, form),
      ],
      () => {
        deal.form = form;
        if (isRegistered) deal.status = 'Submitted';
      },
    );
  }),

  ...[
    { command: RequestDealUpdate, status: 'Update required' } as const,
    { command: ApproveDeal, status: 'Approved' } as const,
    { command: DeclineDeal, status: 'Declined' } as const,
  ].map(({ command, status }) =>
    rule<{ dealId: string; reason?: string }>(command, operator, (model, { dealId, reason = 'None' }, asked) => {
      const deal = dealFor(model, dealId, asked);
      return unless(
        [
          [!deal, 'NOT_FOUND'],
          [deal && isClosed(deal), 'DEAL_CLOSED'], // R54
          [deal?.status !== 'Submitted', 'DEAL_STATUS_FORBIDS'],
          [!isShort(reason, 1_000), 'DEAL_REASON_INVALID'],
        ],
        () => deal && (deal.status = status),
      );
    }),
  ),
];
