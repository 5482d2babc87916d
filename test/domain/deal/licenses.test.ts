import { event, type EventData } from '#lib/engine/model/message.js';
import { deal } from '#lib/domain/deal/decider.js';
import {
  DealApproved,
  DealDeclined,
  DealUpdateRequested,
  LicenseCountChanged,
  LicensesDeactivated,
  UpdateLicenses,
} from '#lib/domain/deal/messages.js';
import { OfferDistributionStopped, StopDistributionRequested } from '#lib/domain/offer/distribution-messages.js';
import { PlanStopRequested } from '#lib/domain/offer/plans-messages.js';
import { OfferSubmitted } from '#lib/domain/offer/publishing-messages.js';
import { OfferWentLive } from '#lib/domain/offer/release-messages.js';
import { given } from '../../support/given.js';
import {
  activated,
  attached,
  complete,
  contoso,
  established,
  inOrder,
  lineIds,
  northwind,
  offer,
  offerInDraft,
  offerLive,
  offerLiveWithoutLicenses,
  publisherId,
  registered,
  started,
  terminated,
  update,
} from './fixtures.js';

type Streams = Record<string, readonly EventData[]>;
const when = (history: readonly EventData[], ...asked: Parameters<typeof update>) =>
  given(deal, history, { streams: inOrder }).when(UpdateLicenses, update(...asked));
const whenStreams = (streams: Streams, history: readonly EventData[], ...asked: Parameters<typeof update>) =>
  given(deal, history, { streams: { ...inOrder, ...streams } }).when(UpdateLicenses, update(...asked));

const changed = (planId: string, from: number, to: number) =>
  event(LicenseCountChanged, { ...lineIds(planId), from, to });
const deactivated = (planId: string, from: number) => event(LicensesDeactivated, { ...lineIds(planId), from });
const ids = { publisherId, dealId: 'deal-1' };
const again = { publisherId, offer, submissionId: 'submission-2', planIds: ['gold', 'silver', 'bronze', 'platinum'] };
const dueAt = '2026-03-01T16:00:00.000Z';
const gold30 = [...registered(), attached(), activated('gold', 30)];
const relationshipStream = `relationship-${publisherId}.${contoso}`;

describe('UpdateLicenses, the deal', () => {
  it('R47 refuses licenses on a deal that is not registered, and accepts them on one that is', () => {
    when([started(complete)], { gold: 30 }).refused({ code: 'DEAL_NOT_REGISTERED', pointer: null });
    when(registered(), { gold: 30 }).then(attached(), activated('gold', 30));
  });

  it("R50 accepts licenses for the deal's GUID and refuses them for another tenant", () => {
    const named = registered({ ...complete, tenantId: contoso });
    when(named, { gold: 30 }).then(attached(), activated('gold', 30));
    when(named, { gold: 30 }, [], northwind).refused({ code: 'DEAL_TENANT_MISMATCH', pointer: '/tenantId' });
  });

  const shrinking = {
    'Update required': event(DealUpdateRequested, { ...ids, reason: 'x' }),
    Declined: event(DealDeclined, { ...ids, reason: 'x' }),
  };
  it.each(Object.entries(shrinking))(
    'R54 accepts lower counts and removals and refuses one more in the status %s',
    (_status, review) => {
      const history = [...gold30, activated('silver', 5), review];
      when(history, { gold: 29 }, ['silver']).then(changed('gold', 30, 29), deactivated('silver', 5));
      when(history, { gold: 30 }).then();
      when(history, { gold: 31, bronze: 1 }).refused(
        { code: 'DEAL_ONLY_SHRINKS', pointer: '/lines/0' },
        { code: 'DEAL_ONLY_SHRINKS', pointer: '/lines/1' },
      );
    },
  );

  it('R54 accepts one more in Approved, and when the contract has ended', () => {
    const ended = { ...complete, signedOn: '2025-01-01', startsOn: '2025-01-01', endsOn: '2025-12-31' };
    const history = [...registered(ended), event(DealApproved, ids), attached(), activated('gold', 30)];
    when(history, { gold: 31 }).then(changed('gold', 30, 31));
  });

  it('R55 refuses a deal unless its offer has been live with license management, and accepts it then', () => {
    const eligible = (offerHistory: readonly EventData[]) =>
      whenStreams({ [`offer-${offer}`]: offerHistory }, registered(), { gold: 30 });
    eligible(offerInDraft).refused({ code: 'DEAL_NOT_ELIGIBLE', pointer: null });
    eligible(offerInDraft.slice(0, 1)).refused({ code: 'DEAL_NOT_ELIGIBLE', pointer: null });
    eligible(offerLiveWithoutLicenses).refused({ code: 'DEAL_NOT_ELIGIBLE', pointer: null });
    eligible(offerLive).then(attached(), activated('gold', 30));
  });
});

