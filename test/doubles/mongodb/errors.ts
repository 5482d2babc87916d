import type { Document } from 'bson';

/** The errors that the double answers with, under the server's names. */
const codes = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  InvalidIdField: 53,
  CommandNotFound: 59,
  WriteConcernTimeout: 64,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  WriteConflict: 112,
  ConflictingOperationInProgress: 117,
  TransactionTooOld: 225,
  SnapshotTooOld: 239,
  SnapshotUnavailable: 246,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  NotWritablePrimary: 10107,
  DuplicateKey: 11000,
  NotPrimaryNoSecondaryOk: 13435,
  DocumentAfterUpdateIsLargerThan: 17419,
  UnknownField: 40415,
} as const;

export type ErrorName = keyof typeof codes;

/** An error as the server answers it. `details` are further fields of the answer. */
export class ServerError extends Error {
  readonly code: number;

  constructor(
    readonly codeName: ErrorName,
    message: string,
    readonly details: Document = {},
  ) {
    super(message);
    this.code = codes[codeName];
  }
}

/** What the double does not know it refuses: a guess would let a test pass that fails on a real server. */
export function notKnown(what: string): ServerError {
  return new ServerError('BadValue', `The double does not know ${what}.`);
}

const transient: readonly ErrorName[] = ['WriteConflict', 'SnapshotUnavailable', 'SnapshotTooOld'];
const retryable: readonly ErrorName[] = ['NotWritablePrimary', 'NotPrimaryNoSecondaryOk'];

/** Which labels an error gets depends on the command that it answers. */
export interface Labelled {
  readonly isInTransaction: boolean;
  readonly isEndOfTransaction: boolean;
  readonly isRetryableWrite: boolean;
}

export function labelsOf({ codeName }: ServerError, command: Labelled): string[] {
  const isRetryable = retryable.includes(codeName);
  if (command.isEndOfTransaction) {
    if (isRetryable) return ['RetryableWriteError'];
    return codeName === 'NoSuchTransaction' || transient.includes(codeName) ? ['TransientTransactionError'] : [];
  }
  if (command.isInTransaction) {
    const isTransient = isRetryable || codeName === 'NoSuchTransaction' || transient.includes(codeName);
    return isTransient ? ['TransientTransactionError'] : [];
  }
  return isRetryable && command.isRetryableWrite ? ['RetryableWriteError'] : [];
}
