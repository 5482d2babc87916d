import { CreateOffer } from '#lib/domain/offer/offer-messages.js';
import { EnrollPublisher } from '#lib/domain/publisher/messages.js';
import { History } from '../faults/history.js';

it('R96 a decision on another stream rests on that stream’s end, and says which; no view is folded here', async () => {
  const history = new History(false);
  const create = () => history.send(CreateOffer, { publisherId: 'fabrikam', offerId: 'f365', alias: 'Blue' });
  expect(await create()).toMatchObject({ kind: 'rejected', refusals: [{ code: 'PUBLISHER_NOT_ENROLLED' }] });

  await history.send(EnrollPublisher, { publisherId: 'fabrikam', name: 'Fabrikam' });
  expect(await create()).toMatchObject({ kind: 'done', revision: 0 });
  expect(history.log.at(-1)).toMatchObject({
    type: 'OfferCreated',
    meta: { context: [{ stream: 'publisher-fabrikam', revision: 0 }] },
  });
});