describe('UpdateLicenses, the customer', () => {
  it('R63, E11 refuses licenses before consent', () => {
    whenStreams({ [relationshipStream]: [] }, registered(), { gold: 30 }).refused({
      code: 'RELATIONSHIP_MISSING',
      pointer: '/tenantId',
    });
  });

  it('R63 refuses licenses before consent together with what else stands in the way', () => {
    const declined = [...registered(), event(DealDeclined, { ...ids, reason: 'x' })];
    whenStreams({ [relationshipStream]: [] }, declined, { gold: 30 }).refused(
      { code: 'DEAL_ONLY_SHRINKS', pointer: '/lines/0' },
      { code: 'RELATIONSHIP_MISSING', pointer: '/tenantId' },
    );
  });

  it('R63 accepts lower counts and removals on a terminated relationship, and refuses one more', () => {
    const streams = { [relationshipStream]: [established(), terminated()] };
    whenStreams(streams, gold30, { gold: 29 }).then(changed('gold', 30, 29));
    whenStreams(streams, gold30, {}, ['gold']).then(deactivated('gold', 30));
    whenStreams(streams, gold30, { gold: 31, silver: 1 }).refused(
      { code: 'RELATIONSHIP_TERMINATED', pointer: '/lines/0' },
      { code: 'RELATIONSHIP_TERMINATED', pointer: '/lines/1' },
    );
    whenStreams({ [relationshipStream]: [established(), terminated(), established()] }, gold30, { gold: 31 }).then(
      changed('gold', 30, 31),
    );
  });

  it('R68, E15 refuses another customer after the first update, even when all lines are gone, and accepts the first', () => {
    const fixed = { code: 'DEAL_CUSTOMER_FIXED', pointer: '/tenantId' };
    when(gold30, { gold: 40 }, [], northwind).refused(fixed);
    when([...gold30, deactivated('gold', 30)], { gold: 1 }, [], northwind).refused(fixed);
    when([...gold30, deactivated('gold', 30)], { gold: 1 }).then(activated('gold', 1));
  });
});

