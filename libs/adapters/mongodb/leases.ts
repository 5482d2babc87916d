import type { Binary, ClientSession, Collection, Document } from 'mongodb';
import type { Holder, Lease, Leases } from '../../engine/ports/leases.js';
import { endOfPrefix } from '../../engine/ports/text-order.js';
import { Calls } from './calls.js';
import type { MongoConnection } from './connection.js';
import { isDuplicate } from './errors.js';

/** Kept when it is given up or has run out, since the next epoch follows from it. */
interface LeaseDocument {
  /** Name. */
  readonly _id: string;
  /** Null: given up. */
  readonly owner: string | null;
  readonly epoch: number;
  /** By the server's clock. */
  readonly until: Date;
  /** Those of the owner's process, where it may leave a transaction open. */
  readonly sessions: readonly Binary[];
  /** Those of the owner before; none if it gave the lease up. */
  readonly left: readonly Binary[];
}

const longAgo = new Date(0);

/** Leases on the clock of whichever server is primary. */
export class MongoLeases implements Leases {
  readonly #calls = new Calls();
  readonly #leases: Collection<LeaseDocument>;

  constructor(
    private readonly connection: MongoConnection,
    readonly termMs: number,
  ) {
    this.#leases = connection.db.collection('leases');
  }

  async take(name: string, owner: string): Promise<Lease | null> {
    // Upserts of a new lease by two owners at once: one of them may be told that it is there, and then asks again.
    const found = await this.#write((session) => this.#take(name, owner, session)).catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
      return this.#write((session) => this.#take(name, owner, session));
    });
    if (found?.owner !== owner) return null;
    if (found.left.length > 0) await this.connection.endOthers(found.left);
    return { name, epoch: found.epoch };
  }

  async renew({ name, epoch }: Lease, owner: string): Promise<boolean> {
    const { sessions } = this.connection;
    const renewed = await this.#write((session) =>
      this.#leases.updateOne(
        { _id: name, owner, epoch },
        [{ $set: { until: this.#inATerm(), sessions: { $literal: sessions } } }],
        { session },
      ),
    );
    return renewed.matchedCount === 1;
  }

  async release({ name, epoch }: Lease, owner: string): Promise<void> {
    const free = { $set: { owner: null, until: longAgo, sessions: [] } };
    await this.#write((session) => this.#leases.updateOne({ _id: name, owner, epoch }, free, { session }));
  }

  holders(prefix: string): Promise<readonly Holder[]> {
    const end = endOfPrefix(prefix);
    const filter = { _id: { $gte: prefix, ...(end !== null && { $lt: end }) }, $expr: { $gt: ['$until', '$$NOW'] } };
    return this.#calls.read(() =>
      this.connection.inSession(async (session) => {
        const held = await this.#leases.find(filter, { session, sort: { _id: 1 } }).toArray();
        return held.map(({ _id: name, owner }) => ({ name, owner: owner ?? '' }));
      }),
    );
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  /** The lease after it: the asker's, if it was free or the asker's before. One command, so that no two can have it. */
  #take(name: string, owner: string, session: ClientSession): Promise<LeaseDocument | null> {
    const isMine = { $eq: ['$owner', { $literal: owner }] };
    const isFree = { $or: [{ $lte: [{ $ifNull: ['$until', longAgo] }, '$$NOW'] }, isMine] };
    const there = (field: string): Document => ({ $ifNull: [field, []] });
    const taken = {
      owner: { $literal: owner },
      epoch: { $add: [{ $ifNull: ['$epoch', 0] }, 1] },
      until: this.#inATerm(),
      sessions: { $literal: this.connection.sessions },
      // Taken again where the answer was lost: what was left then may not have been ended.
      left: { $cond: [isMine, there('$left'), there('$sessions')] },
    };
    const fields = Object.entries(taken).map(([field, value]) => [field, { $cond: [isFree, value, `$${field}`] }]);
    return this.#leases.findOneAndUpdate({ _id: name }, [{ $set: Object.fromEntries(fields) as Document }], {
      upsert: true,
      returnDocument: 'after',
      session,
    });
  }

  #inATerm(): Document {
    return { $add: ['$$NOW', this.termMs] };
  }

  #write<T>(act: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.#calls.write(() => this.connection.inSession(act));
  }
}
