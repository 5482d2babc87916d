import type { ClientSession, MongoBulkWriteError } from 'mongodb';
import { failure, onEachServer, type Thing } from './on-servers.js';

onEachServer('uniqueness', (at) => {
  const refused = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      ({ code, keyPattern, keyValue }: { code: number; keyPattern: object; keyValue: object }) => ({
        code,
        keyPattern,
        keyValue,
      }),
    );

  it('of IDs is kept, whatever type a number has', async () => {
    const things = at.things();
    await things.insertOne({ _id: 1, a: 'first' });
    const duplicate = { code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } };
    expect(await refused(things.insertOne({ _id: 1 }))).toEqual(duplicate);
    expect(await refused(things.updateOne({ _id: 1, a: 'other' }, { $set: { b: 1 } }, { upsert: true }))).toEqual(
      duplicate,
    );
    expect(await things.find().toArray()).toEqual([{ _id: 1, a: 'first' }]);
  });

  it('of an index is kept, also by updates; a missing value is null', async () => {
    const things = at.things();
    await things.createIndex({ stream: 1, 'at.revision': -1 }, { unique: true });
    const row = (_id: number, stream: string | undefined, revision: number): Thing =>
      stream === undefined ? { _id } : { _id, stream, at: { revision } };
    await things.insertMany([row(1, 'a', 1), row(2, 'a', 2), row(3, undefined, 0)]);
    const keyPattern = { stream: 1, 'at.revision': -1 };
    const duplicate = { code: 11000, keyPattern, keyValue: { stream: 'a', 'at.revision': 2 } };
    expect(await refused(things.insertOne(row(4, 'a', 2)))).toEqual(duplicate);
    expect(await refused(things.updateOne({ _id: 1 }, { $set: { 'at.revision': 2 } }))).toEqual(duplicate);
    expect(await refused(things.insertOne(row(5, undefined, 0)))).toMatchObject({ code: 11000, keyPattern });
    await things.deleteOne({ _id: 2 });
    await things.updateOne({ _id: 1 }, { $set: { 'at.revision': 2 } });
    await things.insertOne(row(6, 'a', 1));
    expect((await things.find({ stream: 'a' }).sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 6]);
  });

  it('is told of each of many writes by its place, and ends an ordered list', async () => {
    const things = at.things();
    await things.insertOne({ _id: 2 });
    const rows = () => [1, 2, 3, 2, 4].map((_id) => ({ _id }));
    const places = async (ordered: boolean) => {
      const error = await things.insertMany(rows(), { ordered }).then(
        () => null,
        (reason: MongoBulkWriteError) => reason,
      );
      return [error?.writeErrors].flat().map((each) => [each?.index, each?.code]);
    };
    expect(await places(true)).toEqual([[1, 11000]]);
    expect(await things.countDocuments()).toBe(2);
    expect(await places(false)).toEqual([
      [0, 11000],
      [1, 11000],
      [3, 11000],
    ]);
    expect((await things.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 2, 3, 4]);
  });

  it('cannot begin where there are duplicates', async () => {
    const things = at.things();
    await things.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 1 },
    ]);
    expect(await refused(things.createIndex({ n: 1 }, { unique: true }))).toMatchObject({ code: 11000 });
    expect((await things.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });

  it('within a transaction counts what the transaction did itself', async () => {
    const things = at.things();
    await things.createIndex({ n: 1 }, { unique: true });
    await things.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
    await at.client().withSession((session) =>
      session.withTransaction(async () => {
        await things.updateOne({ _id: 1 }, { $set: { n: 3 } }, { session });
        await things.updateOne({ _id: 2 }, { $set: { n: 1 } }, { session });
        await things.insertOne({ _id: 3, n: 2 }, { session });
        await things.insertOne({ _id: 4, n: 4 }, { session });
        await things.updateOne({ _id: 4 }, { $set: { n: 5 } }, { session });
        await things.insertOne({ _id: 5, n: 4 }, { session });
        await things.deleteOne({ _id: 4 }, { session });
        await things.insertOne({ _id: 6, n: 5 }, { session });
      }),
    );
    const rows = await things.find().sort({ _id: 1 }).toArray();
    expect(rows.map(({ _id, n }) => [_id, Number(n)])).toEqual([
      [1, 3],
      [2, 1],
      [3, 2],
      [5, 4],
      [6, 5],
    ]);
    const duplicates = [
      // Of what was there, also if the transaction has changed something else in it; and of its own.
      (session: ClientSession) => things.insertOne({ _id: 7, n: 3 }, { session }),
      (session: ClientSession) =>
        things.insertMany(
          [
            { _id: 7, n: 7 },
            { _id: 8, n: 7 },
          ],
          { session },
        ),
    ];
    for (const duplicate of duplicates) {
      const session = at.client().startSession();
      session.startTransaction();
      await things.updateOne({ _id: 1 }, { $set: { other: 1 } }, { session });
      expect(await failure(duplicate(session))).toEqual({ code: 11000, labels: [] });
      await session.endSession();
    }
  });
});

onEachServer('collections', (at) => {
  it('are made, listed and dropped', async () => {
    const things = at.things();
    const db = at.client().db(things.dbName);
    await db.createCollection('view.a.0001');
    expect(await failure(db.createCollection('view.a.0001', { collation: { locale: 'simple' } }))).toEqual({
      code: 48,
      labels: [],
    });
    await db.collection('b').insertOne({});
    const names = async () =>
      (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
    expect(await names()).toEqual(['b', 'view.a.0001']);
    expect(await db.listCollections({ name: 'b' }).toArray()).toMatchObject([{ name: 'b', type: 'collection' }]);
    expect(await db.collection('b').drop()).toBe(true);
    expect(await names()).toEqual(['view.a.0001']);
    expect(await db.collection('b').find().toArray()).toEqual([]);
    await db.dropDatabase();
    expect(await names()).toEqual([]);
  });

  it('have indexes, each once, and none of one name that differs', async () => {
    const things = at.things();
    expect(await things.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await things.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await failure(things.createIndex({ a: 1, b: -1 }, { name: 'other' }))).toMatchObject({ code: 85 });
    expect(await failure(things.createIndex({ c: 1 }, { name: 'a_1_b_-1' }))).toMatchObject({ code: 86 });
    expect(await things.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { a: 1, b: -1 }, name: 'a_1_b_-1' },
    ]);
    expect(await things.find({ a: 1 }).hint({ a: 1, b: -1 }).toArray()).toEqual([]);
    expect(await failure(things.find({ a: 1 }).hint('none').toArray())).toMatchObject({ code: 2 });
    expect(await failure(at.things().indexes())).toMatchObject({ code: 26 });
  });
});
