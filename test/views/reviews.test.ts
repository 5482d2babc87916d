import { event, type EventData } from '#lib/engine/model/message.js';
import { DealApproved } from '#lib/domain/deal/messages.js';
import { customers } from '#lib/views/customers.js';
import { dealProgress } from '#lib/views/deal-progress.js';
import { offerDraft } from '#lib/views/offer-draft.js';
import { offerStatus } from '#lib/views/offer-status.js';
import { DealsToReview, reviews, SubmissionsToReview } from '#lib/views/reviews.js';
import { complete as dealForm, publisherId, registered } from '../domain/deal/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import { canceled, complete, created, needsAttention, offer, passed, submitted, until } from '../support/offers.js';

const queue = (...history: readonly EventData[]) => {
  const log = recorded(`offer-${offer}`, [...complete, ...history]);
  return { log, rows: asking([reviews, offerDraft], log).list(SubmissionsToReview, {}) };
};
const waiting = until('s1', 'certification');

describe('submissions to review', () => {
  it('R38 wait from the end of automated validation to the decision', () => {
    const { log, rows } = queue(...waiting);
    const at = (index: number) => log.at(index)?.meta.recordedAt;
    const submittedAt = at(-waiting.length);
    expect(rows).toEqual([
      { publisherId, offer, submissionId: 's1', name: 'Fabrikam 365', submittedAt, waitingSince: at(-1) },
    ]);
    for (const history of [[submitted('s1')], until('s1', 'packageUrl')]) expect(queue(...history).rows).toEqual([]);
  });

  it('are shown without a name while the listing has none', () => {
    const log = recorded(`offer-${offer}`, [created, ...waiting]);
    expect(asking([reviews, offerDraft], log).list(SubmissionsToReview, {})).toMatchObject([{ offer, name: null }]);
  });

  it.each([
    ['certified', passed('s1', 'certification')],
    ['rejected', needsAttention('s1')],
    ['canceled', canceled('s1')],
  ])('R38 wait no longer once they are %s, and again when submitted anew', (_, decided) => {
    expect(queue(...waiting, decided).rows).toEqual([]);
    expect(queue(...waiting, decided, ...until('s2', 'certification')).rows).toMatchObject([{ submissionId: 's2' }]);
  });
});

describe('deals to review', () => {
  it('are those in Submitted, of all publishers, as their publishers see them', () => {
    const log = [
      ...recorded('deal-d1', registered(dealForm)),
      ...recorded('deal-d2', registered().slice(0, 1)),
      ...recorded('deal-d3', [...registered(dealForm), event(DealApproved, { publisherId, dealId: 'd3' })]),
    ];
    const rows = asking([reviews, dealProgress, offerStatus, customers], log).list(DealsToReview, {});
    expect(rows).toMatchObject([{ publisherId, tab: 'In Progress', filter: 'Submitted', nextStep: expect.anything() }]);
  });
});
