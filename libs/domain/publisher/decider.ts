import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject } from '#lib/engine/model/refusal.js';
import { codePoints, isId, streams } from '../ids.js';
import type { Settings } from '../settings.js';
import {
  EnrollInIsvConnect,
  EnrollPublisher,
  IsvConnectEnrolled,
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
  }
}

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
      decide: (state, { publisherId }) =>
        state.status === 'enrolled' && state.isvConnect ? [] : [event(IsvConnectEnrolled, { publisherId })],
    }),
  ],
};
