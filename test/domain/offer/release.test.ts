import type { EventData } from '#lib/engine/model/message.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { PublishingStepPassed } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive, GoLive, RejectOffer } from '#lib/domain/offer/release-messages.js';
import { event } from '#lib/engine/model/message.js';
import { given } from '../../support/given.js';
import {
  complete,
  goneLive,
  inPreview,
  live,
  needsAttention,
  offer,
  passed,
  plan,
  planIds,
  signedOff,
  until,
  wentLive,
} from '../../support/offers.js';

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
    const long = { check: 'c'.repeat(200), detail: 'd'.repeat(2_000), whatToDo: 'w'.repeat(2_000) };
    const longest = Array.from({ length: 100 }, () => long);
    expect(rejecting(waiting, longest).decided).toMatchObject([
      { type: 'OfferNeedsAttention', data: { report: longest } },
    ]);
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
