import { event } from '#lib/engine/model/message.js';
import { deal } from '#lib/domain/deal/decider.js';
import { DealRegistered, DealUpdated, RegisterDeal, StartDeal, UpdateDeal } from '#lib/domain/deal/messages.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { given } from '../../support/given.js';
import { complete, inOrder, publisherId, registered, started } from './fixtures.js';

const dealId = 'deal-1';
const erased = event(PersonErased, { personId: 'person-1', publisherId, tenantId: null });
const streams = { ...inOrder, [`person-${publisherId}.person-1`]: [erased] };
const refusal = { code: 'PERSON_ERASED', pointer: '/contact' };

describe('a deal whose contact was erased', () => {
  it('R95 is not started, registered or updated with them', () => {
    given(deal, [], { streams })
      .when(StartDeal, { publisherId, ...complete })
      .refused(refusal);
    given(deal, [started(complete)], { streams })
      .when(RegisterDeal, { dealId })
      .refused(refusal);
    given(deal, registered(), { streams })
      .when(UpdateDeal, { dealId, ...complete })
      .refused(refusal);
  });

  it('R95 goes on with another contact', () => {
    const form = { ...complete, contact: 'person-2' };
    given(deal, registered(), { streams })
      .when(UpdateDeal, { dealId, ...form })
      .then(event(DealUpdated, { publisherId, dealId, ...form }));
    given(deal, [started(form)], { streams })
      .when(RegisterDeal, { dealId })
      .then(event(DealRegistered, { publisherId, dealId, ...form }));
  });

  it('R95 another publisher’s person of the same ID is somebody else', () => {
    const elsewhere = { ...inOrder, 'person-northwind.person-1': [erased] };
    given(deal, registered(), { streams: elsewhere })
      .when(UpdateDeal, { dealId, ...complete })
      .then(event(DealUpdated, { publisherId, dealId, ...complete }));
  });

  it('R95 is refused beside all else that is wrong', () => {
    given(deal, [], { streams })
      .when(StartDeal, { publisherId, ...complete, country: 'us' })
      .refused(refusal, { code: 'DEAL_FIELD_INVALID', pointer: '/country' });
  });
});
