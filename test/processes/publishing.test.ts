import { issue, request, setTimer } from '#lib/engine/model/process.js';
import type { EventData } from '#lib/engine/model/message.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { CompleteStopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { RecordPublishingStep, type AutomatedStep } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive } from '#lib/domain/offer/release-messages.js';
import { CheckPackageUrl, publishing } from '#lib/processes/publishing.js';
import { recorded } from '../support/given.js';
import {
  leaving,
  left,
  needsAttention,
  offer,
  passed,
  previewed,
  signedOff,
  submitted,
  wentLive,
} from '../support/offers.js';

/** What the process does about one event. */
function reactions(data: EventData, settings: Partial<Parameters<typeof publishing>[0]> = {}): unknown {
  const [event] = recorded(`offer-${offer}`, [data]);
  const on: Readonly<Record<string, ((event: Recorded<never>) => unknown) | undefined>> = publishing({
    autoCertify: false,
    checkPackageUrl: false,
    ...settings,
  }).on;
  return event && (on[event.type]?.(event as Recorded<never>) ?? []);
}

const named = { offer, submissionId: 's1' };
const recording = (step: AutomatedStep) => issue(RecordPublishingStep, { ...named, step, foundOutside: null });

describe('the publishing process', () => {
  it('R35 takes a submission from step to step', () => {
    expect(reactions(submitted('s1'))).toEqual([recording('pages')]);
    expect(reactions(passed('s1', 'pages'))).toEqual([recording('package')]);
    expect(reactions(passed('s1', 'package'))).toEqual([recording('serviceIds')]);
    expect(reactions(passed('s1', 'serviceIds'))).toEqual([recording('packageUrl')]);
    expect(reactions(passed('s1', 'certification'))).toEqual([recording('createPreview')]);
  });

  it('R35 has the package URL asked outside where the installation wants it, and only that', () => {
    const asking = { checkPackageUrl: true };
    expect(reactions(passed('s1', 'serviceIds'), asking)).toEqual([request('s1', CheckPackageUrl, named)]);
    expect(reactions(submitted('s1'), asking)).toEqual([recording('pages')]);
    expect(reactions(passed('s1', 'certification'), asking)).toEqual([recording('createPreview')]);
  });

  it('R38 waits for the marketplace to certify, unless it is set to do so by itself', () => {
    expect(reactions(passed('s1', 'packageUrl'))).toEqual([]);
    expect(reactions(passed('s1', 'packageUrl'), { autoCertify: true })).toEqual([
      issue(CertifyOffer, { ...named, report: [] }),
    ]);
  });

  it('R40 completes the go-live when it is due', () => {
    const dueAt = '2026-03-01T16:00:00.000Z';
    expect(reactions(signedOff('s1', dueAt))).toEqual([setTimer('s1', dueAt, CompleteGoLive, named)]);
  });

  it('R36 completes a stop of distribution when it is due', () => {
    const dueAt = '2026-03-01T16:00:00.000Z';
    expect(reactions(leaving(null, dueAt))).toEqual([setTimer(offer, dueAt, CompleteStopDistribution, { offer })]);
  });

  it('leaves the rest to people', () => {
    for (const event of [needsAttention('s1'), previewed('s1'), wentLive('s1'), left()]) {
      expect(reactions(event)).toEqual([]);
    }
  });
});
