import { connect } from 'node:net';
import { Long, MongoClient, type ClientSession, type Collection, type Document } from 'mongodb';
import { failure, settings, type Thing } from './on-servers.js';
import { MongoDouble } from './mongo-double.js';

let server: MongoDouble;
let client: MongoClient;
let things: Collection<Thing>;

beforeEach(async () => {
  server = await MongoDouble.start();
  client = await MongoClient.connect(server.url, settings);
  things = client.db('test').collection<Thing>('things');
  await things.insertOne({ _id: 'a', n: 1 });
});
afterEach(async () => {
  server.faults.thaw();
  await client.close();
  await server.stop();
});

const increment = (session?: ClientSession) =>
  things.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, session ? { session } : {});
const n = async () => (await things.findOne({ _id: 'a' }))?.n as number;

function begin(): ClientSession {
  const session = client.startSession();
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
  return session;
}

describe('a retryable write', () => {
  it.each(['before applying', 'after applying'] as const)(
    'whose connection is closed %s is applied once',
    async (close) => {
      const happened = server.faults.next('update', { close });
      expect(await increment()).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
      await happened;
      expect(await n()).toBe(2);
    },
  );

  it.each(['before applying', 'after applying'] as const)(
    'that meets a step-down %s is applied once',
    async (notPrimary) => {
      const happened = server.faults.next('findAndModify', { notPrimary });
      const after = await things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, { returnDocument: 'after' });
      expect(after).toEqual({ _id: 'a', n: 2 });
      await happened;
      expect(await n()).toBe(2);
    },
  );

  it('of many documents is applied once, document by document', async () => {
    void server.faults.next('insert', { close: 'after applying' });
    const error = await things
      .insertMany([{ _id: 'b' }, { _id: 'a' }, { _id: 'c' }], { ordered: false })
      .catch((each: Document) => each);
    expect(error).toMatchObject({ code: 11000, insertedCount: 2, writeErrors: [{ index: 1 }] });
    expect(await things.countDocuments()).toBe(3);
  });

  it('that is repeated while the first one still waits is applied once', async () => {
    const session = begin();
    await increment(session);
    const other = client.startSession();
    const body = {
      update: 'things',
      updates: [{ q: { _id: 'a' }, u: { $inc: { n: 10 } } }],
      txnNumber: Long.fromNumber(1),
    };
    const write = () => client.db('test').command({ ...body }, { session: other });
    const both = [write(), write()];
    await session.commitTransaction();
    expect((await Promise.all(both)).map((answer) => answer.n)).toEqual([1, 1]);
    expect(await n()).toBe(12);
    await session.endSession();
    await other.endSession();
  });

  it('that comes late, after another one of its session, is refused', async () => {
    const session = client.startSession();
    const write = (number: number) => ({
      update: 'things',
      updates: [{ q: { _id: 'a' }, u: { $inc: { n: 1 } } }],
      txnNumber: Long.fromNumber(number),
    });
    const db = { command: (command: Document) => client.db('test').command(command, { session }) };
    expect(await db.command(write(5))).toMatchObject({ n: 1 });
    expect(await db.command(write(5))).toMatchObject({ n: 1, retriedStmtIds: [0] });
    expect(await failure(db.command(write(4)))).toMatchObject({ code: 225 });
    expect(await n()).toBe(2);
    await session.endSession();
  });
});

describe('a commit', () => {
  it.each(['before applying', 'after applying'] as const)(
    'whose connection is closed %s is made again by the driver',
    async (close) => {
      const session = begin();
      await increment(session);
      const happened = server.faults.next('commitTransaction', { close });
      await session.commitTransaction();
      await happened;
      expect(await n()).toBe(2);
      await session.endSession();
    },
  );

  it.each(['applied', 'not applied'] as const)(
    'of which nobody knows (%s) can be made again',
    async (unknownResult) => {
      const session = begin();
      await increment(session);
      void server.faults.next('commitTransaction', { unknownResult });
      expect((await failure(session.commitTransaction())).labels).toEqual(['UnknownTransactionCommitResult']);
      expect(await n()).toBe(unknownResult === 'applied' ? 2 : 1);
      await session.commitTransaction();
      expect(await n()).toBe(2);
      await session.endSession();
    },
  );

  it('of which nobody knows on two connections, and that was applied, is known after a restart', async () => {
    const session = begin();
    await increment(session);
    void server.faults.next('commitTransaction', { close: 'after applying' });
    void server.faults.next('commitTransaction', { close: 'after applying' });
    expect((await failure(session.commitTransaction())).labels).toContain('UnknownTransactionCommitResult');
    await server.restart();
    await session.commitTransaction();
    expect(await n()).toBe(2);
    await session.endSession();
  });

  it('that no majority acknowledges in time is unknown, and applied', async () => {
    const session = begin();
    await increment(session);
    void server.faults.next('commitTransaction', { writeConcern: 'timed out' });
    expect(await failure(session.commitTransaction())).toEqual({
      code: 64,
      labels: ['UnknownTransactionCommitResult'],
    });
    expect(await n()).toBe(2);
    await session.endSession();
  });

  it('after a step-down finds its transaction gone', async () => {
    const session = begin();
    await increment(session);
    void server.faults.next('commitTransaction', { notPrimary: 'before applying' });
    expect(await failure(session.commitTransaction())).toEqual({ code: 251, labels: ['TransientTransactionError'] });
    expect(await n()).toBe(1);
    await session.endSession();
  });
});

