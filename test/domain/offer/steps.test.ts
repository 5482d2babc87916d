import type { EventData } from '#lib/engine/model/message.js';
import { serviceId } from '#lib/domain/ids.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import {
  automatedSteps,
  OfferNeedsAttention,
  PublishingStepPassed,
  RecordPublishingStep,
  type AutomatedStep,
} from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive, GoLive, RejectOffer } from '#lib/domain/offer/release-messages.js';
import { event } from '#lib/engine/model/message.js';
import { given } from '../../support/given.js';
import {
  chosen,
  complete,
  configured,
  deleted,
  described,
  enrolled,
  goneLive,
  inPreview,
  live,
  needsAttention,
  offer,
  pages,
  passed,
  plan,
  planIds,
  previewed,
  publisherStreams,
  registered,
  signedOff,
  solutionPackage,
  stopAsked,
  submitted,
  technicalConfiguration,
  until,
  wentLive,
} from '../../support/offers.js';

const validation = ['pages', 'package', 'serviceIds', 'packageUrl'] as const;
const recording = (history: readonly EventData[], step: AutomatedStep, submissionId = 's1', now?: string) =>
  given(decider, history, { streams: publisherStreams, ...(now && { now }) }).when(RecordPublishingStep, {
    offer,
    submissionId,
    step,
    foundOutside: null,
  });
/** The checks of the report that a step ends with. */
const checksOf = ({ decided }: { decided: unknown }) => {
  const [attention] = decided as [{ type: string; data: OfferNeedsAttention }];
  return [attention.type, ...attention.data.report.map(({ check }) => check)];
};

