import { Double, Int32, Long, MongoClient } from 'mongodb';
import { failure, onEachServer, type Thing } from './on-servers.js';

onEachServer('documents', (at) => {
  const hundred = Array.from({ length: 100 }, (_, index) => ({
    _id: index,
    half: Math.floor(index / 2),
    text: `t${index}`,
  }));

  it('are found page by page, whatever the size of a batch', async () => {
    const things = at.things();
    await things.insertMany([...hundred, ...hundred.map((thing) => ({ ...thing, _id: thing._id + 100 }))]);
    for (const batchSize of [1, 7, 200, 1000]) {
      const ids = (await things.find().sort({ _id: 1 }).batchSize(batchSize).toArray()).map(({ _id }) => _id);
      expect(ids).toEqual(Array.from({ length: 200 }, (_, index) => index));
    }
    expect((await things.find().sort({ _id: -1 }).skip(3).limit(2).toArray()).map(({ _id }) => _id)).toEqual([
      196, 195,
    ]);
    const cursor = things.find().batchSize(2);
    await cursor.next();
    const more = { getMore: cursor.id, collection: things.collectionName };
    await cursor.close();
    expect(await failure(at.client().db(things.dbName).command(more))).toMatchObject({ code: 43 });
  });

  it.each([{}, { half: 1 }, { half: -1, _id: -1 }] as const)(
    'are found behind the last of a page, with index %j',
    async (index) => {
      const things = at.things();
      await things.insertMany(hundred);
      if ('half' in index) await things.createIndex(index);
      const found: unknown[] = [];
      let behind: object = {};
      for (;;) {
        const page = await things.find(behind).sort({ half: 1, _id: 1 }).limit(7).toArray();
        const last = page.at(-1);
        if (!last) break;
        found.push(...page.map(({ _id }) => _id));
        behind = { $or: [{ half: { $gt: last.half } }, { half: last.half, _id: { $gt: last._id } }] };
      }
      expect(found).toEqual(hundred.map(({ _id }) => _id));
    },
  );

  it('are shown with the fields asked for', async () => {
    const things = at.things();
    await things.insertOne({ _id: 'a', b: 1, c: { d: 2, e: 3 }, f: [{ g: 4, h: 5 }] });
    const shown = async (projection: object) => things.findOne({}, { projection });
    expect(await shown({ b: 1 })).toEqual({ _id: 'a', b: 1 });
    expect(await shown({ _id: 0, 'c.d': 1 })).toEqual({ c: { d: 2 } });
    expect(await shown({ _id: 0 })).toEqual({ b: 1, c: { d: 2, e: 3 }, f: [{ g: 4, h: 5 }] });
    expect(await shown({ c: 0, 'f.g': 0 })).toEqual({ _id: 'a', b: 1, f: [{ h: 5 }] });
    expect(await shown({ _id: 1 })).toEqual({ _id: 'a' });
  });

  it('are counted, grouped and listed by value', async () => {
    const things = at.things();
    await things.insertMany(hundred.slice(0, 5));
    expect(await things.countDocuments({ half: { $gte: 1 } })).toBe(3);
    expect(await things.estimatedDocumentCount()).toBe(5);
    expect((await things.distinct('half')).sort()).toEqual([0, 1, 2]);
    const groups = await things
      .aggregate([
        { $match: { _id: { $gt: 0 } } },
        { $group: { _id: '$half', n: { $sum: 1 }, most: { $max: '$_id' }, least: { $min: '$_id' } } },
        { $sort: { _id: -1 } },
        { $limit: 2 },
        { $project: { n: 1, most: 1 } },
      ])
      .toArray();
    expect(groups).toEqual([
      { _id: 2, n: 1, most: 4 },
      { _id: 1, n: 2, most: 3 },
    ]);
  });

  it('are changed by operators', async () => {
    const things = at.things();
    await things.insertOne({ _id: 'a', n: new Int32(2 ** 31 - 1), low: 3, list: ['x'], old: 1, in: { side: 1 } });
    const update = {
      $set: { 'in.deep.er': 'y', text: 'z' },
      $unset: { old: '', 'in.side': '' },
      $inc: { n: 1, fresh: 5 },
      $min: { low: 1 },
      $max: { high: 9 },
      $push: { list: 'y' },
      $setOnInsert: { never: 1 },
    };
    expect(await things.updateOne({ _id: 'a' }, update as object)).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    const [found] = await things.find({}, { promoteValues: false }).toArray();
    expect(found).toEqual({
      _id: 'a',
      n: Long.fromNumber(2 ** 31),
      low: new Int32(1),
      list: ['x', 'y'],
      in: { deep: { er: 'y' } },
      text: 'z',
      fresh: new Int32(5),
      high: new Int32(9),
    });
    await things.updateOne({ _id: 'a' }, { $inc: { low: 0.5 } });
    expect((await things.find({}, { promoteValues: false }).toArray())[0]?.low).toEqual(new Double(1.5));
    expect(await things.updateOne({ _id: 'a' }, { $set: { text: 'z' } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
    expect(await things.updateOne({ _id: 'b' }, { $set: { text: 'z' } })).toMatchObject({ matchedCount: 0 });
    expect(await failure(things.updateOne({ _id: 'a' }, { $set: { _id: 'b' } }))).toMatchObject({ code: 66 });
  });

  it('are replaced, and made where they are not there', async () => {
    const things = at.things();
    expect(await things.replaceOne({ _id: 'a' }, { b: 1 })).toMatchObject({ matchedCount: 0, upsertedCount: 0 });
    expect(await things.replaceOne({ _id: 'a' }, { b: 1 }, { upsert: true })).toMatchObject({ upsertedId: 'a' });
    expect(await things.replaceOne({ _id: 'a' }, { c: 2 })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    const made = { $set: { s: 1 }, $setOnInsert: { i: 2 } };
    expect(await things.updateOne({ _id: 'd', k: 'v' }, made, { upsert: true })).toMatchObject({ upsertedCount: 1 });
    expect(await things.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 'a', c: 2 },
      { _id: 'd', k: 'v', s: 1, i: 2 },
    ]);
  });

  it('are changed by pipelines on the server’s clock', async () => {
    const things = at.things();
    const taken = { $cond: [{ $lte: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] }, 'me', '$owner'] };
    const take = [
      { $set: { owner: taken, until: { $add: ['$$NOW', 60_000] }, epoch: { $add: [{ $ifNull: ['$epoch', 0] }, 1] } } },
    ];
    const first = await things.findOneAndUpdate({ _id: 'l' }, take, { upsert: true, returnDocument: 'after' });
    expect(first).toEqual({ _id: 'l', owner: 'me', until: expect.any(Date), epoch: 1 });
    await things.updateOne({ _id: 'l' }, { $set: { owner: 'you' } });
    expect(await things.findOneAndUpdate({ _id: 'l' }, take, { returnDocument: 'after' })).toMatchObject({
      owner: 'you',
      epoch: 2,
    });
    expect(await things.countDocuments({ $expr: { $gt: ['$until', '$$NOW'] } })).toBe(1);
    await things.updateOne({ _id: 'l' }, [{ $set: { owner: '$epoch', epoch: '$owner' } }, { $set: { owner: 'you' } }]);
    expect(await things.findOne()).toMatchObject({ owner: 'you', epoch: 'you' });
    await things.updateOne({ _id: 'l' }, [{ $unset: 'epoch' }, { $set: { copy: '$$ROOT.owner', none: '$missing' } }]);
    expect(await things.findOne({}, { projection: { until: 0 } })).toEqual({ _id: 'l', owner: 'you', copy: 'you' });
  });

  it('are found and changed in one step', async () => {
    const things = at.things();
    await things.insertMany(hundred.slice(0, 3));
    expect(await things.findOneAndUpdate({ half: 0 }, { $set: { half: 9 } }, { sort: { _id: -1 } })).toMatchObject({
      _id: 1,
      half: 0,
    });
    expect(await things.findOneAndReplace({ _id: 0 }, { x: 1 }, { returnDocument: 'after' })).toEqual({ _id: 0, x: 1 });
    expect(await things.findOneAndDelete({ _id: 0 }, { projection: { _id: 0 } })).toEqual({ x: 1 });
    expect(await things.findOneAndDelete({ _id: 0 })).toBeNull();
    expect((await things.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 2]);
  });

  it('are changed and deleted in numbers', async () => {
    const things = at.things();
    await things.insertMany(hundred);
    expect(await things.updateMany({ half: { $lt: 5 } }, { $set: { half: -1 } })).toMatchObject({ modifiedCount: 10 });
    expect(await things.deleteMany({ half: -1 })).toMatchObject({ deletedCount: 10 });
    const bulk = await things.bulkWrite([
      { insertOne: { document: { _id: 'new' } } },
      { updateOne: { filter: { _id: 50 }, update: { $set: { half: 0 } } } },
      { replaceOne: { filter: { _id: 51 }, replacement: { text: 'r' } } },
      { deleteOne: { filter: { _id: 52 } } },
      { updateOne: { filter: { _id: 'up' }, update: { $set: { half: 1 } }, upsert: true } },
    ]);
    expect(bulk).toMatchObject({
      insertedCount: 1,
      matchedCount: 2,
      modifiedCount: 2,
      deletedCount: 1,
      upsertedCount: 1,
    });
    expect(bulk.upsertedIds).toEqual({ 4: 'up' });
    expect(await things.countDocuments()).toBe(91);
  });

  it('are written without an answer to a client that asks for none', async () => {
    const client = await MongoClient.connect(at.url(), { maxPoolSize: 1 });
    const { dbName, collectionName } = at.things();
    const things = client.db(dbName).collection<Thing>(collectionName);
    expect(await things.insertOne({ _id: 'a' }, { writeConcern: { w: 0 } })).toMatchObject({ acknowledged: false });
    expect(await things.find().toArray()).toEqual([{ _id: 'a' }]);
    await client.close();
  });

  it('have at most 16 MB', async () => {
    const things = at.things();
    const ten = 'x'.repeat(10_000_000);
    await things.insertOne({ _id: 'a', ten });
    expect(await failure(things.updateOne({ _id: 'a' }, { $set: { more: ten } }))).toMatchObject({ code: 17419 });
    await things.insertMany([1, 2, 3, 4, 5, 6].map((_id) => ({ _id, ten })));
    expect((await things.find().toArray()).length).toBe(7);
  });
});
