import { event, type EventData } from '#lib/engine/model/message.js';
import type { Rejection } from '#lib/engine/model/refusal.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { CancelPublish, OfferSubmitted, PublishOffer } from '#lib/domain/offer/publishing-messages.js';
import { given, recorded } from '../../support/given.js';
import { settings } from '../../support/settings.js';
import {
  canceled,
  chosen,
  complete,
  configured,
  created,
  deleted,
  described,
  enrolled,
  goneLive,
  inPreview,
  licenseManagement,
  listed,
  listing,
  live,
  needsAttention,
  offer,
  pages,
  plan,
  planIds,
  publisherStreams,
  registered,
  signedOff,
  stopAsked,
  technicalConfiguration,
  until,
} from '../../support/offers.js';

const publishing = (history: readonly EventData[], streams: Record<string, EventData[]> = publisherStreams) =>
  given(decider, history, { streams }).when(PublishOffer, { offer });
const expiring = (se: string) =>
  configured({ ...technicalConfiguration, packageUrl: `https://fabrikam.example/f365.zip?se=${se}` });
const submittedAfter = (history: readonly EventData[], packageUrlExpiresAt: string | null, ids = planIds) =>
  event(OfferSubmitted, {
    publisherId: 'fabrikam',
    offer,
    submissionId: 'id-of-submission',
    draftRevision: history.length - 1,
    planIds: ids,
    packageUrlExpiresAt,
  });
const contactMe = chosen({
  licenseManagement: false,
  freeInstall: false,
  listingOption: 'contactMe',
  trialMonths: null,
});

