import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { failureOf, TimedOutError, type Failure } from '#lib/adapters/kurrentdb/failures.js';

type Wire = ConstructorParameters<typeof UnknownError>[0];

/** As gRPC has it; `type` is what the client adds, where it does. */
function wire(code: number | undefined, message: string): NonNullable<Wire> {
  return Object.assign(new Error(message), { code, details: message, metadata: undefined }) as never;
}

const revision = { streamName: 'sl_a', current: 1n, expected: 0n };
const shapes: readonly (readonly [string, unknown, Failure])[] = [
  ['a wrong revision', new WrongExpectedVersionError(undefined, revision), 'conflict'],
  ['no such stream', new StreamNotFoundError(undefined, 'sl_a'), 'missing'],
  ['a stream deleted for good', StreamDeletedError.fromStreamName('sl_a'), 'removed'],
  ['too much in one append', MaxAppendSizeExceededError.fromMaxAppendSize(1_048_576), 'refused'],
  ['credentials that do not suffice', new AccessDeniedError(undefined), 'refused'],
  [
    'a connection lost, as appends and subscriptions see it',
    new UnavailableError(wire(14, '14 UNAVAILABLE: read ECONNRESET')),
    'unavailable',
  ],
  ['the same, as the addon’s reads see it', new UnavailableError(wire(undefined, 'UnavailableError')), 'unavailable'],
  [
    'no connection when asking what the server can do',
    wire(14, '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED'),
    'notSent',
  ],
  ['no node found', new Error('Failed to discover after 10 attempts.'), 'notSent'],
  ['a server that is starting', new UnknownError(undefined, 'Could not recognize Server Is Not Ready'), 'unavailable'],
  [
    'a server that is stopping',
    new UnknownError(wire(13, '13 INTERNAL: Received RST_STREAM with code 2 (Internal server error)')),
    'unavailable',
  ],
  ['the same, before it has a type', wire(13, '13 INTERNAL: Received RST_STREAM'), 'unavailable'],
  ['something that the addon has no name for', new UnknownError(wire(undefined, 'h2 protocol error')), 'unavailable'],
  ['another leader', Object.assign(new Error(), { type: 'not-leader' }), 'unavailable'],
  ['a write that took the server too long', new DeadlineExceededError(undefined), 'unavailable'],
  ['the older word for it', new TimeoutError(undefined), 'unavailable'],
  ['a call that was cancelled', new CancelledError(undefined), 'unavailable'],
  ['our own patience at its end', new TimedOutError('No answer within 5 ms.'), 'unavailable'],
  ['a wrong argument', Object.assign(new Error(), { type: 'invalid-argument' }), 'bug'],
  ['an error of the language', new TypeError('x is not a function'), 'bug'],
  ['no error at all', 'text', 'bug'],
];

it.each(shapes)('A failure of the client that is %s is told from others', (_, error, failure) => {
  expect(failureOf(error)).toBe(failure);
});
