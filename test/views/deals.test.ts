import { event, type EventData } from '#lib/engine/model/message.js';
import { DealStarted, LicensesDeactivated } from '#lib/domain/deal/messages.js';
import { customers } from '#lib/views/customers.js';
import { DealById, DealsOfPublisher, dealProgress } from '#lib/views/deal-progress.js';
import { offerStatus } from '#lib/views/offer-status.js';
import {
  activated,
  attached,
  complete,
  contoso,
  lineIds,
  offer,
  offerLive,
  publisherId,
  registered,
  started,
} from '../domain/deal/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';

const dealId = 'deal-1';
const views = [dealProgress, customers, offerStatus];
const log = (deal: readonly EventData[]) => [
  ...recorded(`offer-${offer}`, offerLive),
  ...recorded(`deal-${dealId}`, deal),
];

describe('deals', () => {
  const ended = { ...complete, signedOn: '2025-01-01', startsOn: '2025-01-01', endsOn: '2026-02-28' };
  const lasting = { ...ended, endsOn: '2026-03-01' };
  const licensed = [...registered(ended), attached(), activated('gold', 30)];
  const list = (deal: readonly EventData[], contractEndedLicensesActive: boolean, filter = {}) =>
    asking(views, log(deal)).list(DealsOfPublisher, { publisherId, contractEndedLicensesActive }, filter);

  it('are found by tab, filter and offer', () => {
    for (const filter of [{}, { tab: 'In Progress' }, { filter: 'Submitted' }, { offer }]) {
      expect(list(registered(), false, filter)).toMatchObject([{ dealId, nextStep: 'invite' }]);
    }
    for (const filter of [{ tab: 'Closed' }, { filter: 'Incomplete' }, { offer: 'fabrikam.other' }]) {
      expect(list(registered(), false, filter)).toEqual([]);
    }
  });

  it('come newest first, without those of other publishers', () => {
    const theirs = event(DealStarted, { ...started(complete, 'theirs').data, publisherId: 'adatum' });
    const deals = recorded('any-stream', [started(complete, 'older'), theirs, started(complete, 'newer')]);
    const rows = asking(views, deals).list(DealsOfPublisher, { publisherId, contractEndedLicensesActive: false });
    expect(rows).toMatchObject([{ dealId: 'newer' }, { dealId: 'older' }]);
  });

  it('R54 "Contract ended, licenses active" finds those alone', () => {
    expect(list(licensed, true)).toMatchObject([{ dealId, contractEndedLicensesActive: true, nextStep: 'active' }]);
    expect(list(registered(ended), true)).toEqual([]);
    expect(list([...licensed, event(LicensesDeactivated, { ...lineIds('gold'), from: 30 })], true)).toEqual([]);
    expect(list([...registered(lasting), attached(), activated('gold', 30)], true)).toEqual([]);
  });

  it("are their publisher's and the installation's to see", () => {
    const as = (caller: object) => asking(views, log(registered()), caller);
    for (const caller of [{ publisherId }, { installation: true }]) {
      expect(as(caller).one(DealById, { dealId })).toMatchObject({ dealId });
    }
    for (const caller of [{ publisherId: 'contoso' }, { tenantId: contoso }, {}]) {
      expect(as(caller).one(DealById, { dealId })).toBeNull();
      expect(as(caller).list(DealsOfPublisher, { publisherId, contractEndedLicensesActive: false })).toBeNull();
    }
    expect(as({ publisherId }).one(DealById, { dealId: 'deal-2' })).toBeNull();
  });
});
