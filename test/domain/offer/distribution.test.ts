import type { EventData } from '#lib/engine/model/message.js';
import { CompleteStopDistribution, StopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { PublishOffer } from '#lib/domain/offer/publishing-messages.js';
import { CompleteGoLive, GoLive } from '#lib/domain/offer/release-messages.js';
import { given, recorded } from '../../support/given.js';
import { settings } from '../../support/settings.js';
import {
  complete,
  deleted,
  goneLive,
  inPreview,
  leaving,
  left,
  live,
  needsAttention,
  offer,
  plan,
  planIds,
  publisherStreams,
  signedOff,
  submitted,
  until,
} from '../../support/offers.js';

const stopping = (history: readonly EventData[]) => given(decider, history).when(StopDistribution, { offer });
const completing = (history: readonly EventData[], now?: string) =>
  given(decider, history, now === undefined ? {} : { now }).when(CompleteStopDistribution, { offer });

describe('StopDistribution', () => {
  it('R36 accepts stopping a live offer, due after stopDistributionAfter, and says when', () => {
    stopping(live).then(leaving(null, '2026-03-01T16:00:00.000Z'));
    const handles = decider.handles.find(({ command }) => command === StopDistribution);
    expect(handles?.answer?.(recorded(`offer-${offer}`, [leaving()]), { offer }, settings)).toEqual({
      dueAt: '2026-03-01T16:00:00.000Z',
    });
  });

  it('R36 discards a preview, naming the plans of it, too', () => {
    const later = [...live, plan('platinum')];
    const previewed = [...later, submitted('s2', [...planIds, 'platinum']), ...inPreview('s2').slice(1)];
    stopping(previewed).then(leaving('s2', '2026-03-01T16:00:00.000Z', [...planIds, 'platinum']));
    given(decider, [...previewed, leaving('s2')])
      .when(GoLive, { offer, submissionId: 's2' })
      .refused(
        { code: 'OFFER_NOT_IN_PREVIEW', pointer: null },
        { code: 'SUBMISSION_NOT_CURRENT', pointer: '/submissionId' },
      );
  });

  it('R36 discards a failed submission', () => {
    stopping([...live, ...until('s2', 'certification'), needsAttention('s2')]).then(leaving('s2'));
  });

  it('R27 R36 plans of a failed submission may be deleted already; all live ones are named', () => {
    const failed = [
      ...live,
      plan('platinum'),
      submitted('s2', [...planIds, 'platinum']),
      needsAttention('s2', 'pages'),
      deleted('platinum'),
    ];
    stopping(failed).then(leaving('s2', '2026-03-01T16:00:00.000Z', [...planIds, 'platinum']));
  });

  it.each([
    ['before the preview', [...live, ...until('s2', 'pages')]],
    ['after the sign-off', [...live, ...inPreview('s2'), signedOff('s2')]],
  ])('R36 refuses to stop in Publish in progress, %s', (_when, history) => {
    stopping(history).refused({ code: 'OFFER_IN_PUBLISHING', pointer: null });
  });

  it.each([
    ['Draft', complete],
    ['Preview of what never was live', [...complete, ...inPreview('s1')]],
    ['Pending stop distribution', [...live, leaving()]],
    ['Not available in the marketplace', [...live, leaving(), left()]],
    ['a preview of the way back', [...live, leaving(), left(), ...inPreview('s2')]],
  ])('R36 refuses to stop where nothing is live: %s', (_status, history) => {
    stopping(history).refused({ code: 'OFFER_NOT_LIVE', pointer: null });
  });

  it('R36 refuses with both where the first submission is in progress', () => {
    stopping([...complete, ...until('s1', 'pages')]).refused(
      { code: 'OFFER_IN_PUBLISHING', pointer: null },
      { code: 'OFFER_NOT_LIVE', pointer: null },
    );
  });
});

describe('CompleteStopDistribution', () => {
  const pending = [...live, leaving(null, '2026-03-01T16:00:00.000Z')];

  it('R36 waits for its due time: not 1 ms before, but at it and 1 ms after', () => {
    completing(pending, '2026-03-01T15:59:59.999Z').refused({ code: 'STEP_NOT_DUE', pointer: null });
    completing(pending, '2026-03-01T16:00:00.000Z').then(left());
    completing(pending, '2026-03-01T16:00:00.001Z').then(left());
  });

  it('R36 has nothing to do a second time, nor once the offer is back or asked to leave again', () => {
    const late = '2026-03-02T00:00:00.000Z';
    const back = [...pending, left(), ...goneLive('s2')];
    completing([...pending, left()], late).then();
    completing(back, late).then();
    completing([...back, leaving(null, '2026-03-02T04:00:00.000Z')], late).refused({
      code: 'STEP_NOT_DUE',
      pointer: null,
    });
  });
});

describe('the way back', () => {
  const publishing = (history: readonly EventData[]) =>
    given(decider, history, { streams: publisherStreams }).when(PublishOffer, { offer });

  it('R34 refuses publishing in Pending stop distribution', () => {
    publishing([...live, leaving()]).refused({ code: 'OFFER_NOT_PUBLISHABLE', pointer: null });
  });

  it('R34 R36 accepts publishing and going live again in Not available', () => {
    const stopped = [...live, leaving(), left()];
    expect(publishing(stopped).decided).toMatchObject([
      { type: 'OfferSubmitted', data: { draftRevision: stopped.length - 1, planIds } },
    ]);
    const goingLive = [...stopped, ...inPreview('s2'), signedOff('s2')];
    expect(
      given(decider, goingLive, { now: '2026-03-01T16:00:00.000Z' }).when(CompleteGoLive, { offer, submissionId: 's2' })
        .decided,
    ).toMatchObject([{ type: 'OfferWentLive', data: { submissionId: 's2' } }]);
  });
});
