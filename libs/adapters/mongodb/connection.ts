import { setTimeout as pause } from 'node:timers/promises';
import type { Binary, ClientSession, Db, MongoClient, Timestamp } from 'mongodb';
import type { Logger } from '../../engine/ports/logger.js';
import { connect, databaseOf, waits, type ConnectionOptions, type Waits } from './client.js';
import { asUnwritten, canBeginAgain, isTransient, outcomeUnknown } from './errors.js';

/** More than are in use at once: the driver lends them again and again. */
const mostSessions = 100;

/** One client of one database. */
export class MongoConnection {
  readonly db: Db;
  /** The latest instant of which an answer told. What is read next is of that instant or later, whoever is primary then. */
  #seen: Timestamp | undefined;
  /** By ID in hexadecimal; the one that was used last is the last. */
  readonly #sessions = new Map<string, Binary>();
  /** Snapshots that are being given up. */
  readonly #ending = new Set<Promise<void>>();

  private constructor(
    private readonly client: MongoClient,
    database: string,
    readonly waits: Waits,
    private readonly log: Logger,
  ) {
    this.db = client.db(database);
  }

  static async open({ url, log, waits: others }: ConnectionOptions): Promise<MongoConnection> {
    const waiting = { ...waits, ...others };
    return new MongoConnection(await connect(url, waiting, log), databaseOf(url), waiting, log);
  }

  /** IDs of the sessions that this process's transactions run in. */
  get sessions(): readonly Binary[] {
    return [...this.#sessions.values()];
  }

  /**
   * Ends what other processes that are gone, or do not answer, have left open in their sessions: a server would keep an
   * open transaction, and whoever writes what that has written waiting, for a minute (`transactionLifetimeLimitSeconds`).
   * If one of them is still there, its transaction begins again. A server that does not allow it is left to its minute.
   */
  async endOthers(sessions: readonly Binary[]): Promise<void> {
    try {
      await this.client.db('admin').command({ killSessions: sessions.map((id) => ({ id })) });
    } catch (error) {
      this.log.warn({ error }, 'transactions of a process that is gone could not be ended; they run out by themselves');
    }
  }

  /** Reads and writes that see each other, and what was read and written before; one at a time. */
  async inSession<T>(act: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = this.#newSession();
    try {
      return await act(session);
    } finally {
      await this.#end(session);
    }
  }

  /** One snapshot that is read piece by piece, without a way to begin again: `next` until it gives null. */
  async *pages<T>(next: (session: ClientSession) => Promise<T | null>): AsyncIterable<T> {
    const session = this.#newSession();
    try {
      begin(session, this.waits);
      for (let page = await next(session); page !== null; page = await next(session)) yield page;
      await session.commitTransaction();
    } catch (error) {
      throw asUnwritten(error);
    } finally {
      await this.#end(session);
    }
  }

  /**
   * Runs `act` in a transaction on a snapshot, again if others were in the way, and commits, unless `act` has aborted.
   * A commit without an answer is made again: it is the same one. Throws OutcomeUnknownError if none comes.
   */
  transaction<T>(act: (session: ClientSession) => Promise<T>): Promise<T> {
    const until = performance.now() + this.waits.transaction;
    return this.inSession((session) =>
      this.#untilDone(session, until, async () => {
        const result = await act(session);
        if (session.inTransaction()) await this.#commit(session, until);
        return result;
      }),
    );
  }

  /**
   * Runs `read` on a snapshot, again if the server gave that up. It may show what is on one server's disk only: where
   * that is not enough, read in a transaction, of which the commit waits until a majority has all that was ever written.
   */
  async snapshot<T>(read: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = this.#newSession();
    try {
      return await this.#untilDone(session, performance.now() + this.waits.transaction, () => read(session));
    } finally {
      // It is given up; nobody needs to wait for that, except who closes: a server would keep it open for a minute.
      const ended = this.#end(session).finally(() => this.#ending.delete(ended));
      this.#ending.add(ended);
    }
  }

  async #untilDone<T>(session: ClientSession, until: number, act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      begin(session, this.waits);
      try {
        return await act();
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
        if (!canBeginAgain(error) || performance.now() > until) throw error;
        this.log.debug({ attempt, error }, 'transaction begins again');
      }
      await restAfter(attempt);
    }
  }

  #newSession(): ClientSession {
    const session = this.client.startSession({ causalConsistency: true });
    if (this.#seen) session.advanceOperationTime(this.#seen);
    this.#remember(session);
    return session;
  }

  #remember({ id }: ClientSession): void {
    if (!id) return;
    const name = id.id.toString('hex');
    this.#sessions.delete(name);
    this.#sessions.set(name, id.id);
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size > mostSessions) this.#sessions.delete(oldest);
  }

  async #end(session: ClientSession): Promise<void> {
    const time = session.operationTime;
    if (time && (!this.#seen || time.greaterThan(this.#seen))) this.#seen = time;
    await session.endSession();
  }

  async #commit(session: ClientSession, until: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await session.commitTransaction();
      } catch (error) {
        // This alone says that the transaction was not committed.
        if (isTransient(error)) throw error;
        if (performance.now() > until) throw outcomeUnknown(error);
        this.log.warn({ attempt, error }, 'commit got no answer');
      }
      await restAfter(attempt);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#ending);
    await this.client.close();
  }
}

function begin(session: ClientSession, { acknowledgement }: Waits): void {
  session.startTransaction({
    readConcern: { level: 'snapshot' },
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: acknowledgement },
    readPreference: 'primary',
  });
}

const longestRestMs = 200;

function restAfter(attempt: number): Promise<void> {
  return pause(Math.random() * Math.min(longestRestMs, 2 ** attempt));
}
