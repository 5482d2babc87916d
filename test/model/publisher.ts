import { ConnectLeadDestination, EnrollInIsvConnect, EnrollPublisher } from '#lib/domain/publisher/messages.js';
import { secretOf } from './invitation.js';
import { dealStaff, isShort, operator, rule, unless, type Rule } from './model.js';

/** R44 */
const isDestination = (url: string): boolean => /^https:\/\/[^?#@\s]+$/.test(url) && url.length <= 2_000;

export const publisherRules: readonly Rule[] = [
  rule(EnrollPublisher, operator, (model, { publisherId, name }) =>
    unless(
      [
        [!/^[a-z0-9_-]{1,38}$/.test(publisherId), 'PUBLISHER_ID_INVALID'], // R1
        [model.publishers.some((one) => one.publisherId === publisherId), 'PUBLISHER_ALREADY_ENROLLED'], // R6
        [!isShort(name, 200), 'PUBLISHER_NAME_INVALID'],
      ],
      () => model.publishers.push({ publisherId, isvConnect: false, destination: null }),
    ),
  ),
  rule(EnrollInIsvConnect, operator, (model, { publisherId }) => {
    const publisher = model.publishers.find((one) => one.publisherId === publisherId);
    return unless([[!publisher, 'NOT_FOUND']], () => publisher && (publisher.isvConnect = true));
  }),
  rule(ConnectLeadDestination, dealStaff, (model, { publisherId, url }, { caller, id }) => {
    const publisher = model.publishers.find((one) => one.publisherId === publisherId);
    return unless(
      [
        [!publisher || caller.publisherId !== publisherId, 'NOT_FOUND'],
        [!isDestination(url), 'LEAD_DESTINATION_INVALID'], // R44
      ],
      () => publisher && (publisher.destination = { url, secret: secretOf(id) }),
    );
  }),
];
