import type { EventData } from '#lib/engine/model/message.js';
import { faultOf } from '#lib/engine/schema.js';
import { publishingSteps } from '#lib/domain/offer/publishing-messages.js';
import { OfferStatus, OfferSummary } from '#lib/views/offer-status-answer.js';
import { GetOfferStatus, ListOffers, offerStatus } from '#lib/views/offer-status.js';
import { offerDraft } from '#lib/views/offer-draft.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import {
  canceled,
  chosen,
  complete,
  created,
  enrolled,
  inIsvConnect,
  inPreview,
  leaving,
  left,
  goneLive,
  licenseManagement,
  live,
  needsAttention,
  offer,
  signedOff,
  technicalConfiguration,
  until,
} from '../support/offers.js';
import { settings } from '../support/settings.js';

const own = { publisherId: 'fabrikam' };
const history = (events: readonly EventData[]) => [
  ...recorded('publisher-fabrikam', [enrolled, inIsvConnect]),
  ...recorded(`offer-${offer}`, events),
];
const statusAfter = (events: readonly EventData[], caller: object = own, circumstances = {}) =>
  asking([offerStatus, offerDraft], history(events), caller, circumstances).one(GetOfferStatus, { offer });

describe('the status of an offer', () => {
  it('R7 R8 R9 R16 shows a new one as Draft, of the one offer type, with all that is missing', () => {
    const pages = [
      { page: 'offerSetup', missing: ['licensing options'] },
      { page: 'properties', missing: ['category'] },
      {
        page: 'listing',
        missing: [
          'name',
          'search results summary',
          'description',
          'privacy policy URL',
          'help URL',
          'support URL',
          'at least one screenshot',
        ],
      },
      { page: 'availability', missing: ['at least one market'] },
      { page: 'technicalConfiguration', missing: ['base license model', 'CRM package URL'] },
    ];
    expect(statusAfter([created])).toEqual({
      offer,
      publisherId: 'fabrikam',
      alias: 'Project Blue',
      type: 'Dynamics 365 for Customer Engagement & PowerApps',
      status: 'Draft',
      managesLicenses: false,
      everLive: false,
      liveSince: null,
      stopDueAt: null,
      createdAt: '2026-03-01T11:59:59.000Z',
      submission: null,
      goLiveWindow: null,
      pages: pages.map((page) => ({ ...page, state: 'notStarted' })),
      blocks: pages.map(({ page, missing }) => ({
        code: 'PAGE_INCOMPLETE',
        page: `/${page}`,
        detail: `Missing: ${missing.join(', ')}.`,
      })),
      allowedActions: ['PublishOffer'],
      links: { listing: 'https://appsource.microsoft.com/product/dynamics-365/fabrikam.f365' },
      revision: 0,
    });
  });

  it('R9 the base of listing addresses is configurable', () => {
    const other = { settings: { ...settings, storefrontBase: 'https://store.example/x' } };
    expect(statusAfter([created], own, other)).toMatchObject({
      links: { listing: 'https://store.example/x/product/dynamics-365/fabrikam.f365' },
    });
  });

  it('R16 R25 shows the plans page with license management', () => {
    expect(statusAfter([created, chosen(licenseManagement)])).toMatchObject({
      status: 'Draft',
      managesLicenses: true,
      pages: expect.arrayContaining([
        { page: 'offerSetup', state: 'complete', missing: [] },
        { page: 'plans', state: 'notStarted', missing: ['a plan on sale'] },
      ]),
      blocks: expect.arrayContaining([
        { code: 'NO_PLAN_ON_SALE', page: '/plans', detail: 'The offer has no plan on sale.' },
      ]),
      revision: 1,
    });
  });

  it('R13 blocks publishing until the publisher is in ISV Connect', () => {
    const blocksOf = (...publisher: readonly EventData[]) => {
      const log = [...recorded('publisher-fabrikam', publisher), ...recorded(`offer-${offer}`, complete)];
      return (asking([offerStatus, offerDraft], log, own).one(GetOfferStatus, { offer }) as OfferStatus).blocks;
    };
    const blocked = [{ code: 'ISV_CONNECT_REQUIRED', page: '/offerSetup', detail: expect.any(String) }];
    expect([blocksOf(), blocksOf(enrolled), blocksOf(enrolled, inIsvConnect)]).toEqual([blocked, blocked, []]);
  });

  it('R76 shows the revision of the last event, whatever it was', () => {
    const failed = [...until('s2', 'certification'), needsAttention('s2')];
    const story = [...live, ...failed, ...until('s3', 'pages'), canceled('s3'), leaving(), left()];
    const revisions = story.map((_, last) => (statusAfter(story.slice(0, last + 1)) as OfferStatus).revision);
    expect(revisions).toEqual(story.map((_, last) => last));
  });

  it('shows steps with times and what can be done, from submission to live', () => {
    // The last event happened one second before noon.
    const pages = { step: 'pages', startedAt: '2026-03-01T11:59:59.000Z', endedAt: null, outcome: null };
    expect(statusAfter([...complete, ...until('s1', 'pages')])).toMatchObject({
      submission: { submissionId: 's1', phase: 'inProgress', steps: [pages], report: [] },
    });
    expect(statusAfter([...complete, ...until('s1', 'package')])).toMatchObject({
      status: 'Publish in progress',
      submission: {
        submissionId: 's1',
        phase: 'inProgress',
        steps: [
          {
            step: 'pages',
            startedAt: '2026-03-01T11:59:58.000Z',
            endedAt: '2026-03-01T11:59:59.000Z',
            outcome: 'passed',
          },
          { step: 'package', startedAt: '2026-03-01T11:59:59.000Z', endedAt: null, outcome: null },
        ],
      },
      blocks: [],
      allowedActions: ['CancelPublish'],
    });
    expect(statusAfter([...complete, ...inPreview('s1')])).toMatchObject({
      status: 'Preview',
      submission: { phase: 'preview' },
      allowedActions: ['PublishOffer', 'GoLive'],
    });
    expect(statusAfter(live)).toMatchObject({
      status: 'Live',
      everLive: true,
      liveSince: '2026-03-01T11:59:59.000Z',
      submission: { phase: 'live', steps: publishingSteps.map((step) => ({ step, outcome: 'passed' })) },
      allowedActions: ['PublishOffer', 'StopDistribution'],
      revision: live.length - 1,
    });
  });

  it('E7 R33 shows the report in Attention needed', () => {
    expect(statusAfter([...complete, ...until('s1', 'certification'), needsAttention('s1')])).toMatchObject({
      status: 'Attention needed',
      submission: {
        phase: 'attentionNeeded',
        report: [{ check: 'Policy 1140', detail: 'It does not start.', whatToDo: 'Mend it.' }],
      },
      allowedActions: ['PublishOffer'],
    });
  });

  it('R32 shows the live status again after a cancellation', () => {
    const steps = [
      { step: 'pages', outcome: 'passed' },
      { step: 'package', outcome: 'canceled' },
    ];
    expect(statusAfter([...live, ...until('s2', 'package'), canceled('s2')])).toMatchObject({
      status: 'Live',
      submission: { submissionId: 's2', phase: 'canceled', steps },
    });
  });

  it('R34 R36 shows an offer that leaves the market, when it will have left, and what can be done', () => {
    const dueAt = '2026-03-01T16:00:00.000Z';
    expect(statusAfter([...live, leaving(null, dueAt)])).toMatchObject({
      status: 'Pending stop distribution',
      liveSince: '2026-03-01T11:59:58.000Z',
      stopDueAt: dueAt,
      submission: { submissionId: 's1', phase: 'live' },
      allowedActions: [],
      revision: live.length,
    });
    expect(statusAfter([...live, leaving(null, dueAt), left()])).toMatchObject({
      status: 'Not available in the marketplace',
      everLive: true,
      liveSince: null,
      stopDueAt: null,
      allowedActions: ['PublishOffer'],
      revision: live.length + 1,
    });
    expect(statusAfter([...live, leaving(null, dueAt), left(), ...goneLive('s2')])).toMatchObject({
      status: 'Live',
      liveSince: '2026-03-01T11:59:59.000Z',
      submission: { submissionId: 's2', phase: 'live' },
      allowedActions: ['PublishOffer', 'StopDistribution'],
    });
  });

  it('R36 allows leaving the market with a preview or a failed submission, which is discarded then', () => {
    const previewed = [...live, ...inPreview('s2')];
    const failed = [...live, ...until('s2', 'certification'), needsAttention('s2')];
    expect(statusAfter(previewed)).toMatchObject({ allowedActions: ['PublishOffer', 'GoLive', 'StopDistribution'] });
    expect(statusAfter(failed)).toMatchObject({ allowedActions: ['PublishOffer', 'StopDistribution'] });
    expect(statusAfter([...live, ...until('s2', 'pages')])).toMatchObject({ allowedActions: ['CancelPublish'] });
    expect(statusAfter([...live, ...inPreview('s2'), signedOff('s2')])).toMatchObject({ allowedActions: [] });
    const last = (outcome: string) => ({
      status: 'Pending stop distribution',
      submission: {
        submissionId: 's2',
        phase: 'discarded',
        steps: expect.arrayContaining([expect.objectContaining({ outcome })]),
      },
      allowedActions: [],
    });
    expect(statusAfter([...previewed, leaving('s2')])).toMatchObject(last('canceled'));
    expect(statusAfter([...failed, leaving('s2')])).toMatchObject(last('failed'));
  });

  it('shows the go-live window of 4 to 6 hours, and overdue at its end', () => {
    const going = [...complete, ...inPreview('s1'), signedOff('s1', '2026-03-01T15:59:59.000Z')];
    const window = { from: '2026-03-01T15:59:59.000Z', to: '2026-03-01T17:59:59.000Z' };
    const at = (now: string) => statusAfter(going, own, { now });
    expect(at('2026-03-01T17:59:58.999Z')).toMatchObject({
      status: 'Publish in progress',
      goLiveWindow: { ...window, overdue: false },
      allowedActions: [],
    });
    expect(at('2026-03-01T17:59:59.000Z')).toMatchObject({ goLiveWindow: { ...window, overdue: true } });
  });

  it('is answered in the declared shape', () => {
    const going = [...complete, ...inPreview('s1'), signedOff('s1')];
    const stopping = [...live, ...inPreview('s2'), leaving('s2')];
    const histories = [
      [created],
      [...complete, ...until('s1', 'package')],
      going,
      live,
      stopping,
      [...stopping, left()],
    ];
    expect(histories.flatMap((events) => faultOf(OfferStatus, statusAfter(events)) ?? [])).toEqual([]);
  });

  it('R15 R38 names the submission to a marketplace operator, without the package URL', () => {
    const certifying = statusAfter([...complete, ...until('s1', 'certification')], { installation: true });
    expect(GetOfferStatus.http.by).toContain('marketplaceOperator');
    expect(certifying).toMatchObject({ submission: { submissionId: 's1', phase: 'inProgress' } });
    const signature = new URL(technicalConfiguration.packageUrl ?? '').search;
    const expired = statusAfter(complete, { installation: true }, { now: '2027-03-01T12:00:00.000Z' });
    expect(expired).toMatchObject({ blocks: [{ code: 'PACKAGE_URL_EXPIRED' }] });
    for (const shown of [certifying, expired]) expect(JSON.stringify(shown)).not.toContain(signature);
  });

  it("does not show another publisher's offer, nor one that is not there", () => {
    expect(statusAfter(live, { publisherId: 'contoso' })).toBeNull();
    expect(statusAfter([])).toBeNull();
  });
});

describe('the list of offers', () => {
  const listing = (caller: object, filter = {}) =>
    asking([offerStatus, offerDraft], history(live), caller).list(ListOffers, own, filter);

  it("shows the publisher's own, by status", () => {
    const row = {
      offer,
      publisherId: 'fabrikam',
      alias: 'Project Blue',
      type: 'Dynamics 365 for Customer Engagement & PowerApps',
      status: 'Live',
      managesLicenses: true,
      everLive: true,
      liveSince: '2026-03-01T11:59:59.000Z',
      revision: live.length - 1,
    };
    expect(listing(own)).toEqual([row]);
    expect(faultOf(OfferSummary, row)).toBeNull();
    expect(listing(own, { status: 'Live' })).toEqual([row]);
    expect(listing(own, { status: 'Draft' })).toEqual([]);
    expect(listing({ publisherId: 'contoso' })).toBeNull();
  });
});
