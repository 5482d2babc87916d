import { event, type EventData } from '#lib/engine/model/message.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import {
  OfferNeedsAttention,
  RecordPublishingStep,
  type AutomatedStep,
} from '#lib/domain/offer/publishing-messages.js';
import { awaitedPackageUrl } from '#lib/domain/offer/state.js';
import { given, recorded } from '../../support/given.js';
import {
  complete,
  configured,
  created,
  live,
  needsAttention,
  offer,
  passed,
  publisherStreams,
  technicalConfiguration,
  until,
} from '../../support/offers.js';

describe('what asking the package URL found', () => {
  const foundOutside = 'It answered 404.';
  const recordingFound = (history: readonly EventData[], step: AutomatedStep, submissionId = 's1') =>
    given(decider, history, { streams: publisherStreams }).when(RecordPublishingStep, {
      offer,
      submissionId,
      step,
      foundOutside,
    });

  it('R33 R35 reports a package URL that does not answer as it must, with what to do', () => {
    recordingFound([...complete, ...until('s1', 'packageUrl')], 'packageUrl').then(
      event(OfferNeedsAttention, {
        publisherId: 'fabrikam',
        offer,
        submissionId: 's1',
        step: 'packageUrl',
        report: [
          {
            check: 'PACKAGE_URL_UNANSWERED',
            detail: 'It answered 404.',
            whatToDo:
              'Make the package URL answer a GET with 200 or 206, from the public Internet and without a redirect, then publish again.',
          },
        ],
      }),
    );
  });

  it('R40 finds nothing to do when it comes again, and is refused when the submission was replaced meanwhile', () => {
    const failed = [...complete, ...until('s1', 'packageUrl'), needsAttention('s1', 'packageUrl')];
    recordingFound(failed, 'packageUrl').then();
    recordingFound([...complete, ...until('s1', 'certification')], 'packageUrl').then();
    const replaced = [...failed, ...until('s2', 'packageUrl')];
    recordingFound(replaced, 'packageUrl').refused({ code: 'SUBMISSION_NOT_CURRENT', pointer: '/submissionId' });
  });

  it('R35 belongs to no other step', () => {
    recordingFound([...complete, ...until('s1', 'pages')], 'pages').then(passed('s1', 'pages'));
  });
});

describe('awaitedPackageUrl', () => {
  const awaited = (history: readonly EventData[], submissionId = 's1') =>
    awaitedPackageUrl(
      recorded(`offer-${offer}`, history).reduce((state, e) => decider.evolve(state, e), decider.initial()),
      submissionId,
    );

  it('R18 R35 is the one submitted, while the submission waits for it', () => {
    const waiting = [...complete, ...until('s1', 'packageUrl')];
    const { packageUrl } = technicalConfiguration;
    expect(awaited(waiting)).toBe(packageUrl);
    const later = configured({ ...technicalConfiguration, packageUrl: 'https://fabrikam.example/later.zip' });
    expect(awaited([...waiting, later])).toBe(packageUrl);
  });

  it('R40 is null for a submission that does not wait for it', () => {
    expect(awaited([])).toBeNull();
    expect(awaited(complete)).toBeNull();
    expect(awaited([...complete, ...until('s1', 'serviceIds')])).toBeNull();
    expect(awaited([...complete, ...until('s1', 'certification')])).toBeNull();
    expect(awaited([...complete, ...until('s2', 'packageUrl')])).toBeNull();
    expect(awaited(live)).toBeNull();
  });

  it('R16 is null where none was submitted: the step of the pages reports that', () => {
    expect(awaited([created, ...until('s1', 'packageUrl')])).toBeNull();
    expect(
      awaited([created, configured({ ...technicalConfiguration, packageUrl: null }), ...until('s1', 'packageUrl')]),
    ).toBeNull();
  });
});
