import type { Actor, Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { HistoryOfOffer, offerHistory } from '#lib/views/offer-history.js';
import { offerStatus } from '#lib/views/offer-status.js';
import { asking } from '../support/asking.js';
import { recorded, system } from '../support/given.js';
import { created, needsAttention, offer, plan, submitted } from '../support/offers.js';

const ada: Actor = { kind: 'key', id: 'k1', role: 'publisher.developer', personId: 'ada' };
const reviewer: Actor = { kind: 'key', id: 'k2', role: 'marketplaceOperator', personId: null };
const by = (event: Recorded, actor: Actor): Recorded => ({ ...event, meta: { ...event.meta, actor } });

const events = recorded(`offer-${offer}`, [created, plan('gold'), submitted('s1', ['gold']), needsAttention('s1')]);
const actors = [ada, ada, system, reviewer];
const log = events.map((event, index) => by(event, actors[index] ?? system));
const history = (filter = {}, caller: object = { publisherId: 'fabrikam' }, of = offer) =>
  asking([offerHistory, offerStatus], log, caller).list(HistoryOfOffer, { offer: of }, filter);

const entry = (revision: number, event: string, actor: Actor, particulars: object = {}) => ({
  reference: `offer-${offer}@${revision}`,
  offer,
  revision,
  recordedAt: `2026-03-01T11:59:5${6 + revision}.000Z`,
  event,
  who: actor,
  submissionId: null,
  planId: null,
  report: [],
  ...particulars,
});

describe('the history of an offer', () => {
  it('R39 names who set off what: a publisher user, the marketplace, or nobody for the system', () => {
    const report = [{ check: 'Policy 1140', detail: 'It does not start.', whatToDo: 'Mend it.' }];
    expect(history()).toEqual([
      { ...entry(3, 'OfferNeedsAttention', reviewer, { submissionId: 's1', report }), initiator: 'marketplace' },
      { ...entry(2, 'OfferSubmitted', system, { submissionId: 's1' }), initiator: null },
      { ...entry(1, 'PlanCreated', ada, { planId: 'gold' }), initiator: 'publisherUser' },
      { ...entry(0, 'OfferCreated', ada), initiator: 'publisherUser' },
    ]);
  });

  it('R39 calls a person who was erased an unidentified user, and keeps the ID', () => {
    const erased = (scope: string) =>
      recorded(`person-${scope}.ada`, [event(PersonErased, { personId: 'ada', publisherId: scope, tenantId: null })]);
    const initiators = (scope: string) =>
      (
        asking([offerHistory, offerStatus], [...log, ...erased(scope)]).list(HistoryOfOffer, { offer }) as {
          initiator: string | null;
          who: Actor;
        }[]
      ).map(({ initiator, who }) => [initiator, who.personId]);
    const others = [
      ['marketplace', null],
      [null, null],
    ];
    expect(initiators('fabrikam')).toEqual([...others, ['unidentifiedUser', 'ada'], ['unidentifiedUser', 'ada']]);
    expect(initiators('northwind')).toEqual([...others, ['publisherUser', 'ada'], ['publisherUser', 'ada']]);
  });

  it('R39 keeps the marketplace as such, whoever else was erased under the same ID', () => {
    const review = events.map((event) => by(event, { ...reviewer, personId: 'ada' }));
    const erased = event(PersonErased, { personId: 'ada', publisherId: 'fabrikam', tenantId: null });
    const rows = asking([offerHistory, offerStatus], [...review, ...recorded('person-fabrikam.ada', [erased])]).list(
      HistoryOfOffer,
      { offer },
    ) as { initiator: string | null }[];
    expect(rows.map(({ initiator }) => initiator)).toEqual(review.map(() => 'marketplace'));
  });

  it('can be narrowed to one kind of event', () => {
    expect(history({ event: 'PlanCreated' })).toMatchObject([{ revision: 1 }]);
  });

  it("is the publisher's and the auditor's to see; to others the offer does not exist", () => {
    expect(history({}, { installation: true })).toHaveLength(4);
    expect(history({}, { publisherId: 'northwind' })).toBeNull();
    expect(history({}, { publisherId: 'fabrikam' }, 'fabrikam.other')).toBeNull();
  });
});
