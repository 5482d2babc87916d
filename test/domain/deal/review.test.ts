import { event, type CommandClass, type EventData } from '#lib/engine/model/message.js';
import { deal } from '#lib/domain/deal/decider.js';
import {
  ApproveDeal,
  DealApproved,
  DealDeclined,
  DealUpdateRequested,
  DealUpdated,
  DeclineDeal,
  RegisterDeal,
  RequestDealUpdate,
  UpdateDeal,
} from '#lib/domain/deal/messages.js';
import { dealTabs, tabOf } from '#lib/domain/deal/status.js';
import { given, recorded } from '../../support/given.js';
import { activated, attached, complete, inOrder, publisherId, registered, started, update } from './fixtures.js';

const ids = { publisherId, dealId: 'deal-1' };
const reason = 'The total contract value is missing the second year.';
const updateRequested = event(DealUpdateRequested, { ...ids, reason });
const approved = event(DealApproved, ids);
const declined = event(DealDeclined, { ...ids, reason });

const histories: Record<string, readonly EventData[]> = {
  Incomplete: [started(complete)],
  Submitted: registered(),
  'Update required': [...registered(), updateRequested],
  Approved: [...registered(), approved],
  Declined: [...registered(), declined],
};

const statusAfter = (history: readonly EventData[]) =>
  recorded('deal-deal-1', history).reduce((state, past) => deal.evolve(state, past), deal.initial());

describe('the life of a deal', () => {
  it.each(Object.entries(histories))('comes to the status %s', (status, history) => {
    expect(statusAfter(history)).toMatchObject({ status, lines: new Map() });
  });

  it('an update that was requested submits the deal again', () => {
    const form = { ...complete, city: 'Seattle' };
    const updated = event(DealUpdated, { ...ids, ...form });
    given(deal, [...registered(), updateRequested], { streams: inOrder })
      .when(UpdateDeal, { dealId: 'deal-1', ...form })
      .then(updated);
    expect(statusAfter([...registered(), updateRequested, updated])).toMatchObject({ status: 'Submitted', form });
  });

  const refusedIn = { Submitted: 'DEAL_STATUS_FORBIDS', Approved: 'DEAL_CLOSED', Declined: 'DEAL_CLOSED' } as const;
  const acts: readonly [string, CommandClass, object, Record<string, EventData | string>][] = [
    ['RegisterDeal', RegisterDeal, {}, { 'Update required': 'DEAL_STATUS_FORBIDS', ...refusedIn }],
    [
      'RequestDealUpdate',
      RequestDealUpdate,
      { reason },
      {
        ...refusedIn,
        Incomplete: 'DEAL_STATUS_FORBIDS',
        'Update required': 'DEAL_STATUS_FORBIDS',
        Submitted: updateRequested,
      },
    ],
    [
      'ApproveDeal',
      ApproveDeal,
      {},
      {
        ...refusedIn,
        Incomplete: 'DEAL_STATUS_FORBIDS',
        'Update required': 'DEAL_STATUS_FORBIDS',
        Submitted: approved,
      },
    ],
    [
      'DeclineDeal',
      DeclineDeal,
      { reason },
      {
        ...refusedIn,
        Incomplete: 'DEAL_STATUS_FORBIDS',
        'Update required': 'DEAL_STATUS_FORBIDS',
        Submitted: declined,
      },
    ],
    ['UpdateDeal', UpdateDeal, complete, { Approved: 'DEAL_CLOSED', Declined: 'DEAL_CLOSED' }],
  ];
  const table = acts.flatMap(([name, command, body, outcomes]) =>
    Object.entries(outcomes).map(([status, outcome]) => ({ name, command, body, status, outcome })),
  );

  it.each(table)('R54 $name in the status $status', ({ command, body, status, outcome }) => {
    const asked = given(deal, histories[status] ?? [], { streams: inOrder }).when(command, {
      dealId: 'deal-1',
      ...body,
    });
    if (typeof outcome === 'string') asked.refused({ code: outcome, pointer: null });
    else asked.then(outcome);
  });

  it('R54 says in which status the deal is, and in which it would have to be', () => {
    const asked = (status: string, command: CommandClass, body: object) =>
      given(deal, histories[status] ?? [], { streams: inOrder }).when(command, { dealId: 'deal-1', ...body });
    asked('Approved', ApproveDeal, {}).says('The deal is approved.');
    asked('Declined', UpdateDeal, complete).says('The deal is declined.');
    asked('Incomplete', ApproveDeal, {}).says('The deal is in the status Incomplete, not Submitted.');
  });

  it('R52 R54 lists what is wrong with the form beside that the deal is closed', () => {
    const form = { ...complete, solutionValue: { amountMinor: 0, currency: 'USD' } };
    given(deal, histories['Approved'] ?? [], { streams: inOrder })
      .when(UpdateDeal, { dealId: 'deal-1', ...form })
      .refused(
        { code: 'DEAL_VALUE_INVALID', pointer: '/solutionValue/amountMinor' },
        { code: 'DEAL_CLOSED', pointer: null },
      );
  });

  it('R54 requesting an update, approving and declining change no license', () => {
    const licensed = [...registered(), attached(), activated('gold', 30)];
    for (const review of [updateRequested, approved, declined]) {
      expect(statusAfter([...licensed, review])).toMatchObject({ lines: new Map([['gold', 30]]) });
    }
  });

  it('takes a reason of 1 and of 1,000 characters and no other', () => {
    const decline = (length: number) =>
      given(deal, registered()).when(DeclineDeal, { dealId: 'deal-1', reason: 'x'.repeat(length) });
    for (const length of [1, 1000]) decline(length).then(event(DealDeclined, { ...ids, reason: 'x'.repeat(length) }));
    for (const length of [0, 1001]) decline(length).refused({ code: 'DEAL_REASON_INVALID', pointer: '/reason' });
  });
});

describe('tabs', () => {
  it('hold each status once, with the words of the screen', () => {
    const listed = Object.entries(dealTabs).flatMap(([tab, statuses]) => statuses.map((status) => [status, tab]));
    expect(Object.fromEntries(listed)).toEqual(tabOf);
  });
});

describe('a deal that was never started', () => {
  it('folds nothing', () => {
    const [lone] = recorded('deal-deal-1', [approved]);
    expect(lone && deal.evolve({ status: 'none' }, { ...lone, ...approved })).toEqual({ status: 'none' });
  });

  it.each(
    deal.handles.filter(({ creates }) => creates !== true).map(({ command }) => [command.type, command] as const),
  )('is nothing to act upon: %s', (_type, command) => {
    const input = { ...complete, ...update({ gold: 30 }), reason };
    given(deal, [], { streams: inOrder }).when(command, input).then();
  });
});
