import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'mongodb';
import { onEachServer, type Thing } from './on-servers.js';

onEachServer('values', (at) => {
  const ascending: readonly unknown[] = [
    new MinKey(),
    null,
    Number.NaN,
    -Infinity,
    Long.MIN_VALUE,
    -1.5,
    new Int32(-1),
    0,
    0.5,
    new Double(2 ** 53),
    Long.fromBigInt(2n ** 53n + 1n),
    Long.MAX_VALUE,
    Infinity,
    '',
    'B',
    'a',
    'a\0',
    'a\0b',
    'ab',
    '\u00e9',
    '\uff5e',
    '\u{1f600}',
    {},
    { a: 1 },
    { a: 1, b: 0 },
    { b: 0 },
    { a: 'x' },
    new Binary(Buffer.from([9])),
    new Binary(Buffer.from([0, 0])),
    new ObjectId('0'.repeat(24)),
    false,
    true,
    new Date(-1),
    new Date(0),
    new Timestamp({ t: 1, i: 2 }),
    new Timestamp({ t: 2, i: 1 }),
    new MaxKey(),
  ];
  // Shuffled by a step that has no factor in common with their number.
  const rows = ascending.map((_, index) => {
    const place = (index * 7) % ascending.length;
    return { _id: place, value: ascending[place] };
  });
  const places = ascending.map((_, place) => place);

  it.each([[{}], [{ value: 1 }], [{ value: -1 }]] as const)(
    'are ordered by type, then value, with index %j',
    async (index) => {
      const things = at.things();
      await things.insertMany(rows);
      if ('value' in index) await things.createIndex(index);
      const sorted = async (direction: 1 | -1) =>
        (await things.find().sort({ value: direction }).toArray()).map(({ _id }) => _id);
      expect(await sorted(1)).toEqual(places);
      expect(await sorted(-1)).toEqual([...places].reverse());
    },
  );

  it('are compared with values of their own type only', async () => {
    const things = at.things();
    await things.insertMany(rows);
    const ids = async (condition: object) =>
      (await things.find({ value: condition }).sort({ _id: 1 }).toArray()).map(({ _id }) => ascending[Number(_id)]);
    expect(await ids({ $gt: 'ab' })).toEqual(['\u00e9', '\uff5e', '\u{1f600}']);
    expect(await ids({ $lt: 'a' })).toEqual(['', 'B']);
    expect(await ids({ $gte: true })).toEqual([true]);
    expect(await ids({ $lt: new Date(0) })).toEqual([new Date(-1)]);
    expect(await ids({ $gt: 0, $lt: 1 })).toEqual([0.5]);
    expect(await ids({ $in: ['B', null, 0.5] })).toEqual([null, 0.5, 'B']);
  });

  it('are null where they are missing, and are told apart only by $exists', async () => {
    const things = at.things();
    await things.insertMany([{ _id: 1 }, { _id: 2, value: null }, { _id: 3, value: 0 }]);
    const ids = async (filter: object) => (await things.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
    for (const hasIndex of [false, true]) {
      if (hasIndex) await things.createIndex({ value: 1 });
      expect(await ids({ value: null })).toEqual([1, 2]);
      expect(await ids({ value: { $ne: null } })).toEqual([3]);
      expect(await ids({ value: { $gt: null } })).toEqual([]);
      expect(await ids({ value: { $lte: null } })).toEqual([1, 2]);
      expect(await ids({ value: { $exists: true } })).toEqual([2, 3]);
      expect(await ids({ value: { $not: { $gte: 0 } } })).toEqual([1, 2]);
    }
  });

  it('keep their types', async () => {
    const things = at.things();
    const thing: Thing = {
      _id: 'a',
      int: new Int32(1),
      double: new Double(1),
      negativeZero: new Double(-0),
      long: Long.fromNumber(1),
      date: new Date(5),
      bytes: new Binary(Buffer.from('x')),
      inner: { b: [1, { c: null }], a: '' },
    };
    await things.insertOne(thing);
    const [found] = await things.find({}, { promoteValues: false }).toArray();
    expect(found).toEqual({ ...thing, inner: { b: [new Int32(1), { c: null }], a: '' } });
    expect(Object.keys(found?.inner as object)).toEqual(['b', 'a']);
  });

  it('are equal as documents only with the same fields in the same order', async () => {
    const things = at.things();
    await things.insertOne({ _id: 'a', value: { x: 1, y: 2 } });
    const count = async (filter: object) => things.countDocuments(filter);
    expect(await count({ value: { x: 1, y: 2 } })).toBe(1);
    expect(await count({ value: { y: 2, x: 1 } })).toBe(0);
    expect(await count({ value: { x: 1 } })).toBe(0);
    expect(await count({ 'value.y': 2 })).toBe(1);
  });

  it('of arrays are each tried by a condition', async () => {
    const things = at.things();
    await things.insertMany([
      { _id: 1, list: ['a', 'b'] },
      { _id: 2, list: [] },
      { _id: 3, list: [{ x: 1 }, { x: 5 }] },
    ]);
    const ids = async (filter: object) => (await things.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
    expect(await ids({ list: 'b' })).toEqual([1]);
    expect(await ids({ list: [] })).toEqual([2]);
    expect(await ids({ 'list.x': { $gt: 4 } })).toEqual([3]);
    expect(await ids({ 'list.1': 'b' })).toEqual([1]);
    expect(await ids({ list: { $size: 2 } })).toEqual([1, 3]);
    expect(await ids({ list: { $ne: 'a' } })).toEqual([2, 3]);
  });
});
