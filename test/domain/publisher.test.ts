import { event } from '#lib/engine/model/message.js';
import { publisher } from '#lib/domain/publisher/decider.js';
import { EnrollPublisher, PublisherEnrolled } from '#lib/domain/publisher/messages.js';
import { given } from '../support/given.js';

const enrolled = event(PublisherEnrolled, { publisherId: 'fabrikam', name: 'Fabrikam' });

describe('EnrollPublisher', () => {
  it('R1 accepts a publisher ID of 38 characters and refuses 39, none, and other characters', () => {
    const ofLength = (length: number) => ({ publisherId: 'a'.repeat(length), name: 'Fabrikam' });
    given(publisher, [])
      .when(EnrollPublisher, ofLength(38))
      .then(event(PublisherEnrolled, ofLength(38)));
    for (const publisherId of ['a'.repeat(39), '', 'Fabrikam', 'fabri.kam', 'fabri kam']) {
      given(publisher, [])
        .when(EnrollPublisher, { publisherId, name: 'Fabrikam' })
        .refused({ code: 'PUBLISHER_ID_INVALID', pointer: '/publisherId' });
    }
  });

  it('R6 refuses one that is enrolled, and lists every other fault with it', () => {
    given(publisher, [enrolled])
      .when(EnrollPublisher, { publisherId: 'fabrikam', name: '' })
      .refused(
        { code: 'PUBLISHER_ALREADY_ENROLLED', pointer: '/publisherId' },
        { code: 'PUBLISHER_NAME_INVALID', pointer: '/name' },
      );
  });
});
