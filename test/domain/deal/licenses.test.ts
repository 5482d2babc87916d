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
  it('R47 is refused on a deal that is not registered', () => {
    when([started(complete)], { gold: 30 }).refused({ code: 'DEAL_NOT_REGISTERED', pointer: null });
  });

  it("R50 is refused for a tenant other than the deal's GUID", () => {
    const named = registered({ ...complete, tenantId: contoso });
    when(named, { gold: 30 }).then(attached(), activated('gold', 30));
    when(named, { gold: 30 }, [], northwind).refused({ code: 'DEAL_TENANT_MISMATCH', pointer: '/tenantId' });
  });

  const shrinking = {
    'Update required': event(DealUpdateRequested, { ...ids, reason: 'x' }),
    Declined: event(DealDeclined, { ...ids, reason: 'x' }),
  };
  it.each(Object.entries(shrinking))('R54 takes only lower counts and removals in the status %s', (_status, review) => {
    const history = [...gold30, activated('silver', 5), review];
    when(history, { gold: 29 }, ['silver']).then(changed('gold', 30, 29), deactivated('silver', 5));
    when(history, { gold: 30 }).then();
    when(history, { gold: 31, bronze: 1 }).refused(
      { code: 'DEAL_ONLY_SHRINKS', pointer: '/lines/0' },
      { code: 'DEAL_ONLY_SHRINKS', pointer: '/lines/1' },
    );
  });

  it('R54 takes more in Approved, and when the contract has ended', () => {
    const ended = { ...complete, signedOn: '2025-01-01', startsOn: '2025-01-01', endsOn: '2025-12-31' };
    const history = [...registered(ended), event(DealApproved, ids), attached(), activated('gold', 30)];
    when(history, { gold: 31 }).then(changed('gold', 30, 31));
  });

  it('R55 needs an offer with license management that has been live', () => {
    const eligible = (offerHistory: readonly EventData[]) =>
      whenStreams({ [`offer-${offer}`]: offerHistory }, registered(), { gold: 30 });
    eligible(offerInDraft).refused({ code: 'DEAL_NOT_ELIGIBLE', pointer: null });
    eligible(offerInDraft.slice(0, 1)).refused({ code: 'DEAL_NOT_ELIGIBLE', pointer: null });
    eligible(offerLive).then(attached(), activated('gold', 30));
  });
});

describe('UpdateLicenses, the customer', () => {
  it('R63, E11 is refused before consent', () => {
    whenStreams({ [relationshipStream]: [] }, registered(), { gold: 30 }).refused({
      code: 'RELATIONSHIP_MISSING',
      pointer: '/tenantId',
    });
  });

  it('R63 is refused before consent together with what else stands in the way', () => {
    const declined = [...registered(), event(DealDeclined, { ...ids, reason: 'x' })];
    whenStreams({ [relationshipStream]: [] }, declined, { gold: 30 }).refused(
      { code: 'DEAL_ONLY_SHRINKS', pointer: '/lines/0' },
      { code: 'RELATIONSHIP_MISSING', pointer: '/tenantId' },
    );
  });

  it('R63 takes lower counts and removals after the customer ended the relationship, and nothing more', () => {
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

  it('R68, E15 is refused for another customer after the first update, even when all lines are gone', () => {
    const fixed = { code: 'DEAL_CUSTOMER_FIXED', pointer: '/tenantId' };
    when(gold30, { gold: 40 }, [], northwind).refused(fixed);
    when([...gold30, deactivated('gold', 30)], { gold: 1 }, [], northwind).refused(fixed);
    when([...gold30, deactivated('gold', 30)], { gold: 1 }).then(activated('gold', 1));
  });
});

describe('UpdateLicenses, the lines', () => {
  it('R64 the first update needs a line; a later one may be empty', () => {
    when(registered(), {}).refused({ code: 'LICENSE_LINES_EMPTY', pointer: '/lines' });
    when(registered(), {}, ['gold']).refused({ code: 'LICENSE_LINES_EMPTY', pointer: '/lines' });
    when(gold30, {}).then();
  });

  it('R65, E14 takes 1 and 1,000,000 and refuses 0, −1, 1.5 and 1,000,001', () => {
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

  it('R66 refuses a plan of another offer, and a new line of a plan that is not on sale', () => {
    when(registered(), { diamond: 1 }).refused({ code: 'LICENSE_PLAN_UNKNOWN', pointer: '/lines/0/planId' });
    when(registered(), { platinum: 1 }).refused({ code: 'LICENSE_PLAN_NOT_ON_SALE', pointer: '/lines/0/planId' });
  });

  it('R66 lets a line of a plan that is no longer on sale change, but not come back', () => {
    const platinum10 = [...gold30, activated('platinum', 10)];
    when(platinum10, { platinum: 12 }).then(changed('platinum', 10, 12));
    when([...platinum10, deactivated('platinum', 10)], { platinum: 12 }).refused({
      code: 'LICENSE_PLAN_NOT_ON_SALE',
      pointer: '/lines/0/planId',
    });
  });

  it('E24 R36 R66 of a stopped plan or offer no new line comes, but lines that are there change', () => {
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

  it('R67 refuses a plan that is named twice, or among both lines and removed', () => {
    const asked = (lines: readonly string[], removed: readonly string[]) =>
      given(deal, gold30, { streams: inOrder }).when(UpdateLicenses, {
        ...update({}, removed),
        lines: lines.map((planId) => ({ planId, count: 5 })),
      });
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
