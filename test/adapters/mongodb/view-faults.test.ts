import type { MongoStores } from '#lib/adapters/mongodb/open.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { ScannedDoc, ViewStore } from '#lib/engine/ports/view-store.js';
import {
  changed,
  checkpointAt,
  commitOf,
  kinds,
  offer,
  offers,
  stored,
  type ViewStoreFixture,
} from '../../contract/views.js';
import type { Fault } from '../../doubles/mongodb/faults.js';
import { MongoDouble } from '../../doubles/mongodb/mongo-double.js';
import { newDatabase, type TestDatabase } from './databases.js';
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
let database: TestDatabase;
let stores: MongoStores;
let views: ViewStore;
const position = (ordinal: number) => `log.${String(ordinal).padStart(40, '0')}`;
const at = { position } as ViewStoreFixture;
beforeEach(async () => {
  double = await MongoDouble.start();
  database = newDatabase(double);
  stores = await database.open({ waits });
  ({ views } = stores);
  await views.prepare(offers, kinds);
  const writes = [offer('changed', { n: 1 }), offer('gone', { n: 1 })];
  await views.commit([commitOf(at, null, 1, { writes })]);
});
afterEach(async () => {
  double.faults.thaw();
  await stores.close();
  await double.stop();
});

const next = () => {
  const gone = { change: 'delete', kind: 'offer', key: 'gone' } as const;
  const parked = {
    kind: 'offer',
    key: 'p',
    event: 'e@1',
    error: 'x',
    since: '2026-01-01T00:00:00.000Z',
    waiting: ['e@1'],
  };
  return commitOf(at, 1, 2, { writes: [offer('new', { n: 2 }), changed('changed', { n: 2 }), gone], parked: [parked] });
};
const scanned = async (): Promise<ScannedDoc[]> => {
  const docs: ScannedDoc[] = [];
  for await (const page of views.scan(offers)) docs.push(...page);
  return docs;
};
const expectBefore = async () => {
  expect(await scanned()).toEqual([stored('changed', { n: 1 }), stored('gone', { n: 1 })]);
  expect(await views.checkpoint(offers)).toEqual(checkpointAt(at, 1));
  expect(await views.parked(offers)).toEqual([]);
};
const expectAfter = async () => {
  expect(await scanned()).toEqual([stored('changed', { n: 2 }), stored('new', { n: 2 })]);
  expect(await views.checkpoint(offers)).toEqual(checkpointAt(at, 2));
  expect(await views.parked(offers)).toHaveLength(1);
};

