import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError, MongoWriteConcernError } from 'mongodb';
import { OutcomeUnknownError, StoreUnavailableError } from '../../engine/ports/event-store.js';

/** The server cannot be used as it is set up. The message says how to mend it. */
export class MongoSetupError extends Error {}

/** What the driver calls errors of a command that it never sent. */
const notSent: ReadonlySet<string> = new Set([
  'MongoServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoNotConnectedError',
  'MongoServerClosedError',
  'MongoExpiredSessionError',
]);

/** Refusals of a server that is going, coming or overtaxed, or that gave up waiting; by their names in its sources. */
const passing: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  225, // TransactionTooOld
  239, // SnapshotTooOld
  246, // SnapshotUnavailable
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  290, // TransactionExceededLifetimeLimitSeconds
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

const passingLabels = ['RetryableWriteError', 'RetryableError', 'TransientTransactionError'];

/**
 * `away`: the command was not sent. `unsure`: it was, and what came of it is not known, or the server was not able to
 * carry it out just then. `ours`: neither waiting nor asking again would help.
 */
export function failureOf(error: unknown): 'away' | 'unsure' | 'ours' {
  if (!(error instanceof MongoError)) return 'ours';
  if (notSent.has(error.name)) return 'away';
  const isPassing =
    error instanceof MongoNetworkError ||
    error instanceof MongoWriteConcernError ||
    error.name === 'MongoOperationTimeoutError' ||
    (error instanceof MongoServerError && passing.has(Number(error.code))) ||
    isWrapped(error) ||
    passingLabels.some((label) => error.hasErrorLabel(label));
  return isPassing ? 'unsure' : 'ours';
}

/** A bulk write hides what the driver itself failed with, which then has no code: no server, no connection. */
function isWrapped(error: MongoError): boolean {
  return error instanceof MongoBulkWriteError && error.code === undefined;
}

/** What failed has changed nothing: it was a read, or in a transaction that was not committed. */
export function asUnwritten(error: unknown): unknown {
  return failureOf(error) === 'ours' ? error : unavailable(error);
}

/** What failed may have been carried out, unless it was not even sent. */
export function asWritten(error: unknown): unknown {
  const failure = failureOf(error);
  if (failure === 'away') return unavailable(error);
  return failure === 'unsure' ? outcomeUnknown(error) : error;
}

export function outcomeUnknown(cause: unknown): OutcomeUnknownError {
  return new OutcomeUnknownError(`MongoDB did not say what came of a change: ${messageOf(cause)}`, { cause });
}

/** In a transaction, before its commit: it is worth while to run it again at once, and not in vain as where no server was found. */
export function canBeginAgain(error: unknown): boolean {
  return failureOf(error) === 'unsure' || (error instanceof MongoError && error.name === 'MongoPoolClearedError');
}

/** Of a commit: the transaction was not committed. */
export function isTransient(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');
}

export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

export function isThere(error: unknown): boolean {
  return error instanceof MongoServerError && error.codeName === 'NamespaceExists';
}

export function isNotThere(error: unknown): boolean {
  return error instanceof MongoServerError && error.codeName === 'NamespaceNotFound';
}

function unavailable(cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError(`MongoDB is not available: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