describe('PublishOffer', () => {
  it('R16 accepts a draft that is complete, naming its revision and plans', () => {
    publishing(complete).then(submittedAfter(complete, '2027-03-01T12:00:00.000Z'));
  });

  it('R16 refuses a draft with all that is missing, page by page', () => {
    publishing([created]).refused(
      ...['/offerSetup', '/properties', '/listing', '/availability', '/technicalConfiguration'].map((pointer) => ({
        code: 'PAGE_INCOMPLETE',
        pointer,
      })),
    );
    publishing([created, chosen(licenseManagement)]).refused(
      ...['/properties', '/listing', '/availability', '/technicalConfiguration'].map((pointer) => ({
        code: 'PAGE_INCOMPLETE',
        pointer,
      })),
      // That there is no plan on sale is a rule of its own (R25).
      { code: 'NO_PLAN_ON_SALE', pointer: '/plans' },
    );
    const { decided } = publishing([...complete, listed({ ...listing, summary: ' ', screenshots: [] })]);
    expect(decided).toEqual({
      rejected: [
        {
          code: 'PAGE_INCOMPLETE',
          detail: 'Missing: search results summary, at least one screenshot.',
          pointer: '/listing',
        },
      ],
    });
  });

  it('E5 R14 R15 R25 refuses no plan, the model resource and an expired package URL together', () => {
    publishing([
      ...pages,
      registered({ planDefinitions: [], components: [] }),
      configured({ baseLicenseModel: 'resource', packageUrl: 'https://fabrikam.example/p?se=2026-03-01' }),
    ]).refused(
      { code: 'LICENSE_MODEL_NOT_USER', pointer: '/technicalConfiguration' },
      { code: 'PACKAGE_URL_EXPIRED', pointer: '/technicalConfiguration' },
      { code: 'NO_PLAN_ON_SALE', pointer: '/plans' },
    );
  });

  it('R13 refuses license management outside ISV Connect, and accepts it inside, and an offer without it', () => {
    const streams = { 'publisher-fabrikam': [enrolled] };
    publishing(complete, streams).refused({ code: 'ISV_CONNECT_REQUIRED', pointer: '/offerSetup' });
    publishing(complete).then(submittedAfter(complete, '2027-03-01T12:00:00.000Z'));
    const withoutPlans = [...pages, contactMe];
    publishing(withoutPlans, streams).then(submittedAfter(withoutPlans, '2027-03-01T12:00:00.000Z', []));
  });

  it('R14 R16 accepts the model resource, no package and no plan without license management', () => {
    const packageUrl = 'https://fabrikam.example/f365.zip';
    const history = [...pages.slice(0, -2), contactMe, configured({ baseLicenseModel: 'resource', packageUrl })];
    publishing(history).then(submittedAfter(history, null, []));
  });

  it('R14 refuses the model resource with license management, and accepts user', () => {
    const modeled = (baseLicenseModel: 'resource' | 'user') => [
      ...complete,
      configured({ ...technicalConfiguration, baseLicenseModel }),
    ];
    publishing(modeled('resource')).refused({ code: 'LICENSE_MODEL_NOT_USER', pointer: '/technicalConfiguration' });
    publishing(modeled('user')).then(submittedAfter(modeled('user'), '2027-03-01T12:00:00.000Z'));
  });

  it('R25 accepts a single plan on sale, and refuses when it is deleted or asked to stop as well', () => {
    const noPlan = { code: 'NO_PLAN_ON_SALE', pointer: '/plans' };
    const single = [...complete, deleted('silver'), deleted('bronze')];
    publishing(single).then(submittedAfter(single, '2027-03-01T12:00:00.000Z', ['gold']));
    publishing([...single, deleted('gold')]).refused(noPlan);
    // StopPlan never lets it come so far (R28).
    publishing([...live, ...planIds.map(stopAsked)]).refused(noPlan);
  });

  it('R15 refuses a signature that ends now and accepts one that ends later', () => {
    publishing([...complete, expiring('2026-03-01T12:00:00Z')]).refused({
      code: 'PACKAGE_URL_EXPIRED',
      pointer: '/technicalConfiguration',
    });
    const history = [...complete, expiring('2026-03-01T12:00:01Z')];
    publishing(history).then(submittedAfter(history, '2026-03-01T12:00:01.000Z'));
  });

  it('R16 refuses a plan on sale without description', () => {
    publishing([...complete, described('silver', null)]).refused({ code: 'PAGE_INCOMPLETE', pointer: '/plans' });
  });

  it.each([
    ['Draft', complete],
    ['Draft after a cancellation', [...complete, ...until('s1', 'package'), canceled('s1')]],
    ['Attention needed', [...complete, ...until('s1', 'certification'), needsAttention('s1')]],
    ['Preview', [...complete, ...inPreview('s1')]],
    ['Live', live],
  ])('E7 R33 R34 accepts publishing in %s', (_status, history) => {
    publishing(history).then(submittedAfter(history, '2027-03-01T12:00:00.000Z'));
  });

  it.each([
    ['before the preview', [...complete, ...until('s1', 'certification')]],
    ['after the sign-off', [...complete, ...inPreview('s1'), signedOff('s1')]],
    ['of a second submission', [...live, ...until('s2', 'pages')]],
  ])('R34 refuses publishing in Publish in progress %s', (_status, history) => {
    publishing(history).refused({ code: 'OFFER_NOT_PUBLISHABLE', pointer: null });
  });

  it('R15 R34 lists what keeps the draft from being published beside the status', () => {
    publishing([...complete, ...until('s1', 'certification'), expiring('2026-02-01')]).refused(
      { code: 'PACKAGE_URL_EXPIRED', pointer: '/technicalConfiguration' },
      { code: 'OFFER_NOT_PUBLISHABLE', pointer: null },
    );
  });

  it('R15 warns in the answer when the signature ends in less than 30 days', () => {
    const publish = decider.handles.find(({ command }) => command === PublishOffer);
    // The only event of its stream happens one second before noon.
    const answerFor = (expiresAt: string | null) =>
      publish?.answer?.(recorded(`offer-${offer}`, [submittedAfter(complete, expiresAt)]), { offer }, settings);
    const submissionId = 'id-of-submission';
    expect(answerFor(null)).toEqual({ submissionId, warnings: [] });
    expect(answerFor('2026-03-31T11:59:59.000Z')).toEqual({ submissionId, warnings: [] });
    expect(answerFor('2026-03-31T11:59:58.999Z')).toEqual({
      submissionId,
      warnings: [
        {
          code: 'PACKAGE_URL_EXPIRES_SOON',
          detail: "The package URL's signature expires at 2026-03-31T11:59:58.999Z.",
        },
      ],
    });
  });

  it('R18 a plan of a later draft does not join the submission', () => {
    const history = [...complete, ...until('s1', 'pages'), plan('platinum'), canceled('s1')];
    publishing([...history, described('platinum')]).then(
      submittedAfter([...history, described('platinum')], '2027-03-01T12:00:00.000Z', [...planIds, 'platinum']),
    );
  });
});

describe('CancelPublish', () => {
  const canceling = (history: readonly EventData[]) => given(decider, history).when(CancelPublish, { offer });

  it('R32 accepts canceling what is in progress, in every step before the preview', () => {
    for (const step of ['pages', 'certification', 'createPreview'] as const) {
      canceling([...complete, ...until('s1', step)]).then(canceled('s1'));
    }
  });

  it.each([
    ['Draft', complete],
    ['Attention needed', [...complete, ...until('s1', 'certification'), needsAttention('s1')]],
    ['Preview', [...complete, ...inPreview('s1')]],
    ['Publish in progress after the sign-off', [...complete, ...inPreview('s1'), signedOff('s1')]],
    ['Live', [...complete, ...goneLive('s1')]],
  ])('R32 refuses canceling in %s', (_status, history) => {
    canceling(history).refused({ code: 'NOTHING_TO_CANCEL', pointer: null });
  });

  it('R32 refuses with the status that does not allow it', () => {
    const detailOf = (history: readonly EventData[]) =>
      (canceling(history).decided as Rejection).rejected.map(({ detail }) => detail);
    expect(detailOf([...live, ...inPreview('s2')])).toEqual([expect.stringContaining('"Preview"')]);
    expect(detailOf(live)).toEqual([expect.stringContaining('"Live"')]);
  });
});