describe('the server', () => {
  it('that is stepped down is waited for until it is elected again, and has no open transactions', async () => {
    const session = begin();
    await increment(session);
    server.faults.stepDown();
    expect(await failure(increment(session))).toEqual({ code: 10107, labels: ['TransientTransactionError'] });
    const written = increment();
    const isWaiting = await Promise.race([
      written.then(() => false),
      client
        .db('admin')
        .command({ ping: 1 }, { readPreference: 'secondary' })
        .then(() => true),
    ]);
    expect(isWaiting).toBe(true);
    server.faults.stepUp();
    await written;
    expect(await n()).toBe(2);
    await session.endSession();
  });

  it('that is stepped down refuses reads and writes, each in its way, and answers what any member does', async () => {
    server.faults.stepDown();
    const plain = await MongoClient.connect(server.url.replace(/replicaSet=[^&]*/, 'directConnection=true'));
    const db = plain.db('test');
    const { setName, isWritablePrimary, secondary } = await db.command({ hello: 1 });
    expect({ setName, isWritablePrimary, secondary }).toEqual({
      setName: 'double',
      isWritablePrimary: false,
      secondary: true,
    });
    expect(await failure(db.command({ find: 'things' }))).toEqual({ code: 13435, labels: [] });
    expect(await failure(db.command({ insert: 'things', documents: [{}] }))).toEqual({ code: 10107, labels: [] });
    expect(await db.command({ ping: 1 })).toMatchObject({ ok: 1 });
    await plain.close();
  });

  it('that is frozen answers nothing, and everything when it is thawed', async () => {
    server.faults.freeze();
    const written = increment();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const isAnswered = await Promise.race([
      written.then(() => true),
      new Promise((resolve) => setImmediate(resolve, false)),
    ]);
    expect(isAnswered).toBe(false);
    server.faults.thaw();
    expect(await written).toMatchObject({ modifiedCount: 1 });
    socket.destroy();
  });

  it('that restarts keeps its data at its address, and loses open transactions and cursors', async () => {
    const session = begin();
    await increment(session);
    await things.insertOne({ _id: 'b' });
    const { cursor } = await client.db('test').command({ find: 'things', batchSize: 1 });
    await server.restart();
    expect(await n()).toBe(1);
    const more = { getMore: Long.fromNumber(Number(cursor.id)), collection: 'things' };
    expect((await failure(client.db('test').command(more))).code).toBe(43);
    expect((await failure(increment(session))).code).toBe(251);
    await session.endSession();
  });

  it('ends a transaction whose owner is gone', async () => {
    const impatient = await MongoDouble.start({ transactionLifetimeMs: 20 });
    const other = await MongoClient.connect(impatient.url, settings);
    const rows = other.db('test').collection<Thing>('things');
    await rows.insertOne({ _id: 'a', n: 1 });
    const session = other.startSession();
    session.startTransaction();
    await rows.updateOne({ _id: 'a' }, { $set: { n: 2 } }, { session });
    // It waits until the transaction is over.
    await rows.updateOne({ _id: 'a' }, { $inc: { n: 10 } });
    expect(await rows.findOne()).toEqual({ _id: 'a', n: 11 });
    expect((await failure(session.commitTransaction())).code).toBe(251);
    await session.endSession();
    await other.close();
    await impatient.stop();
  });

  it('waits as long as it is told before it looks at a command', async () => {
    const began = performance.now();
    const happened = server.faults.next('update', { delayMs: 300 });
    const late = increment();
    await happened;
    expect(await n()).toBe(1);
    await late;
    expect(performance.now() - began).toBeGreaterThanOrEqual(299);
    expect(await n()).toBe(2);
  });

  it('has a clock of its own', async () => {
    server.clockOffsetMs = 3_600_000;
    const before = Date.now();
    await things.updateOne({ _id: 'a' }, [{ $set: { at: '$$NOW' } }]);
    const at: unknown = (await things.findOne())?.at;
    expect(Number(at) - before).toBeGreaterThanOrEqual(3_600_000);
    expect(Number(at) - Date.now()).toBeLessThanOrEqual(3_600_000);
  });

  it('that stands alone says so, and has no transactions', async () => {
    const alone = await MongoDouble.start({ isStandalone: true });
    const other = await MongoClient.connect(alone.url);
    const hello = await other.db('admin').command({ hello: 1 });
    expect([hello.setName, hello.hosts, hello.$clusterTime]).toEqual([undefined, undefined, undefined]);
    const rows = other.db('test').collection<Thing>('things');
    await rows.insertOne({ _id: 'a' });
    const begun = {
      find: 'things',
      lsid: { id: other.startSession().id?.id },
      txnNumber: Long.fromNumber(1),
      autocommit: false,
      startTransaction: true,
    };
    expect(await failure(other.db('test').command(begun))).toMatchObject({ code: 20 });
    await other.close();
    await alone.stop();
  });

  it('of an older release is refused by the driver', async () => {
    const old = await MongoDouble.start({ release: '4.2' });
    await expect(MongoClient.connect(old.url, { serverSelectionTimeoutMS: 500 })).rejects.toThrow(/wire version/);
    await old.stop();
  });

  it('closes the connection on what is no message', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    expect(await n()).toBe(1);
  });
});
