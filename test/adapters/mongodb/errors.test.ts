import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';
import { asUnwritten, asWritten, failureOf } from '#lib/adapters/mongodb/errors.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';

const refused = (code: number, labels: readonly string[] = []) =>
  new MongoServerError({ message: `code ${code}`, code, errorLabels: [...labels] });

/** As the driver names errors that it does not give to anybody to construct. */
function named(name: string): MongoError {
  return Object.defineProperty(new MongoError(name), 'name', { value: name });
}

const away: readonly (readonly [string, unknown])[] = [
  [
    'no server to be found',
    Object.assign(Object.create(MongoServerSelectionError.prototype) as Error, { message: 'x' }),
  ],
  ['no connection free', named('MongoWaitQueueTimeoutError')],
  ['pool cleared before the command went out', named('MongoPoolClearedError')],
  ['client closed', new MongoClientClosedError()],
  ['topology closed', new MongoTopologyClosedError()],
];
const unsure: readonly (readonly [string, unknown])[] = [
  ['connection lost', new MongoNetworkError('x')],
  ['connection silent', new MongoNetworkTimeoutError('x')],
  [
    'connection closed with its pool',
    Object.defineProperty(new MongoNetworkError('x'), 'name', { value: 'PoolClearedOnNetworkError' }),
  ],
  ['no server to be found for a bulk write', new MongoBulkWriteError(new MongoNetworkError('x'), Object.create(null))],
  ['operation timed out', named('MongoOperationTimeoutError')],
  [
    'not acknowledged by a majority in time',
    new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: 'x' } }),
  ],
  ['stepped down', refused(10107)],
  ['shutting down', refused(11600)],
  ['interrupted by an election', refused(11602)],
  ['write conflict', refused(112)],
  ['transaction given up', refused(251)],
  ['snapshot too old', refused(239)],
  ['disk full', refused(14031)],
  ['labelled as passing, whatever it is', refused(12345, ['TransientTransactionError'])],
];
const ours: readonly (readonly [string, unknown])[] = [
  ['key is there', refused(11000)],
  [
    'key is there, of many',
    new MongoBulkWriteError({ message: 'x', code: 11000, writeErrors: [] }, Object.create(null)),
  ],
  ['not understood', refused(2)],
  ['not allowed', refused(13)],
  ['wrong password', refused(18)],
  ['not of the driver', new TypeError('x')],
  ['no error', 'x'],
];

describe('what a failure means', () => {
  it.each(away)('%s: not sent', (_, error) => {
    expect(failureOf(error)).toBe('away');
    expect(asUnwritten(error)).toBeInstanceOf(StoreUnavailableError);
    expect(asWritten(error)).toBeInstanceOf(StoreUnavailableError);
  });

  it.each(unsure)('%s: a read can be asked again, a write may have been made', (_, error) => {
    expect(failureOf(error)).toBe('unsure');
    expect(asUnwritten(error)).toBeInstanceOf(StoreUnavailableError);
    expect(asWritten(error)).toBeInstanceOf(OutcomeUnknownError);
    expect(asWritten(error)).toHaveProperty('cause', error);
  });

  it.each(ours)('%s: given on as it is', (_, error) => {
    expect(failureOf(error)).toBe('ours');
    expect(asUnwritten(error)).toBe(error);
    expect(asWritten(error)).toBe(error);
  });
});
