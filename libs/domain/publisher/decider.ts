import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { codePoints, isId, streams } from '../ids.js';
import type { Settings } from '../settings.js';
import { isHttpsUrl } from '../urls.js';
import { destinationPut } from './destination.js';
import {
  ConnectLeadDestination,
  EnrollInIsvConnect,
  EnrollPublisher,
  IsvConnectEnrolled,
  LeadDestinationConnected,
  PublisherEnrolled,
  publisherEvents,
  type PublisherEvent,
} from './messages.js';
import { refuse } from './refusals.js';

export type PublisherState =
  | { readonly status: 'none' }
  | { readonly status: 'enrolled'; readonly publisherId: string; readonly isvConnect: boolean };

function evolve(state: PublisherState, { type, data }: Recorded<PublisherEvent>): PublisherState {
  switch (type) {
    case 'PublisherEnrolled':
      return { status: 'enrolled', publisherId: data.publisherId, isvConnect: false };
    case 'IsvConnectEnrolled':
      return state.status === 'enrolled' ? { ...state, isvConnect: true } : state;
    case 'LeadDestinationConnected':
      return state;
  }
}

export function isInIsvConnect(state: PublisherState): boolean {
  return state.status === 'enrolled' && state.isvConnect;
}

const limits = { destination: 2_000 } as const;

const handle = handling<PublisherState, PublisherEvent, Settings>();

export const publisher: Decider<PublisherState> = {
  category: 'publisher',
  events: publisherEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { publisherId: state.publisherId }),
  handles: [
    handle({
      command: EnrollPublisher,
      creates: true,
      stream: ({ publisherId }) => streams.publisher(publisherId),
      decide(state, { publisherId, name }) {
        const length = codePoints(name);
        return (
          reject(
            (!isId(publisherId) || publisherId.length > 38) &&
              refuse('PUBLISHER_ID_INVALID', `"${publisherId}" is not a publisher ID.`, '/publisherId'),
            state.status !== 'none' &&
              refuse('PUBLISHER_ALREADY_ENROLLED', `${publisherId} is already enrolled.`, '/publisherId'),
            (length < 1 || length > 200) &&
              refuse('PUBLISHER_NAME_INVALID', `The name has ${length} characters.`, '/name'),
          ) ?? [event(PublisherEnrolled, { publisherId, name })]
        );
      },
    }),
    handle({
      command: EnrollInIsvConnect,
      stream: ({ publisherId }) => streams.publisher(publisherId),
      decide: (state, { publisherId }) => (isInIsvConnect(state) ? [] : [event(IsvConnectEnrolled, { publisherId })]),
    }),
    handle({
      command: ConnectLeadDestination,
      stream: ({ publisherId }) => streams.publisher(publisherId),
      decide: (_state, { publisherId, url }) =>
        reject(
          !isDestination(url) && refuse('LEAD_DESTINATION_INVALID', 'Leads cannot be sent to this address.', '/url'),
        ) ?? [event(LeadDestinationConnected, { publisherId, url })],
      records: ({ publisherId, url }, { commandId, settings }) => [
        destinationPut(publisherId, { url, secret: settings.signingSecret(commandId) }),
      ],
      // Computed again, so that a repetition answers the same and the log need not hold it.
      answer: ([connected], _command, settings) =>
        connected ? { secret: settings.signingSecret(connected.meta.commandId) } : {},
    }),
  ],
};

/** R44: what stands in a query would be a secret, and would come into the log. */
function isDestination(url: string): boolean {
  return codePoints(url) <= limits.destination && isHttpsUrl(url) && !/[?#]/.test(url);
}
