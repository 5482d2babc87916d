import { viewFindContract } from '../../contract/view-find-contract.js';
import { viewSnapshotContract } from '../../contract/view-snapshot-contract.js';
import { viewBuildsContract } from '../../contract/view-builds-contract.js';
import { viewStoreContract } from '../../contract/view-store-contract.js';
import { changed, commitOf, first, kinds, offer, offers, type ViewStoreFixture } from '../../contract/views.js';
import { onEveryServer, type TestDatabase } from './databases.js';

/** What one process writes, another reads. */
const open = async (database: TestDatabase): Promise<ViewStoreFixture> => {
  const [writing, reading] = [await database.open(), await database.open()];
  const close = async () => {
    await writing.close();
    await reading.close();
  };
  return {
    store: writing.views,
    reader: reading.views,
    // As long as those of the largest log.
    position: (ordinal) => `log.${String(ordinal).padStart(40, '9')}`,
    watch: () => reading.progress([offers]),
    close: async () => {
      await close();
      await database.drop();
    },
    reopen: async () => {
      await close();
      return open(database);
    },
  };
};

onEveryServer((name, database) => {
  viewStoreContract(name, () => open(database()));
  viewBuildsContract(name, () => open(database()));
  viewSnapshotContract(name, () => open(database()));
  viewFindContract(name, () => open(database()));

  describe(`${name} as view store of several processes`, () => {
    let shared: TestDatabase;
    let fixture: ViewStoreFixture;
    beforeEach(async () => {
      shared = database();
      fixture = await open(shared);
      await fixture.store.prepare(offers, kinds);
    });
    afterEach(() => fixture.close());
    const docs = () => fixture.reader.snapshot((reader) => reader.get([{ ...offers, kind: 'offer', key: 'a' }]));

    it('finds a version that another process dropped and made again', async () => {
      const find = { ...offers, kind: 'offer', where: {}, orderBy: 'name', descending: false, after: null, limit: 9 };
      const found = () => fixture.reader.snapshot((reader) => reader.find(find));
      await fixture.store.commit([commitOf(fixture, null, 1, { writes: [offer('a', { n: 1 })] })]);
      expect(await docs()).toEqual([{ n: 1 }]);
      await fixture.store.drop(offers);
      expect([await docs(), await found()]).toEqual([[null], []]);
      await fixture.store.prepare(offers, kinds);
      await fixture.store.commit([commitOf(fixture, null, 1, { writes: [offer('a', { n: 2 }, 'name')] })]);
      expect(await docs()).toEqual([{ n: 2 }]);
      await fixture.store.drop(offers);
      await fixture.store.prepare(offers, kinds);
      await fixture.store.commit([commitOf(fixture, null, 1, { writes: [offer('a', { n: 3 }, 'name')] })]);
      expect(await found()).toEqual([{ key: 'a', doc: { n: 3 }, value: 'name' }]);
    });

    it('fences who folds a version that another process dropped and made again, or dropped', async () => {
      const other = await shared.open();
      await other.views.prepare(offers, kinds);
      await other.views.commit([commitOf(fixture, null, 1, { writes: [offer('a', { n: 1 })] })]);
      await fixture.store.drop(offers);
      const next = commitOf(fixture, 1, 2, { writes: [changed('a', { n: 2 })] });
      expect(await other.views.commit([next])).toBe('fenced');
      await fixture.store.prepare(offers, kinds);
      expect(await other.views.commit([next])).toBe('fenced');
      expect(await other.views.commit([commitOf(fixture, null, 2)])).toBe('fenced');
      await other.views.prepare(offers, kinds);
      expect(await other.views.commit([commitOf(fixture, null, 2)])).toBe('committed');
      await other.close();
    });

    it('leaves nothing in the database of a version that was dropped', async () => {
      const parked = {
        kind: 'offer',
        key: 'p',
        event: 'e@1',
        error: 'x',
        since: '2026-01-01T00:00:00.000Z',
        waiting: [],
      };
      await fixture.store.commit([commitOf(fixture, null, 1, { writes: [offer('a', {})], parked: [parked] })]);
      const left = () =>
        shared.at(async (db) => {
          const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map((found) => found.name);
          const documents = ['parked', 'checkpoints'].map((collection) => db.collection(collection).countDocuments());
          return [names.filter((found) => found.startsWith('view.')).length, ...(await Promise.all(documents))];
        });
      expect(await left()).toEqual([2, 1, 1]);
      await fixture.store.drop(offers);
      expect(await left()).toEqual([0, 0, 0]);
    });

    it('goes on with dropping where it stopped when the version is made again', async () => {
      await fixture.store.commit([commitOf(fixture, null, 1, { writes: [offer('a', { n: 1 })] })]);
      await shared.at((db) => db.collection('checkpoints').updateOne({}, { $set: { dropping: true } }));
      expect(await fixture.reader.checkpoint(offers)).toBeNull();
      expect(await fixture.reader.builds()).toEqual([]);
      expect(await fixture.store.commit([commitOf(fixture, 1, 2)])).toBe('fenced');
      await fixture.store.prepare(offers, { offer: {} });
      expect([await docs(), await fixture.reader.builds()]).toEqual([[null], [first(offers)]]);
    });

    it('makes a version once when several processes prepare it at once', async () => {
      const view = { view: 'others', version: 1 };
      const processes = await Promise.all(Array.from({ length: 5 }, () => shared.open()));
      await Promise.all(processes.map(({ views }) => views.prepare(view, kinds)));
      const commits = processes.map(({ views }, epoch) => {
        const commit = commitOf(fixture, null, 1, { writes: [offer('a', { epoch })] });
        return views.commit([{ ...commit, ...view, to: { ...commit.to, epoch: epoch + 1 } }]);
      });
      expect((await Promise.all(commits)).filter((answer) => answer === 'committed')).toHaveLength(1);
      for (const process of processes) await process.close();
    });

    it('tells how far versions are, and since when which documents wait', async () => {
      const { progress, close } = await shared.open();
      const plans = { view: 'plans', version: 1 };
      await fixture.store.prepare(plans, kinds);
      const versions = [offers, plans, { view: 'unknown', version: 1 }, { ...offers, version: 9 }];
      expect(await progress(versions)).toEqual({ positions: {}, parked: {} });
      const since = '2026-01-01T00:00:00.000Z';
      const waiting = { kind: 'offer', key: 'p', event: 'e@1', error: 'x', since, waiting: ['e@1'] };
      await fixture.store.commit([
        commitOf(fixture, null, 1, { parked: [waiting, { ...waiting, kind: 'plan' }] }),
        { ...commitOf(fixture, null, 2), ...plans },
      ]);
      const positions = { [offers.view]: fixture.position(1), plans: fixture.position(2) };
      const parked = { [offers.view]: { 'offer/p': since, 'plan/p': since }, plans: {} };
      expect(await progress(versions)).toEqual({ positions, parked });
      expect(await progress([plans])).toEqual({ positions: { plans: positions.plans }, parked: { plans: {} } });
      await fixture.store.commit([commitOf(fixture, 1, 3, { parked: [] })]);
      expect(await progress([offers])).toEqual({
        positions: { [offers.view]: fixture.position(3) },
        parked: { [offers.view]: {} },
      });
      expect(await progress([])).toEqual({ positions: {}, parked: {} });
      await close();
    });

    it('makes its indexes of the fields, and the key behind them', async () => {
      await fixture.store.index(offers);
      await fixture.store.index(offers);
      const indexes = await shared.at(async (db) => {
        const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map((found) => found.name);
        const collection = names.find((found) => found.endsWith('.offer')) ?? '';
        return (await db.collection(collection).indexes()).map(({ key }) => Object.keys(key as object).join(' '));
      });
      expect(indexes.sort()).toEqual(['_id', 'fields.count fields.name _id', 'fields.name _id']);
    });
  });
});