describe('UpdateLicenses, the lines', () => {
  it('R64 refuses a first update without a line; accepts one with a line, and a later one without', () => {
    when(registered(), {}).refused({ code: 'LICENSE_LINES_EMPTY', pointer: '/lines' });
    when(registered(), {}, ['gold']).refused({ code: 'LICENSE_LINES_EMPTY', pointer: '/lines' });
    when(registered(), { gold: 1 }).then(attached(), activated('gold', 1));
    when(gold30, {}).then();
  });

  it('R65, E14 accepts 1 and 1,000,000 and refuses 0, −1, 1.5 and 1,000,001', () => {
    for (const count of [1, 1_000_000]) when(registered(), { gold: count }).then(attached(), activated('gold', count));
    for (const count of [0, -1, 1.5, 1_000_001, 1e300]) {
      when(registered(), { gold: count }).refused({ code: 'LICENSE_COUNT_INVALID', pointer: '/lines/0/count' });
    }
  });

  it('E13 counts are absolute: activated 30, changed from 30 to 40, then nothing', () => {
    when(registered(), { gold: 30 }).then(attached(), activated('gold', 30));
    when(gold30, { gold: 40 }).then(changed('gold', 30, 40));
    when([...gold30, changed('gold', 30, 40)], { gold: 40 }).then();
  });

  it('R91 each change of a count goes on from where the last one ended', () => {
    const history = [...gold30, changed('gold', 30, 40)];
    when(history, { gold: 25 }).then(changed('gold', 40, 25));
    when([...history, changed('gold', 40, 25)], {}, ['gold']).then(deactivated('gold', 25));
  });

  it('R66 accepts a new line of a plan on sale; refuses one of a plan that is not, and a plan of another offer', () => {
    when(registered(), { gold: 1 }).then(attached(), activated('gold', 1));
    when(registered(), { diamond: 1 }).refused({ code: 'LICENSE_PLAN_UNKNOWN', pointer: '/lines/0/planId' });
    when(registered(), { platinum: 1 }).refused({ code: 'LICENSE_PLAN_NOT_ON_SALE', pointer: '/lines/0/planId' });
  });

  it('R66 accepts a change of a line whose plan is no longer on sale, and refuses its return', () => {
    const platinum10 = [...gold30, activated('platinum', 10)];
    when(platinum10, { platinum: 12 }).then(changed('platinum', 10, 12));
    when([...platinum10, deactivated('platinum', 10)], { platinum: 12 }).refused({
      code: 'LICENSE_PLAN_NOT_ON_SALE',
      pointer: '/lines/0/planId',
    });
  });

  it('E24 R36 R66 refuses a new line of a stopped plan or offer, and accepts changes of lines that are there', () => {
    const offerStream = `offer-${offer}`;
    const ofOffer = { publisherId, offer };
    const left = event(OfferDistributionStopped, { ...ofOffer, planIds: ['gold', 'silver', 'bronze'] });
    const stopped: readonly EventData[] = [
      ...offerLive,
      event(PlanStopRequested, { ...ofOffer, planId: 'gold', serviceId: `${offer}.gold` }),
      event(OfferSubmitted, { ...again, draftRevision: offerLive.length, packageUrlExpiresAt: null }),
      event(OfferWentLive, again),
    ];
    const notOnSale = { code: 'LICENSE_PLAN_NOT_ON_SALE', pointer: '/lines/0/planId' };
    const stopping = [
      ...offerLive,
      event(StopDistributionRequested, { ...ofOffer, discardedSubmissionId: null, planIds: left.data.planIds, dueAt }),
    ];

    whenStreams({ [offerStream]: stopped }, registered(), { gold: 1 }).refused(notOnSale);
    whenStreams({ [offerStream]: stopped }, gold30, { gold: 40, silver: 1 }).then(
      changed('gold', 30, 40),
      activated('silver', 1),
    );
    whenStreams({ [offerStream]: stopping }, gold30, { silver: 1 }).then(activated('silver', 1));
    whenStreams({ [offerStream]: [...stopping, left] }, gold30, { silver: 1 }).refused(notOnSale);
    whenStreams({ [offerStream]: [...stopping, left] }, gold30, { gold: 40 }).then(changed('gold', 30, 40));
    whenStreams({ [offerStream]: [...stopping, left] }, gold30, { gold: 20 }).then(changed('gold', 30, 20));
    whenStreams({ [offerStream]: [...stopping, left] }, gold30, {}, ['gold']).then(deactivated('gold', 30));
  });

  it('R36 R66 sells until 1 ms before a stop is due; at it and 1 ms after nothing new, be its completion late', () => {
    const planIds = ['gold', 'silver', 'bronze'];
    const named = { publisherId, offer, planIds, dueAt };
    const stopping = event(StopDistributionRequested, { ...named, discardedSubmissionId: null });
    const streams = { ...inOrder, [`offer-${offer}`]: [...offerLive, stopping] };
    const at = (now: string, ...asked: Parameters<typeof update>) =>
      given(deal, gold30, { now, streams }).when(UpdateLicenses, update(...asked));
    const notOnSale = { code: 'LICENSE_PLAN_NOT_ON_SALE', pointer: '/lines/0/planId' };
    at('2026-03-01T15:59:59.999Z', { silver: 1 }).then(activated('silver', 1));
    at(dueAt, { silver: 1 }).refused(notOnSale);
    at('2026-03-01T16:00:00.001Z', { silver: 1 }).refused(notOnSale);
    at(dueAt, { gold: 40 }).then(changed('gold', 30, 40));
  });

  it('R67 accepts plans named once each; refuses one that is named twice, or in both lists', () => {
    const asked = (lines: readonly string[], removed: readonly string[]) =>
      given(deal, gold30, { streams: inOrder }).when(UpdateLicenses, {
        ...update({}, removed),
        lines: lines.map((planId) => ({ planId, count: 5 })),
      });
    asked(['silver'], ['gold']).then(activated('silver', 5), deactivated('gold', 30));
    asked(['silver', 'silver'], []).refused({ code: 'LICENSE_PLAN_REPEATED', pointer: '/lines/1/planId' });
    asked(['gold'], ['gold']).refused({ code: 'LICENSE_PLAN_REPEATED', pointer: '/removed/0' });
    asked([], ['gold', 'gold']).refused({ code: 'LICENSE_PLAN_REPEATED', pointer: '/removed/1' });
  });

  it('R69 leaves a line that is not mentioned, and removes one that is not there without events', () => {
    when(gold30, { silver: 5 }).then(activated('silver', 5));
    when(gold30, {}, ['silver', 'unheard-of']).then();
  });

  it('R70 applies no line if one of them is refused, and lists all that is wrong', () => {
    when(gold30, { gold: 40, silver: 0, diamond: 1 }, [], northwind).refused(
      { code: 'LICENSE_COUNT_INVALID', pointer: '/lines/1/count' },
      { code: 'LICENSE_PLAN_UNKNOWN', pointer: '/lines/2/planId' },
      { code: 'DEAL_CUSTOMER_FIXED', pointer: '/tenantId' },
    );
  });

  it('R72 writes changed lines only, lines before removals', () => {
    const history = [...gold30, activated('silver', 5), activated('bronze', 7)];
    when(history, { gold: 30, bronze: 8 }, ['silver']).then(changed('bronze', 7, 8), deactivated('silver', 5));
  });
});
