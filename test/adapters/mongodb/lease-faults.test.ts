import type { MongoStores } from '#lib/adapters/mongodb/open.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { Leases } from '#lib/engine/ports/leases.js';
import { MongoDouble } from '../../doubles/mongodb/mongo-double.js';
import { newDatabase, type TestDatabase } from './databases.js';

const waits = { primary: 800, connect: 800, answer: 500, acknowledgement: 300 };

let double: MongoDouble;
let database: TestDatabase;
let stores: MongoStores;
let leases: Leases;
beforeEach(async () => {
  double = await MongoDouble.start();
  database = newDatabase(double);
  stores = await database.open({ waits, leaseTermMs: 10_000 });
  ({ leases } = stores);
});
afterEach(async () => {
  await stores.close();
  await double.stop();
});

it.each([{ close: 'before applying' }, { close: 'after applying' }, { notPrimary: 'after applying' }] as const)(
  'takes a lease once, whatever happens to the answer: %j',
  async (fault) => {
    const happened = double.faults.next('findAndModify', fault);
    expect(await leases.take('a', 'one')).toEqual({ name: 'a', epoch: 1 });
    await happened;
    expect(await leases.take('b', 'one')).toEqual({ name: 'b', epoch: 1 });
  },
);

it('does not believe in a lease that a majority may not have heard of; the same owner can take it again', async () => {
  void double.faults.next('findAndModify', { writeConcern: 'timed out' });
  await expect(leases.take('a', 'one')).rejects.toBeInstanceOf(OutcomeUnknownError);
  expect(await leases.take('a', 'one')).toEqual({ name: 'a', epoch: 2 });
});

it('says that the store is not available when no server can answer', async () => {
  const lease = (await leases.take('a', 'one')) ?? { name: '', epoch: 0 };
  double.faults.stepDown();
  await expect(leases.take('b', 'one')).rejects.toThrow();
  await expect(leases.renew(lease, 'one')).rejects.toThrow();
  await expect(leases.holders('')).rejects.toBeInstanceOf(StoreUnavailableError);
  double.faults.stepUp();
  expect(await leases.renew(lease, 'one')).toBe(true);
});

it('lets terms pass by the server’s clock alone', async () => {
  const lease = (await leases.take('a', 'one')) ?? { name: '', epoch: 0 };
  double.clockOffsetMs += 9_000;
  expect(await leases.take('a', 'two')).toBeNull();
  expect(await leases.renew(lease, 'one')).toBe(true);
  double.clockOffsetMs += 9_000;
  expect(await leases.take('a', 'two')).toBeNull();
  double.clockOffsetMs += 1_100;
  expect(await leases.holders('')).toEqual([]);
  expect(await leases.take('a', 'two')).toEqual({ name: 'a', epoch: 2 });
});

it('whoever takes over from a process that is gone, or sleeps, ends the transaction that it left open', async () => {
  await leases.take('a', 'one');
  const row = { table: 't', key: 'k', expect: 'none' } as const;
  const change = (by: string) => [
    { ...row, value: { by } },
    { ...row, key: 'other', value: { by } },
  ];
  const others = await database.open({ waits, leaseTermMs: 10_000 });
  const isWritten = double.faults.next('commitTransaction', { delayMs: 400 });
  const late = stores.records.transact(change('one'));
  await isWritten;
  await leases.renew({ name: 'a', epoch: 1 }, 'one');
  double.clockOffsetMs += 11_000;
  expect(await others.leases.take('a', 'two')).toEqual({ name: 'a', epoch: 2 });
  expect(await others.records.transact(change('two'))).toEqual({ ok: true });
  expect(await late).toEqual({ ok: false, table: 't', key: 'k' });
  expect(await others.records.get('t', 'k')).toMatchObject({ value: { by: 'two' } });
  await others.close();
});

it('what is given up in good order is not ended by whoever takes it', async () => {
  await leases.take('a', 'one');
  await leases.release({ name: 'a', epoch: 1 }, 'one');
  const asked: string[] = [];
  void double.faults.next('killSessions', { close: 'before applying' }).then(() => asked.push('killSessions'));
  expect(await leases.take('a', 'two')).toEqual({ name: 'a', epoch: 2 });
  expect(asked).toEqual([]);
});

it('takes over all the same where the server does not let it end anything', async () => {
  await leases.take('a', 'one');
  double.clockOffsetMs += 11_000;
  const happened = double.faults.next('killSessions', { close: 'before applying' });
  expect(await leases.take('a', 'two')).toEqual({ name: 'a', epoch: 2 });
  await happened;
});