describe('RecordPublishingStep', () => {
  it.each(validation)('E6 R35 passes %s when it is due', (step) => {
    recording([...complete, ...until('s1', step)], step).then(passed('s1', step));
  });

  it('E6 R38 creates the preview after certification', () => {
    recording([...complete, ...until('s1', 'createPreview')], 'createPreview').then(previewed('s1'));
  });

  it.each(automatedSteps)('finds nothing to do when %s comes again', (step) => {
    recording([...complete, ...inPreview('s1')], step).then();
    recording(live, step).then();
  });

  it('finds nothing to do after the step has failed', () => {
    recording([...complete, ...until('s1', 'package'), needsAttention('s1', 'package')], 'package').then();
  });

  it('R40 refuses a step that is not due, and another submission', () => {
    recording([...complete, ...until('s1', 'pages')], 'package').refused({ code: 'STEP_NOT_DUE', pointer: '/step' });
    recording([...complete, ...until('s1', 'packageUrl')], 'createPreview').refused({
      code: 'STEP_NOT_DUE',
      pointer: '/step',
    });
    const other = { code: 'SUBMISSION_NOT_CURRENT', pointer: '/submissionId' };
    recording([...complete, ...until('s1', 'pages')], 'pages', 's0').refused(other);
    recording(complete, 'pages').refused(other);
  });

  it('R18 judges what was submitted, not what was drafted since', () => {
    recording([...complete, ...until('s1', 'pages'), described('gold', null)], 'pages').then(passed('s1', 'pages'));
  });

  it('R33 R35 judges the pages again, with time and enrolment of this moment', () => {
    const waiting = [...complete, ...until('s1', 'pages')];
    const late = recording(waiting, 'pages', 's1', '2027-03-01T12:00:00.000Z');
    expect(checksOf(late)).toEqual(['OfferNeedsAttention', 'PACKAGE_URL_EXPIRED']);
    const streams = { 'publisher-fabrikam': [enrolled] };
    const left = given(decider, waiting, { streams }).when(RecordPublishingStep, {
      offer,
      submissionId: 's1',
      step: 'pages',
      foundOutside: null,
    });
    expect(checksOf(left)).toEqual(['OfferNeedsAttention', 'ISV_CONNECT_REQUIRED']);
  });

  it('R15 R33 reports a package URL that expired meanwhile, with what to do', () => {
    recording([...complete, ...until('s1', 'packageUrl')], 'packageUrl', 's1', '2027-03-01T12:00:00.000Z').then(
      event(OfferNeedsAttention, {
        publisherId: 'fabrikam',
        offer,
        submissionId: 's1',
        step: 'packageUrl',
        report: [
          {
            check: 'PACKAGE_URL_EXPIRED',
            detail: 'The signature expired at 2027-03-01T12:00:00.000Z.',
            whatToDo: 'Create a new shared access signature and save it in the technical configuration.',
          },
        ],
      }),
    );
  });

  it('R35 reports each Service ID that is not a plan of this offer', () => {
    const gold = registered({
      planDefinitions: [
        ...solutionPackage.planDefinitions,
        { serviceId: 'contoso.f365.gold', displayName: 'Gold', moreInfoUrl: null },
      ],
      components: [...solutionPackage.components, { name: 'X', serviceIds: [serviceId(offer, 'platinum')] }],
    });
    expect(checksOf(recording([...complete, gold, ...until('s1', 'serviceIds')], 'serviceIds'))).toEqual([
      'OfferNeedsAttention',
      'PACKAGE_SERVICE_ID_UNKNOWN',
      'PACKAGE_SERVICE_ID_UNKNOWN',
    ]);
  });

  it('R35 reports each plan on sale or ever live that opens no component', () => {
    const without = (planId: string) =>
      registered({
        ...solutionPackage,
        components: solutionPackage.components.map(({ name, serviceIds }) => ({
          name,
          serviceIds: serviceIds.filter((service) => service !== serviceId(offer, planId)),
        })),
      });
    const never = [...complete, plan('platinum'), described('platinum'), ...until('s1', 'serviceIds')];
    expect(checksOf(recording(never, 'serviceIds'))).toEqual(['OfferNeedsAttention', 'PLAN_NOT_MAPPED']);
    const again = [...live, without('bronze'), ...until('s2', 'serviceIds')];
    expect(checksOf(recording(again, 'serviceIds', 's2'))).toEqual(['OfferNeedsAttention', 'PLAN_NOT_MAPPED']);
    const stopped = [...live, stopAsked('bronze'), ...goneLive('s2'), without('bronze'), ...until('s3', 'serviceIds')];
    expect(checksOf(recording(stopped, 'serviceIds', 's3'))).toEqual(['OfferNeedsAttention', 'PLAN_NOT_MAPPED']);
  });

  it('R27 R35 reports a Service ID of a deleted plan', () => {
    const history = [...complete, deleted('bronze'), ...until('s1', 'serviceIds')];
    expect(checksOf(recording(history, 'serviceIds'))).toEqual(['OfferNeedsAttention', 'PACKAGE_SERVICE_ID_UNKNOWN']);
  });

  it('R35 looks at no package without license management', () => {
    const off = chosen({ licenseManagement: false, freeInstall: false, listingOption: 'contactMe', trialMonths: null });
    const history = [...pages, off, submitted('s1', []), passed('s1', 'pages'), passed('s1', 'package')];
    recording(history, 'serviceIds').then(passed('s1', 'serviceIds'));
  });

  it('R15 accepts a URL that never expires', () => {
    const packageUrl = 'https://fabrikam.example/f365.zip';
    const history = [...complete, configured({ ...technicalConfiguration, packageUrl }), ...until('s1', 'packageUrl')];
    recording(history, 'packageUrl', 's1', '2036-03-01T12:00:00.000Z').then(passed('s1', 'packageUrl'));
  });
});

describe('CertifyOffer and RejectOffer', () => {
  const waiting = [...complete, ...until('s1', 'certification')];
  const entry = { check: 'Policy 1140', detail: 'It does not start.', whatToDo: 'Mend it.' };
  const certifying = (history: readonly EventData[], report = [] as (typeof entry)[], submissionId = 's1') =>
    given(decider, history).when(CertifyOffer, { offer, submissionId, report });
  const rejecting = (history: readonly EventData[], report = [entry], submissionId = 's1') =>
    given(decider, history).when(RejectOffer, { offer, submissionId, report });

  it('R38 accepts certifying a submission after its validation, with or without remarks', () => {
    certifying(waiting).then(passed('s1', 'certification'));
    certifying(waiting, [entry]).then(
      event(PublishingStepPassed, {
        publisherId: 'fabrikam',
        offer,
        submissionId: 's1',
        step: 'certification',
        report: [entry],
      }),
    );
  });

  it('finds nothing to do when it is certified already', () => {
    certifying([...complete, ...until('s1', 'createPreview')]).then();
    certifying([...complete, ...inPreview('s1')]).then();
  });

  it('E7 R33 rejects it with a report', () => {
    rejecting(waiting).then(needsAttention('s1'));
  });

  it('R38 refuses both outside of certification', () => {
    const refusal = { code: 'NOT_IN_CERTIFICATION', pointer: '/submissionId' };
    const failed = [...waiting, needsAttention('s1')];
    certifying([...complete, ...until('s1', 'packageUrl')]).refused(refusal);
    certifying(failed).refused(refusal);
    rejecting(failed).refused(refusal);
    rejecting([...complete, ...inPreview('s1')]).refused(refusal);
  });

  it('R40 refuses both for another submission', () => {
    const refusal = { code: 'SUBMISSION_NOT_CURRENT', pointer: '/submissionId' };
    certifying(waiting, [], 's0').refused(refusal);
    rejecting(waiting, [entry], 's0').refused(refusal);
    certifying(live, [], 's1').refused(refusal);
  });

  it('R33 refuses a rejection without a report or beyond its limits, and accepts the longest report', () => {
    rejecting(waiting, []).refused({ code: 'REPORT_INVALID', pointer: '/report' });
    rejecting(
      waiting,
      Array.from({ length: 101 }, () => entry),
    ).refused({ code: 'REPORT_INVALID', pointer: '/report' });
    rejecting(waiting, [entry, { ...entry, check: 'c'.repeat(201) }, { ...entry, whatToDo: ' ' }]).refused(
      { code: 'REPORT_INVALID', pointer: '/report/1' },
      { code: 'REPORT_INVALID', pointer: '/report/2' },
    );
    const longest = [{ check: 'c'.repeat(200), detail: 'd'.repeat(2_000), whatToDo: 'w'.repeat(2_000) }];
    expect(rejecting(waiting, longest).decided).toMatchObject([{ type: 'OfferNeedsAttention' }]);
  });
});