describe('a commit', () => {
  describe.each(['update', 'insert', 'delete'])('while %s is under way', (command) => {
    it.each(faults)('is made once: %s', async (_, fault) => {
      const happened = double.faults.next(command, fault);
      expect(await views.commit([next()])).toBe('committed');
      await happened;
      await expectAfter();
    });
  });

  it.each(commitFaults)('is made once, also when its end meets a fault: %s', async (_, fault) => {
    const happened = double.faults.next('commitTransaction', fault);
    expect(await views.commit([next()])).toBe('committed');
    await happened;
    await expectAfter();
  });

  it('is made once when its end meets one fault after the other', async () => {
    for (const [, fault] of commitFaults) void double.faults.next('commitTransaction', fault);
    expect(await views.commit([next()])).toBe('committed');
    await expectAfter();
    answerAgain(double, 'commitTransaction');
  });

  it('§8.7 is recognized as made when its answer was lost and it is made again', async () => {
    leaveUnanswered(double, 'commitTransaction');
    await expect(views.commit([next()])).rejects.toBeInstanceOf(OutcomeUnknownError);
    answerAgain(double, 'commitTransaction');
    await expectAfter();
    expect(await views.commit([next()])).toBe('committed');
    await expectAfter();
    const other = commitOf(at, 1, 3, { writes: [changed('changed', { n: 3 })] });
    expect(await views.commit([other])).toBe('fenced');
    const sameEnd = next();
    expect(await views.commit([{ ...sameEnd, to: { ...sameEnd.to, digest: 'e'.repeat(64) } }])).toBe('fenced');
    expect(await views.commit([{ ...sameEnd, to: { ...sameEnd.to, epoch: 2 } }])).toBe('fenced');
    await expectAfter();
  });

  it('changes nothing when the server is away, and goes through when it is back', async () => {
    double.faults.stepDown();
    await expect(views.commit([next()])).rejects.toBeInstanceOf(StoreUnavailableError);
    double.faults.stepUp();
    await expectBefore();
    await double.stop();
    await expect(views.commit([next()])).rejects.toBeInstanceOf(StoreUnavailableError);
    await double.restart();
    await expectBefore();
    expect(await views.commit([next()])).toBe('committed');
    await expectAfter();
  });

  it('§8.6 is fenced when another has taken over while its owner slept, and changes nothing', async () => {
    const other = await database.open();
    const first = await stores.leases.take('work/offers', 'first');
    const earlier = [{ $set: { until: { $subtract: ['$until', stores.leases.termMs] } } }];
    await database.at((db) => db.collection('leases').updateMany({}, earlier));
    const second = await other.leases.take('work/offers', 'second');
    expect([first?.epoch, second?.epoch]).toEqual([1, 2]);
    const taken = commitOf(at, 1, 2, { to: checkpointAt(at, 2, 2), writes: [changed('changed', { n: 7 })] });
    expect(await other.views.commit([taken])).toBe('committed');
    for (const from of [1, 2]) {
      const late = commitOf(at, from, 3, { to: checkpointAt(at, 3, 1), writes: [changed('changed', { n: 8 })] });
      expect(await views.commit([late])).toBe('fenced');
    }
    expect(await scanned()).toEqual([stored('changed', { n: 7 }), stored('gone', { n: 1 })]);
    expect(await views.checkpoint(offers)).toEqual(checkpointAt(at, 2, 2));
    await other.close();
  });

  it('lets one of two owners through that commit at once', async () => {
    const other = await database.open();
    for (let ordinal = 1; ordinal < 30; ordinal += 1) {
      const commits = [stores, other].map(({ views: own }, owner) => {
        const writes = [changed('changed', { owner, ordinal })];
        const to = { ...checkpointAt(at, ordinal + 1), digest: String(owner).repeat(64) };
        return own.commit([commitOf(at, ordinal, ordinal + 1, { writes, to })]);
      });
      const answers = await Promise.all(commits);
      expect(answers.sort()).toEqual(['committed', 'fenced']);
      const [doc] = await views.snapshot((reader) => reader.get([{ ...offers, kind: 'offer', key: 'changed' }]));
      const owner = Number((await views.checkpoint(offers))?.digest[0]);
      expect(doc).toEqual({ owner, ordinal });
    }
    await other.close();
  });
});

it('waits for indexes as long as it takes to make them', async () => {
  const happened = double.faults.next('createIndexes', { delayMs: 3 * waits.answer });
  await views.index(offers);
  await happened;
});

describe('reading', () => {
  const snapshot = () =>
    views.snapshot(async (reader) => [
      (await reader.checkpoint(offers))?.position,
      ...(await reader.get([{ ...offers, kind: 'offer', key: 'changed' }])),
    ]);

  it.each(faults)('begins a snapshot again: %s', async (_, fault) => {
    for (const command of ['find', 'abortTransaction']) {
      const happened = double.faults.next(command, fault);
      expect(await snapshot()).toEqual([position(1), { n: 1 }]);
      await happened;
    }
  });

  it('says that the store is not available while no server can answer, and goes on by itself', async () => {
    const reads = [
      () => views.checkpoint(offers),
      () => views.load(offers, [['offer', 'changed']]),
      () => snapshot(),
      () => stores.progress([offers]),
    ];
    const refused = () =>
      Promise.all(reads.map((read) => expect(read()).rejects.toBeInstanceOf(StoreUnavailableError)));
    double.faults.stepDown();
    await refused();
    double.faults.stepUp();
    await double.stop();
    await refused();
    await double.restart();
    expect(await snapshot()).toEqual([position(1), { n: 1 }]);
    double.faults.freeze();
    await refused();
    double.faults.thaw();
    expect(await snapshot()).toEqual([position(1), { n: 1 }]);
  }, 20_000);

  it('is refused after closing', async () => {
    await views.close();
    await expect(views.checkpoint(offers)).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(views.commit([next()])).rejects.toBeInstanceOf(StoreUnavailableError);
  });
});

it('closed in the middle of giving up what it has read, leaves nothing open that others would wait for', async () => {
  const get = { ...offers, kind: 'offer', key: 'changed' };
  await views.snapshot((reader) => reader.get([get]));
  await stores.close();
  stores = await database.open({ waits });
  await stores.views.drop(offers);
  expect(await stores.views.checkpoint(offers)).toBeNull();
});
