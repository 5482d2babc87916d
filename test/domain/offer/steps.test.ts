import type { EventData } from '#lib/engine/model/message.js';
import { serviceId } from '#lib/domain/ids.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import {
  automatedSteps,
  OfferNeedsAttention,
  RecordPublishingStep,
  type AutomatedStep,
} from '#lib/domain/offer/publishing-messages.js';
import { event } from '#lib/engine/model/message.js';
import { given } from '../../support/given.js';
import {
  chosen,
  complete,
  configured,
  created,
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
  previewed,
  publisherStreams,
  registered,
  solutionPackage,
  stopAsked,
  technicalConfiguration,
  until,
} from '../../support/offers.js';

/** The component of gold there twice. */
const twice = {
  ...solutionPackage,
  components: solutionPackage.components.flatMap((one, n) => (n === 0 ? [one, one] : [one])),
};
const validation = ['pages', 'package', 'serviceIds', 'packageUrl'] as const;
const recording = (history: readonly EventData[], step: AutomatedStep, submissionId = 's1', now?: string) =>
  given(decider, history, { streams: publisherStreams, ...(now && { now }) }).when(RecordPublishingStep, {
    offer,
    submissionId,
    step,
    foundOutside: null,
  });
type Decided = { decided: unknown };
const attentionIn = ({ decided }: Decided) => (decided as [{ type: string; data: OfferNeedsAttention }])[0];
/** The checks of the report that a step ends with. */
const checksOf = (recorded: Decided) => {
  const { type, data } = attentionIn(recorded);
  return [type, ...data.report.map(({ check }) => check)];
};
/** The Service IDs that the report names. */
const servicesIn = (recorded: Decided) =>
  attentionIn(recorded).data.report.flatMap(({ detail }) => /\b[a-z]+[.]f365[.][a-z]+/.exec(detail)?.[0] ?? []);

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
    const reported = recording([...complete, gold, ...until('s1', 'serviceIds')], 'serviceIds');
    expect(checksOf(reported)).toEqual([
      'OfferNeedsAttention',
      'PACKAGE_SERVICE_ID_UNKNOWN',
      'PACKAGE_SERVICE_ID_UNKNOWN',
    ]);
    expect(servicesIn(reported)).toEqual(['contoso.f365.gold', 'fabrikam.f365.platinum']);
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
    expect(servicesIn(recording(never, 'serviceIds'))).toEqual(['fabrikam.f365.platinum']);
    const again = [...live, without('bronze'), ...until('s2', 'serviceIds')];
    expect(checksOf(recording(again, 'serviceIds', 's2'))).toEqual(['OfferNeedsAttention', 'PLAN_NOT_MAPPED']);
    const stopped = [...live, stopAsked('bronze'), ...goneLive('s2'), without('bronze'), ...until('s3', 'serviceIds')];
    expect(checksOf(recording(stopped, 'serviceIds', 's3'))).toEqual(['OfferNeedsAttention', 'PLAN_NOT_MAPPED']);
    // One that is neither: StopPlan never lets it come so far (R28).
    const neither = [...complete, stopAsked('bronze'), without('bronze'), ...until('s1', 'serviceIds')];
    recording(neither, 'serviceIds').then(passed('s1', 'serviceIds'));
  });

  it('R27 R35 reports a Service ID of a deleted plan', () => {
    const history = [...complete, deleted('bronze'), ...until('s1', 'serviceIds')];
    expect(checksOf(recording(history, 'serviceIds'))).toEqual(['OfferNeedsAttention', 'PACKAGE_SERVICE_ID_UNKNOWN']);
  });

  it('R35 reports a package that does not parse: rules may have come since it was registered', () => {
    const waiting = [...complete, registered(twice), ...until('s1', 'package')];
    expect(checksOf(recording(waiting, 'package'))).toEqual(['OfferNeedsAttention', 'PACKAGE_INVALID']);
  });

  it.each(['package', 'serviceIds'] as const)(
    'R35 passes %s without license management, whatever the package is',
    (step) => {
      const off = chosen({
        licenseManagement: false,
        freeInstall: false,
        listingOption: 'contactMe',
        trialMonths: null,
      });
      for (const before of [pages, pages.slice(0, -1), [...pages, registered(twice)]]) {
        recording([...before, off, ...until('s1', step)], step).then(passed('s1', step));
      }
    },
  );

  it('R16 R35 reports every page of a submission of which nothing was filled in', () => {
    const { decided } = recording([created, ...until('s1', 'pages')], 'pages');
    expect(checksOf({ decided })).toEqual([
      'OfferNeedsAttention',
      ...Array.from({ length: 5 }, () => 'PAGE_INCOMPLETE'),
    ]);
  });

  it('R15 accepts a URL that never expires', () => {
    const packageUrl = 'https://fabrikam.example/f365.zip';
    const history = [...complete, configured({ ...technicalConfiguration, packageUrl }), ...until('s1', 'packageUrl')];
    recording(history, 'packageUrl', 's1', '2036-03-01T12:00:00.000Z').then(passed('s1', 'packageUrl'));
  });
});