describe('GoLive and CompleteGoLive', () => {
  const signing = (history: readonly EventData[], submissionId = 's1') =>
    given(decider, history).when(GoLive, { offer, submissionId });
  const completing = (history: readonly EventData[], now: string, submissionId = 's1') =>
    given(decider, history, { now }).when(CompleteGoLive, { offer, submissionId });
  const due = '2026-03-01T16:00:00.000Z';

  it('E6 R31 accepts the sign-off of a preview; it is due after goLiveAfter', () => {
    signing([...complete, ...inPreview('s1')]).then(signedOff('s1', due));
  });

  it.each([
    ['Draft', complete, ['OFFER_NOT_IN_PREVIEW', 'SUBMISSION_NOT_CURRENT']],
    ['Publish in progress', [...complete, ...until('s1', 'createPreview')], ['OFFER_NOT_IN_PREVIEW']],
    [
      'Attention needed',
      [...complete, ...until('s1', 'pages'), needsAttention('s1', 'pages')],
      ['OFFER_NOT_IN_PREVIEW'],
    ],
    ['Live', live, ['OFFER_NOT_IN_PREVIEW', 'SUBMISSION_NOT_CURRENT']],
    ['the second half', [...complete, ...inPreview('s1'), signedOff('s1')], ['OFFER_NOT_IN_PREVIEW']],
  ])('R31 refuses to go live from %s', (_status, history, codes) => {
    signing(history).refused(
      ...codes.map((code) => ({ code, pointer: code === 'SUBMISSION_NOT_CURRENT' ? '/submissionId' : null })),
    );
  });

  it('R40 refuses a preview that was replaced, and accepts the one in its place', () => {
    const replaced = [...complete, ...inPreview('s1'), ...inPreview('s2')];
    signing(replaced, 's1').refused({ code: 'SUBMISSION_NOT_CURRENT', pointer: '/submissionId' });
    signing(replaced, 's2').then(signedOff('s2', due));
  });

  it('goes live when it is due, and not a millisecond before', () => {
    const waiting = [...complete, ...inPreview('s1'), signedOff('s1', due)];
    completing(waiting, due).then(wentLive('s1'));
    completing(waiting, '2026-03-01T15:59:59.999Z').refused({ code: 'STEP_NOT_DUE', pointer: '/submissionId' });
  });

  it('finds nothing to do when the timer fires again', () => {
    completing(live, due).then();
  });

  it('R40 refuses another submission', () => {
    completing([...live, ...inPreview('s2'), signedOff('s2')], due, 's3').refused({
      code: 'SUBMISSION_NOT_CURRENT',
      pointer: '/submissionId',
    });
    completing([...complete, ...inPreview('s1')], due).refused({ code: 'STEP_NOT_DUE', pointer: '/submissionId' });
  });

  it('R18 makes live exactly what was submitted', () => {
    const later = [...complete, ...inPreview('s1'), plan('platinum'), signedOff('s1', due)];
    completing(later, due).then(wentLive('s1', planIds));
    expect(goneLive('s1').at(-1)).toEqual(wentLive('s1'));
  });
});
