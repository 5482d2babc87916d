import type { MongoStores } from '#lib/adapters/mongodb/open.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { RecordChange, Records } from '#lib/engine/ports/records.js';
import type { Fault } from '../../doubles/mongodb/faults.js';
import { MongoDouble } from '../../doubles/mongodb/mongo-double.js';
import { newDatabase } from './databases.js';
import { answerAgain, leaveUnanswered } from './unanswered.js';

const waits = { primary: 800, connect: 800, answer: 500, acknowledgement: 300, transaction: 1_000 };

const faults: readonly (readonly [string, Fault])[] = [
  ['the connection closes before it is applied', { close: 'before applying' }],
  ['the connection closes after it was applied', { close: 'after applying' }],
  ['the server steps down before it is applied', { notPrimary: 'before applying' }],
  ['the server steps down after it was applied', { notPrimary: 'after applying' }],
];
const commitFaults: readonly (readonly [string, Fault])[] = [
  ...faults,
  ['a majority does not acknowledge it in time', { writeConcern: 'timed out' }],
  ['nobody knows what came of it, and it was applied', { unknownResult: 'applied' }],
  ['nobody knows what came of it, and it was not applied', { unknownResult: 'not applied' }],
];

let double: MongoDouble;
let stores: MongoStores;
let records: Records;
beforeEach(async () => {
  double = await MongoDouble.start();
  stores = await newDatabase(double).open({ waits });
  ({ records } = stores);
  await records.transact([change('old', 'none', 1), change('gone', 'none', 1)]);
});
afterEach(async () => {
  await stores.close();
  await double.stop();
});

const change = (key: string, expect: RecordChange['expect'], n: number | null): RecordChange => {
  return { table: 't', key, expect, value: n === null ? null : { n } };
};
const all = () => [change('new', 'none', 2), change('old', 1, 2), change('gone', 1, null)];
const versions = () =>
  Promise.all(['new', 'old', 'gone'].map(async (key) => (await records.get('t', key))?.version ?? null));

describe('a transaction', () => {
  it.each(commitFaults)('is made once when its end meets a fault: %s', async (_, fault) => {
    const happened = double.faults.next('commitTransaction', fault);
    expect(await records.transact(all())).toEqual({ ok: true });
    await happened;
    expect(await versions()).toEqual([1, 2, null]);
  });

  describe.each(['find', 'insert', 'update', 'delete'])('while %s is under way', (command) => {
    it.each(faults)('is made once: %s', async (_, fault) => {
      const happened = double.faults.next(command, fault);
      expect(await records.transact(all())).toEqual({ ok: true });
      await happened;
      expect(await versions()).toEqual([1, 2, null]);
    });
  });

  it('says that the outcome is not known when its end gets no answer; what is there tells', async () => {
    leaveUnanswered(double, 'commitTransaction');
    await expect(records.transact(all())).rejects.toBeInstanceOf(OutcomeUnknownError);
    answerAgain(double, 'commitTransaction');
    expect(await versions()).toEqual([1, 2, null]);
    expect(await records.transact(all())).toEqual({ ok: false, table: 't', key: 'new' });
  });

  it('changes nothing when no server can answer, and goes through when one can', async () => {
    double.faults.stepDown();
    await expect(records.transact(all())).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(records.get('t', 'old')).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(records.list({ table: 't', limit: 9 })).rejects.toBeInstanceOf(StoreUnavailableError);
    double.faults.stepUp();
    expect(await versions()).toEqual([null, 1, 1]);
    expect(await records.transact(all())).toEqual({ ok: true });
    expect(await versions()).toEqual([1, 2, null]);
  });
});

describe('an erasure', () => {
  it.each(faults)('is made: %s', async (_, fault) => {
    const happened = double.faults.next('delete', fault);
    await records.erase('t', 'old');
    await happened;
    expect(await versions()).toEqual([null, null, 1]);
  });

  it('says that the outcome is not known when a majority does not acknowledge it, and can be made again', async () => {
    void double.faults.next('delete', { writeConcern: 'timed out' });
    await expect(records.erase('t', 'old')).rejects.toBeInstanceOf(OutcomeUnknownError);
    await records.erase('t', 'old');
    expect(await versions()).toEqual([null, null, 1]);
  });
});

it('gives up a reading of everything that the server has given up', async () => {
  const many = Array.from({ length: 300 }, (_, n) => change(`k${n}`, 'none', n));
  await records.transact(many);
  const reading = (async () => {
    for await (const _ of records.snapshot()) await double.restart();
  })();
  await expect(reading).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(await versions()).toEqual([null, 1, 1]);
});
