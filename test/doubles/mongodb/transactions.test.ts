import { MongoClient, type ClientSession, type Collection } from 'mongodb';
import { failure, onEachServer, type Thing } from './on-servers.js';

const conflict = { code: 112, labels: ['TransientTransactionError'] };
const gone = { code: 251, labels: ['TransientTransactionError'] };

onEachServer('transactions', (at) => {
  let things: Collection<Thing>;
  const sessions: ClientSession[] = [];
  beforeEach(async () => {
    things = at.things();
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 2 },
    ]);
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.endSession();
  });
  const begin = () => {
    const session = at.client().startSession();
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
    sessions.push(session);
    return session;
  };
  const set = (_id: string, n: number, session?: ClientSession) =>
    things.updateOne({ _id }, { $set: { n } }, session ? { session } : {});
  const all = (session?: ClientSession) =>
    things
      .find({}, session ? { session } : {})
      .sort({ _id: 1 })
      .toArray();
  const ns = async (session?: ClientSession) => (await all(session)).map(({ n }) => Number(n));

  it('are seen by nobody else before their commit, and by themselves at once', async () => {
    const session = begin();
    await set('a', 5, session);
    await things.insertOne({ _id: 'c', n: 3 }, { session });
    await things.deleteOne({ _id: 'b' }, { session });
    expect(await ns(session)).toEqual([5, 3]);
    expect(
      await things
        .find({ n: { $gte: 3 } }, { session })
        .sort({ n: 1 })
        .limit(1)
        .toArray(),
    ).toEqual([{ _id: 'c', n: 3 }]);
    expect(await ns()).toEqual([1, 2]);
    await session.commitTransaction();
    expect(await ns()).toEqual([5, 3]);
  });

  it('read one snapshot, indexes and pages included', async () => {
    await things.createIndex({ n: 1 });
    const session = begin();
    expect(await ns(session)).toEqual([1, 2]);
    await set('a', 9);
    await things.insertOne({ _id: 'c', n: 1 });
    await things.deleteOne({ _id: 'b' });
    expect(await ns(session)).toEqual([1, 2]);
    expect(await things.find({ n: 1 }, { session }).toArray()).toEqual([{ _id: 'a', n: 1 }]);
    expect(await things.find({}, { session, batchSize: 1, sort: { n: -1 } }).toArray()).toEqual([
      { _id: 'b', n: 2 },
      { _id: 'a', n: 1 },
    ]);
    expect(await things.countDocuments({ n: { $gt: 0 } }, { session })).toBe(2);
    await session.commitTransaction();
    expect(await ns()).toEqual([9, 1]);
  });

  it('are ended by whoever ends their sessions, which can be used again', async () => {
    const [left, next] = [begin(), begin()];
    await set('a', 5, left);
    await at
      .client()
      .db('admin')
      .command({ killSessions: [{ id: left.id?.id }] });
    await set('a', 6, next);
    await next.commitTransaction();
    expect(await failure(left.commitTransaction())).toEqual(gone);
    left.startTransaction();
    await set('b', 7, left);
    await left.commitTransaction();
    expect(await ns()).toEqual([6, 7]);
  });

  it('that write what another one has written conflict at once, and are over', async () => {
    const [first, second] = [begin(), begin()];
    await set('a', 5, first);
    expect(await ns(second)).toEqual([1, 2]);
    expect(await failure(set('a', 6, second))).toEqual(conflict);
    expect(await failure(set('b', 6, second))).toEqual(gone);
    await first.commitTransaction();
    expect(await failure(second.commitTransaction())).toEqual(gone);
    expect(await ns()).toEqual([5, 2]);
  });

  it('that write what was committed after their snapshot conflict', async () => {
    for (const change of [
      (session: ClientSession) => set('a', 6, session),
      (session: ClientSession) => things.deleteOne({ _id: 'a' }, { session }),
      (session: ClientSession) => things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, { session }),
    ]) {
      const session = begin();
      await ns(session);
      await things.updateOne({ _id: 'a' }, { $inc: { n: 10 } });
      expect(await failure(change(session))).toEqual(conflict);
    }
  });

  it('that insert one ID conflict, or are told that it is there', async () => {
    const [first, second] = [begin(), begin()];
    await things.insertOne({ _id: 'c' }, { session: first });
    await ns(second);
    expect(await failure(things.insertOne({ _id: 'c' }, { session: second }))).toEqual(conflict);
    const late = begin();
    await ns(late);
    await first.commitTransaction();
    expect(await failure(things.insertOne({ _id: 'c' }, { session: late }))).toEqual(conflict);
    const third = begin();
    expect(await failure(things.insertOne({ _id: 'c' }, { session: third }))).toEqual({ code: 11000, labels: [] });
    expect(await failure(set('a', 2, third))).toEqual(gone);
  });

  it('that write other documents do not conflict', async () => {
    const [first, second] = [begin(), begin()];
    await set('a', 5, first);
    await set('b', 6, second);
    await second.commitTransaction();
    await first.commitTransaction();
    expect(await ns()).toEqual([5, 6]);
  });

  it('that give one key of a unique index to two documents conflict', async () => {
    await things.createIndex({ n: 1 }, { unique: true });
    const [first, second] = [begin(), begin()];
    await things.insertOne({ _id: 'c', n: 3 }, { session: first });
    expect(await failure(things.insertOne({ _id: 'd', n: 3 }, { session: second }))).toEqual(conflict);
    await first.abortTransaction();
    const third = begin();
    await ns(third);
    await things.insertOne({ _id: 'e', n: 4 });
    expect(await failure(things.insertOne({ _id: 'f', n: 4 }, { session: third }))).toEqual(conflict);
  });

  it('that change nothing in a document that another one has changed do not conflict', async () => {
    const session = begin();
    await ns(session);
    await things.updateOne({ _id: 'a' }, { $set: { other: 1 } });
    expect(await set('a', 1, session)).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    await session.commitTransaction();
  });

  it('that are aborted leave nothing', async () => {
    const session = begin();
    await set('a', 5, session);
    await things.insertOne({ _id: 'c' }, { session });
    await session.abortTransaction();
    expect(await ns()).toEqual([1, 2]);
    await set('a', 7);
    expect(await ns()).toEqual([7, 2]);
  });

  it('can be committed again', async () => {
    const session = begin();
    await set('a', 5, session);
    await session.commitTransaction();
    await set('a', 6);
    await session.commitTransaction();
    expect(await ns()).toEqual([6, 2]);
  });

  it('end by any error', async () => {
    const failures = [
      (session: ClientSession) => things.insertOne({ _id: 'a' }, { session }),
      (session: ClientSession) => things.find({}, { session, hint: 'none' }).toArray(),
      (session: ClientSession) => things.updateOne({ _id: 'a' }, { $inc: { _id: 1 } }, { session }),
    ];
    for (const fail of failures) {
      const session = begin();
      await set('b', 8, session);
      await failure(fail(session));
      expect(await failure(session.commitTransaction())).toEqual(gone);
    }
    expect(await ns()).toEqual([1, 2]);
  });

  it('make no indexes', async () => {
    const session = begin();
    await set('a', 5, session);
    expect(await failure(things.createIndex({ n: 1 }, { session }))).toMatchObject({ code: 263 });
  });

  it('hold up a write from outside until they end', async () => {
    const session = begin();
    await set('a', 5, session);
    const order: string[] = [];
    const outside = things.updateOne({ _id: 'a' }, { $inc: { n: 10 } }).then(() => order.push('outside'));
    expect(await failure(things.updateMany({ n: { $lt: 9 } }, { $inc: { n: 100 } }, { maxTimeMS: 50 }))).toMatchObject({
      code: 50,
    });
    order.push('commit');
    await session.commitTransaction();
    await outside;
    expect(order).toEqual(['commit', 'outside']);
    expect((await things.findOne({ _id: 'a' }))?.n).toBe(15);
  });

  it('hold up whoever drops a collection that they have read', async () => {
    const session = begin();
    await ns(session);
    const drop = { drop: things.collectionName, maxTimeMS: 50 };
    expect(await failure(at.client().db(things.dbName).command(drop))).toMatchObject({ code: 50 });
    expect(await ns(session)).toEqual([1, 2]);
    await session.commitTransaction();
    expect(await things.drop()).toBe(true);
    expect(await ns()).toEqual([]);
  });

  it('count up without loss from many sides', async () => {
    const increment = () =>
      at.client().withSession((session) =>
        session.withTransaction(async () => {
          const found = await things.findOne({ _id: 'a' }, { session });
          await things.updateOne({ _id: 'a' }, { $set: { n: Number(found?.n) + 1 } }, { session });
        }),
      );
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await things.findOne({ _id: 'a' }))?.n).toBe(21);
  });
});

onEachServer('snapshots without a transaction', (at) => {
  it('stay at the moment of their first read', async () => {
    // A read concern of the client's own would take the place of the session's snapshot.
    const client = await MongoClient.connect(at.url());
    const { dbName, collectionName } = at.things();
    const things = client.db(dbName).collection<Thing>(collectionName);
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 2 },
    ]);
    const session = client.startSession({ snapshot: true });
    expect(await things.findOne({ _id: 'a' }, { session })).toEqual({ _id: 'a', n: 1 });
    await things.updateOne({ _id: 'b' }, { $set: { n: 3 } });
    expect(await things.findOne({ _id: 'b' }, { session })).toEqual({ _id: 'b', n: 2 });
    expect(await things.distinct('n', {}, { session })).toEqual([1, 2]);
    await session.endSession();
    await client.close();
  });
});
