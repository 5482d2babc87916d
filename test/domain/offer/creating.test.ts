import { event } from '#lib/engine/model/message.js';
import { offer } from '#lib/domain/offer/offer.js';
import { CreateOffer, OfferCreated } from '#lib/domain/offer/offer-messages.js';
import { PublisherEnrolled } from '#lib/domain/publisher/messages.js';
import { given } from '../../support/given.js';
import { created, publisherStreams } from '../../support/offers.js';

const circumstances = { streams: publisherStreams };
const createdAs = (publisherId: string, offerId: string, alias: string) =>
  event(OfferCreated, { publisherId, offer: `${publisherId}.${offerId}`, offerId, alias });

describe('CreateOffer', () => {
  it.each(['f365', 'a-b_c', '0'])('R1 accepts the offer ID "%s"', (offerId) => {
    given(offer, [], circumstances)
      .when(CreateOffer, { publisherId: 'fabrikam', offerId, alias: 'Blue' })
      .then(createdAs('fabrikam', offerId, 'Blue'));
  });

  it.each(['Test Offer', 'test.offer', '', 'é', ' f365'])('E2 R1 refuses the offer ID "%s"', (offerId) => {
    given(offer, [], circumstances)
      .when(CreateOffer, { publisherId: 'fabrikam', offerId, alias: 'Blue' })
      .refused({ code: 'OFFER_ID_INVALID', pointer: '/offerId' });
  });

  it('E1 R2 accepts 40 characters with the dot and refuses 41', () => {
    const publisherId = 'p'.repeat(20);
    const streams = { [`publisher-${publisherId}`]: [event(PublisherEnrolled, { publisherId, name: 'P' })] };
    const ofLength = (length: number) => ({ publisherId, offerId: 'o'.repeat(length), alias: 'Blue' });
    given(offer, [], { streams })
      .when(CreateOffer, ofLength(19))
      .then(createdAs(publisherId, 'o'.repeat(19), 'Blue'));
    given(offer, [], { streams })
      .when(CreateOffer, ofLength(20))
      .refused({ code: 'OFFER_ID_TOO_LONG', pointer: '/offerId' });
  });

  it('E3 R3 refuses an ID that the publisher has, and accepts it of another publisher', () => {
    given(offer, [created], circumstances)
      .when(CreateOffer, { publisherId: 'fabrikam', offerId: 'f365', alias: 'Again' })
      .refused({ code: 'OFFER_ALREADY_EXISTS', pointer: '/offerId' });
    const streams = { 'publisher-contoso': [event(PublisherEnrolled, { publisherId: 'contoso', name: 'Contoso' })] };
    given(offer, [], { streams })
      .when(CreateOffer, { publisherId: 'contoso', offerId: 'f365', alias: 'Blue' })
      .then(createdAs('contoso', 'f365', 'Blue'));
  });

  it('R5 accepts an alias of 1 and of 200 code points and refuses 0 and 201', () => {
    const ofLength = (length: number) => ({ publisherId: 'fabrikam', offerId: 'f365', alias: '🟦'.repeat(length) });
    for (const length of [1, 200]) {
      given(offer, [], circumstances)
        .when(CreateOffer, ofLength(length))
        .then(createdAs('fabrikam', 'f365', '🟦'.repeat(length)));
    }
    for (const length of [0, 201]) {
      given(offer, [], circumstances)
        .when(CreateOffer, ofLength(length))
        .refused({ code: 'OFFER_ALIAS_INVALID', pointer: '/alias' });
    }
  });

  it('R6 refuses a publisher that is not enrolled with every other fault, and accepts one that is', () => {
    given(offer, [])
      .when(CreateOffer, { publisherId: 'nobody', offerId: 'No', alias: '' })
      .refused(
        { code: 'PUBLISHER_NOT_ENROLLED', pointer: '/publisherId' },
        { code: 'OFFER_ID_INVALID', pointer: '/offerId' },
        { code: 'OFFER_ALIAS_INVALID', pointer: '/alias' },
      );
    given(offer, [], circumstances)
      .when(CreateOffer, { publisherId: 'fabrikam', offerId: 'f365', alias: 'Blue' })
      .then(createdAs('fabrikam', 'f365', 'Blue'));
  });

  it('R6 is an act on what is the named publisher’s, so that nobody else’s caller finds it', () => {
    const creating = offer.handles.find(({ command }) => command === CreateOffer);
    const input = { publisherId: 'fabrikam', offerId: 'f365', alias: 'Blue' };
    expect(creating?.owner?.(offer.initial(), input, {})).toEqual({ publisherId: 'fabrikam' });
  });
});
