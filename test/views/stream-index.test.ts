import { event } from '#lib/engine/model/message.js';
import { CustomerInvited } from '#lib/domain/invitation/messages.js';
import { OfferCreated } from '#lib/domain/offer/offer-messages.js';
import { streamIndexProjection } from '#lib/views/stream-index.js';
import { started, complete } from '../domain/deal/fixtures.js';
import { in90Days, tenantId } from '../domain/seat-pool/fixtures.js';
import { fold } from '../support/fold.js';
import { logged } from './logged.js';
import { licenses, offer } from './sold.js';

const publisherId = 'fabrikam';
const created = event(OfferCreated, { publisherId, offer, offerId: 'f365', alias: 'Fabrikam 365' });
const invited = event(CustomerInvited, {
  ...{ publisherId, dealId: 'deal-1', invitationId: 'invitation-1' },
  ...{ tokenHash: 'hash', expiresAt: in90Days },
});

it('each stream is whose its first event says, once, whatever is appended to it later', () => {
  const log = logged([
    ['offer-1', created],
    ['deal-1', started(complete)],
    ['invitation-1', invited],
    ['seatPool-1', licenses('gold', 0, 2)],
    ['seatPool-1', licenses('gold', 2, 3)],
    ['seatPool-2', licenses('gold', 0, 1)],
  ]);
  const nobody = { publisherId: null, tenantId: null, dealId: null };
  expect(fold(streamIndexProjection, log)).toEqual({
    'stream/offer-1': { ...nobody, stream: 'offer-1', category: 'offer', publisherId },
    'stream/deal-1': { ...nobody, stream: 'deal-1', category: 'deal', publisherId, dealId: 'deal-1' },
    'stream/invitation-1': { ...nobody, stream: 'invitation-1', category: 'invitation', dealId: 'deal-1' },
    'stream/seatPool-1': { ...nobody, stream: 'seatPool-1', category: 'seatPool', publisherId, tenantId },
    'stream/seatPool-2': { ...nobody, stream: 'seatPool-2', category: 'seatPool', publisherId, tenantId },
  });
});

it('a stream whose beginning is not seen is in no index: its first event would say whose it is', () => {
  const [, later] = logged([['seatPool-1', licenses('gold', 0, 2), licenses('gold', 2, 3)]]);
  expect(fold(streamIndexProjection, later ? [later] : [])).toEqual({});
});
