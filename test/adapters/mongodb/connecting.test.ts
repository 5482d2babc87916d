import { connect, databaseOf, waits } from '#lib/adapters/mongodb/client.js';
import { MongoSetupError } from '#lib/adapters/mongodb/errors.js';
import { openMongo } from '#lib/adapters/mongodb/open.js';
import { StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import { MongoDouble, type MongoDoubleOptions } from '../../doubles/mongodb/mongo-double.js';

const quick = { primary: 300, connect: 300, opening: 0 };

async function refusalOf(options: MongoDoubleOptions, parameters = ''): Promise<unknown> {
  const double = await MongoDouble.start(options);
  try {
    return await openMongo({ url: double.url + parameters, log: silent, waits: quick }).catch(
      (error: unknown) => error,
    );
  } finally {
    await double.stop();
  }
}

it('refuses a server that stands alone, and says what to do', async () => {
  const refusal = await refusalOf({ isStandalone: true });
  expect(refusal).toBeInstanceOf(MongoSetupError);
  expect(String(refusal)).toContain('--replSet');
  expect(String(refusal)).toContain('rs.initiate()');
});

it('refuses a server older than 4.4, and says so', async () => {
  const refusal = await refusalOf({ release: '4.2' });
  expect(refusal).toBeInstanceOf(MongoSetupError);
  expect(String(refusal)).toContain('4.4');
});

it.each(['4.4', '5.0', '6.0', '7.0'] as const)('opens on %s', async (release) => {
  const double = await MongoDouble.start({ release });
  const stores = await openMongo({ url: double.url, log: silent });
  await stores.records.transact([{ table: 't', key: 'k', expect: 'none', value: { n: 1 } }]);
  expect(await stores.records.get('t', 'k')).toMatchObject({ value: { n: 1 } });
  await stores.close();
  await double.stop();
});

it('says that nobody is there, and does not wait for ever', async () => {
  const double = await MongoDouble.start();
  await double.stop();
  const opening = openMongo({ url: double.url, log: silent, waits: quick });
  await expect(opening).rejects.toBeInstanceOf(StoreUnavailableError);
});

it('waits for a server that is started at the same time', async () => {
  const double = await MongoDouble.start();
  await double.stop();
  const told: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const warn = (_: object, message: string): void => {
      if (told.push(message) === 1) double.restart().catch(reject);
    };
    const opening = openMongo({ url: double.url, log: { ...silent, warn }, waits: { ...quick, opening: 15_000 } });
    opening.then(({ close }) => close()).then(resolve, reject);
  });
  expect(told).toContain('MongoDB cannot be reached; trying again');
  await double.stop();
});

it('promises no less because of what a URL says', async () => {
  const double = await MongoDouble.start();
  const weaker = 'w=1&journal=false&readConcernLevel=local&retryWrites=false&readPreference=secondaryPreferred';
  const client = await connect(`${double.url}&${weaker}&wtimeoutMS=0`, waits, silent);
  const { writeConcern, readConcern, readPreference, retryWrites } = client.options;
  expect(writeConcern).toMatchObject({ w: 'majority', journal: true, wtimeoutMS: waits.acknowledgement });
  expect([readConcern.level, readPreference.mode, retryWrites]).toEqual(['majority', 'primary', true]);
  await client.close();
  await double.stop();
});

it.each([
  ['mongodb://localhost', 'seatledger'],
  ['mongodb://localhost/', 'seatledger'],
  ['mongodb://a:1,b:2/?replicaSet=rs0', 'seatledger'],
  ['mongodb://localhost?replicaSet=rs0&appName=a/b', 'seatledger'],
  ['mongodb://user:p%2Fw@a:1,b:2/licensing?replicaSet=rs0', 'licensing'],
  ['mongodb+srv://user:pw@cluster.example/a%20b', 'a b'],
])('takes the database that a URL names: %s', (url, database) => {
  expect(databaseOf(url)).toBe(database);
});
