import { Binary, Long, type Document } from 'bson';
import { notKnown, ServerError } from './errors.js';
import { isDocument } from './paths.js';
import type { Store } from './store.js';
import type { Transaction } from './transaction.js';

/** A transaction, or writes that are told apart from their repetition, under the session's last transaction number. */
interface Session {
  number: bigint;
  /** Answers of statements that were carried out outside of transactions, by statement ID. */
  results: Map<number, Document>;
  transaction: Transaction | 'committed' | 'aborted' | 'none';
  /** Ends when the last of its commands has been carried out. */
  busy: Promise<unknown>;
}

export interface Attached {
  readonly transaction: Transaction | null;
  /** Null: this command can be carried out twice. */
  readonly results: Map<number, Document> | null;
}

/** Committed transactions and results of statements survive a restart, as they do on a server; open ones do not. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  /** `lifetimeMs`: after so long a transaction is aborted, so that one whose owner is gone holds nobody up. */
  constructor(
    private readonly store: Store,
    private readonly lifetimeMs: number,
  ) {}

  /** A repeated command waits until the first one is over, so that it finds what that did. */
  inTurn<T>(body: Document, run: () => Promise<T>): Promise<T> {
    if (body.txnNumber === undefined) return run();
    const session = this.sessionOf(body);
    const result = session.busy.then(run, run);
    session.busy = result;
    return result;
  }

  /** What a command belongs to. */
  attach(body: Document): Attached {
    const number = numberOf(body.txnNumber);
    if (number === null) {
      if (body.autocommit !== undefined || body.startTransaction !== undefined)
        throw new ServerError('InvalidOptions', 'A transaction needs a txnNumber.');
      return { transaction: null, results: null };
    }
    const session = this.sessionOf(body);
    if (number < session.number) throw new ServerError('TransactionTooOld', `Transaction ${number} is too old.`);
    if (body.autocommit !== false) return { transaction: null, results: this.statements(session, number) };
    if (body.startTransaction === true) return { transaction: this.start(session, number), results: null };
    if (number !== session.number) throw noSuchTransaction(number);
    const { transaction } = session;
    if (transaction === 'none' || transaction === 'aborted') throw noSuchTransaction(number);
    if (transaction === 'committed')
      throw new ServerError('TransactionCommitted', `Transaction ${number} has been committed.`);
    return { transaction, results: null };
  }

  /** Committing again what is committed changes nothing and answers the same. */
  commit(body: Document): void {
    const session = this.ending(body);
    if (session.transaction === 'committed') return;
    const { transaction } = this.attach(body);
    if (!transaction) throw noSuchTransaction(session.number);
    this.store.commit(transaction);
    session.transaction = 'committed';
  }

  abort(body: Document): void {
    const { transaction } = this.attach(body);
    const session = this.ending(body);
    if (!transaction) throw noSuchTransaction(session.number);
    this.close(session, transaction);
  }

  /** An error in a transaction ends it. */
  abortAfterError(transaction: Transaction): void {
    for (const session of this.sessions.values())
      if (session.transaction === transaction) this.close(session, transaction);
  }

  /** Ends the open transactions of sessions, by their IDs. The sessions can be used again. */
  kill(ids: readonly Binary[]): void {
    for (const id of ids) {
      const session = this.sessions.get(id.toString('hex'));
      if (typeof session?.transaction === 'object') this.close(session, session.transaction);
    }
  }

  /** A server that stops or steps down ends all open transactions. */
  abortAll(): void {
    for (const session of this.sessions.values())
      if (typeof session.transaction === 'object') this.close(session, session.transaction);
  }

  private start(session: Session, number: bigint): Transaction {
    if (number === session.number && session.transaction !== 'none')
      throw new ServerError('ConflictingOperationInProgress', `Transaction ${number} has been started before.`);
    if (typeof session.transaction === 'object') this.close(session, session.transaction);
    const transaction = this.store.begin();
    Object.assign(session, { number, transaction, results: new Map() });
    const timer = setTimeout(() => {
      if (session.transaction === transaction) this.close(session, transaction);
    }, this.lifetimeMs).unref();
    void this.store.ended(transaction).then(() => clearTimeout(timer));
    return transaction;
  }

  private statements(session: Session, number: bigint): Map<number, Document> {
    if (number > session.number) {
      if (typeof session.transaction === 'object') this.close(session, session.transaction);
      Object.assign(session, { number, transaction: 'none', results: new Map() });
    }
    if (session.transaction !== 'none')
      throw new ServerError('IllegalOperation', `Number ${number} is that of a transaction.`);
    return session.results;
  }

  private ending(body: Document): Session {
    const session = this.sessionOf(body);
    if (body.autocommit !== false) throw new ServerError('InvalidOptions', 'Only a transaction can end.');
    if (numberOf(body.txnNumber) !== session.number) throw noSuchTransaction(session.number);
    return session;
  }

  private close(session: Session, transaction: Transaction): void {
    session.transaction = 'aborted';
    this.store.abort(transaction);
  }

  private sessionOf(body: Document): Session {
    const id: unknown = isDocument(body.lsid) ? body.lsid.id : undefined;
    if (!(id instanceof Binary)) throw new ServerError('InvalidOptions', 'A txnNumber needs a session.');
    const key = id.toString('hex');
    const known = this.sessions.get(key);
    if (known) return known;
    const session: Session = { number: -1n, results: new Map(), transaction: 'none', busy: Promise.resolve() };
    this.sessions.set(key, session);
    return session;
  }
}

function numberOf(value: unknown): bigint | null {
  if (value === undefined) return null;
  if (value instanceof Long) return value.toBigInt();
  throw notKnown('a txnNumber that is not a long');
}

function noSuchTransaction(number: bigint): ServerError {
  return new ServerError('NoSuchTransaction', `Given transaction number ${number} does not match any in progress.`);
}
