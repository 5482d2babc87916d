import { issue, setTimer } from '#lib/engine/model/process.js';
import type { EventData } from '#lib/engine/model/message.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { CompleteStopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { RecordPublishingStep } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive } from '#lib/domain/offer/release-messages.js';
import { publishing } from '#lib/processes/publishing.js';
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
function reactions(data: EventData, autoCertify = false): unknown {
  const [event] = recorded(`offer-${offer}`, [data]);
  const on: Readonly<Record<string, ((event: Recorded<never>) => unknown) | undefined>> = publishing({
    autoCertify,
  }).on;
  return event && (on[event.type]?.(event as Recorded<never>) ?? []);
}

const named = { offer, submissionId: 's1' };

describe('the publishing process', () => {
  it('R35 takes a submission from step to step', () => {
    expect(reactions(submitted('s1'))).toEqual([issue(RecordPublishingStep, { ...named, step: 'pages' })]);
    expect(reactions(passed('s1', 'pages'))).toEqual([issue(RecordPublishingStep, { ...named, step: 'package' })]);
    expect(reactions(passed('s1', 'package'))).toEqual([issue(RecordPublishingStep, { ...named, step: 'serviceIds' })]);
    expect(reactions(passed('s1', 'serviceIds'))).toEqual([
      issue(RecordPublishingStep, { ...named, step: 'packageUrl' }),
    ]);
    expect(reactions(passed('s1', 'certification'))).toEqual([
      issue(RecordPublishingStep, { ...named, step: 'createPreview' }),
    ]);
  });

  it('R38 waits for the marketplace to certify, unless it is set to do so by itself', () => {
    expect(reactions(passed('s1', 'packageUrl'))).toEqual([]);
    expect(reactions(passed('s1', 'packageUrl'), true)).toEqual([issue(CertifyOffer, { ...named, report: [] })]);
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
