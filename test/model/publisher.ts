import { EnrollInIsvConnect, EnrollPublisher } from '#lib/domain/publisher/messages.js';
import { isShort, operator, rule, unless, type Rule } from './model.js';

export const publisherRules: readonly Rule[] = [
  rule(EnrollPublisher, operator, (model, { publisherId, name }) =>
    unless(
      [
        [!/^[a-z0-9_-]{1,38}$/.test(publisherId), 'PUBLISHER_ID_INVALID'], // R1
        [model.publishers.some((one) => one.publisherId === publisherId), 'PUBLISHER_ALREADY_ENROLLED'], // R6
        [!isShort(name, 200), 'PUBLISHER_NAME_INVALID'],
      ],
      () => model.publishers.push({ publisherId, isvConnect: false }),
    ),
  ),
  rule(EnrollInIsvConnect, operator, (model, { publisherId }) => {
    const publisher = model.publishers.find((one) => one.publisherId === publisherId);
    return unless([[!publisher, 'NOT_FOUND']], () => publisher && (publisher.isvConnect = true));
  }),
];
