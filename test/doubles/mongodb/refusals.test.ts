import { MongoClient, type Db, type Document } from 'mongodb';
import { MongoDouble } from './mongo-double.js';
import { failure } from './on-servers.js';

let server: MongoDouble;
let client: MongoClient;
let db: Db;

beforeAll(async () => {
  server = await MongoDouble.start();
  client = await MongoClient.connect(server.url);
  db = client.db('test');
  await db.collection('things').insertOne({ n: 1, list: [1] });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

const find = (filter: Document) => ({ find: 'things', filter });
const update = (u: unknown) => ({ update: 'things', updates: [{ q: {}, u }] });
const aggregate = (stage: Document) => ({ aggregate: 'things', pipeline: [stage], cursor: {} });

describe('what the double does not know it refuses', () => {
  it.each<[string, Document, number]>([
    ['a command', { mapReduce: 'things' }, 59],
    ['an option', { find: 'things', tailable: true }, 40415],
    ['an option of a statement', { update: 'things', updates: [{ q: {}, u: {}, arrayFilters: [] }] }, 40415],
    ['a collation', { find: 'things', collation: { locale: 'de' } }, 2],
    ['a read concern', { find: 'things', readConcern: { level: 'linearizable' } }, 2],
    ['a write concern', { insert: 'things', documents: [{}], writeConcern: { w: 2 } }, 2],
    ['an operator at the top', find({ $where: 'true' }), 2],
    ['an operator of a field', find({ n: { $mod: [2, 0] } }), 2],
    ['an operator inside of $not', find({ n: { $not: { $bitsAllSet: 1 } } }), 2],
    ['an expression', find({ $expr: { $function: {} } }), 2],
    ['a variable', find({ $expr: { $eq: ['$$USER_ROLES', 1] } }), 2],
    ['a sort by a list', { find: 'things', filter: {}, sort: { list: 1 } }, 2],
    ['an index of lists', { createIndexes: 'things', indexes: [{ key: { list: 1 }, name: 'l' }] }, 2],
    ['a kind of index', { createIndexes: 'things', indexes: [{ key: { n: 'hashed' }, name: 'h' }] }, 2],
    [
      'an option of an index',
      { createIndexes: 'things', indexes: [{ key: { n: 1 }, name: 'n', sparse: true }] },
      40415,
    ],
    ['a projection', { find: 'things', projection: { list: { $slice: 1 } } }, 2],
    ['a stage', aggregate({ $lookup: {} }), 2],
    ['an accumulator', aggregate({ $group: { _id: null, all: { $push: '$n' } } }), 2],
  ])('%s', async (_, command, code) => {
    expect(await failure(db.command(command))).toEqual({ code, labels: [] });
  });

  it.each<[string, unknown]>([
    ['an operator', { $bit: { n: { or: 1 } } }],
    ['a modifier', { $push: { list: { $each: [1] } } }],
    ['a way through a list', { $set: { 'list.0': 2 } }],
    ['a stage', [{ $lookup: {} }]],
    ['an expression', [{ $set: { n: { $rand: {} } } }]],
  ])('%s of an update', async (_, change) => {
    expect((await db.command(update(change))).writeErrors).toMatchObject([{ index: 0, code: 2 }]);
  });

  it('and changes nothing then', async () => {
    expect(
      await db
        .collection('things')
        .find({}, { projection: { _id: 0 } })
        .toArray(),
    ).toEqual([{ n: 1, list: [1] }]);
    expect((await db.collection('things').indexes()).length).toBe(1);
  });
});
