import { notifications, NotificationsOfPublisher } from '#lib/views/notifications.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import { complete, inPreview, needsAttention, offer, signedOff, until, wentLive } from '../support/offers.js';

const log = recorded(`offer-${offer}`, [
  ...complete,
  ...until('s1', 'certification'),
  needsAttention('s1'),
  ...inPreview('s2'),
  signedOff('s2'),
  wentLive('s2'),
]);
const told = (filter = {}, caller: object = { publisherId: 'fabrikam' }) =>
  asking([notifications], log, caller).list(NotificationsOfPublisher, { publisherId: 'fabrikam' }, filter);

describe('notifications of a publisher', () => {
  it('R37 tell of every "Attention needed", of a preview and of going live, the latest first', () => {
    const of = (index: number) => {
      const { revision, meta } = log.at(index) ?? { revision: -1, meta: { recordedAt: '' } };
      return { reference: `offer-${offer}@${revision}`, publisherId: 'fabrikam', offer, at: meta.recordedAt };
    };
    const failed = log.findIndex(({ type }) => type === 'OfferNeedsAttention');
    const previewed = log.findIndex(({ type }) => type === 'OfferPreviewCreated');
    expect(told()).toEqual([
      { ...of(-1), submissionId: 's2', subject: 'live', message: 'The offer is live.', report: [] },
      {
        ...of(previewed),
        submissionId: 's2',
        subject: 'previewAvailable',
        message: 'The preview is available. Look at it, then make it live.',
        report: [],
      },
      {
        ...of(failed),
        submissionId: 's1',
        subject: 'attentionNeeded',
        message: 'Publishing stopped. The report says what was found: mend it in the draft, then publish again.',
        report: [{ check: 'Policy 1140', detail: 'It does not start.', whatToDo: 'Mend it.' }],
      },
    ]);
  });

  it('can be narrowed to a subject, and are nobody else’s to see', () => {
    expect(told({ subject: 'live' })).toMatchObject([{ submissionId: 's2', subject: 'live' }]);
    expect(told({}, { publisherId: 'northwind' })).toBeNull();
  });
});
