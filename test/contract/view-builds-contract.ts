import type { DocWrite, ViewCommit } from '#lib/engine/ports/view-store.js';
import { changed, checkpointAt, commitOf, kinds, offer, offers, stored, type ViewStoreFixture } from './views.js';

/** What every view store does with several builds of one version, restarts included. */
export function viewBuildsContract(adapter: string, open: () => Promise<ViewStoreFixture>): void {
  describe(`${adapter} with builds of a view`, () => {
    let fixture: ViewStoreFixture;
    beforeEach(async () => {
      fixture = await open();
      await fixture.store.prepare(offers, kinds);
      await fixture.store.commit([commit(null, 1, { writes: [offer('a', { n: 1 }, 'A', 1)] })]);
      await fixture.store.begin(offers, 2);
    });
    afterEach(() => fixture.close());
    const restart = async () => void (fixture = await fixture.reopen());

    const second = { ...offers, build: 2 };
    const commit = (from: number | null, to: number, changes: Partial<ViewCommit> = {}) =>
      commitOf(fixture, from, to, changes);
    /** What queries read: the document, and the names found. */
    const read = async () => {
      await fixture.watch();
      return fixture.reader.snapshot(async (reader) => {
        const find = { ...offers, kind: 'offer', where: {}, orderBy: 'name', descending: false, after: null, limit: 9 };
        const [doc] = await reader.get([{ ...offers, kind: 'offer', key: 'a' }]);
        return [doc, (await reader.find(find)).map(({ value }) => value), await reader.checkpoint(offers)];
      });
    };
    const builds = async () =>
      (await fixture.store.builds()).map(({ build, isLive, isPaused }) => [build, isLive, isPaused]);

    it('R93 shows the live one while another is written, and that one from the moment when it is made live', async () => {
      const before = [{ n: 1 }, ['A'], checkpointAt(fixture, 1)];
      expect(await builds()).toEqual([
        [1, true, false],
        [2, false, false],
      ]);
      expect([await fixture.store.checkpoint(second), await read()]).toEqual([null, before]);
      const writes = [offer('a', { n: 2 }, 'B', 2), offer('b', { n: 2 }, 'C', 2)];
      await fixture.store.commit([{ ...commit(null, 1, { writes }), ...second }]);
      expect([await fixture.store.checkpoint(second), await read()]).toEqual([checkpointAt(fixture, 1), before]);
      await fixture.store.index(second);
      expect(await fixture.store.makeLive(offers, 2, 'equal')).toBe('live');
      const after = [{ n: 2 }, ['B', 'C'], checkpointAt(fixture, 1)];
      const check = async () => {
        expect(await read()).toEqual(after);
        expect(await builds()).toEqual([
          [1, false, false],
          [2, true, false],
        ]);
        expect([await fixture.store.makeLive(offers, 2, 'equal'), await read()]).toEqual(['live', after]);
      };
      await check();
      await restart();
      await fixture.store.prepare(offers, kinds);
      await check();
      // The way back.
      expect([await fixture.store.makeLive(offers, 1, 'equal'), await read()]).toEqual(['live', before]);
    });

    it('makes none live that is behind, or ahead where they are to be equal, or different unless it is to be anyhow', async () => {
      const writes = [offer('a', { n: 2 })];
      expect(await fixture.store.makeLive(offers, 2, 'anyhow')).toBe('behind');
      expect(await fixture.store.makeLive(offers, 7, 'anyhow')).toBe('behind');
      await fixture.store.commit([{ ...commit(null, 1, { writes }), ...second }]);
      await fixture.store.commit([commit(1, 2)]);
      expect(await fixture.store.makeLive(offers, 2, 'anyhow')).toBe('behind');
      const other = { ...checkpointAt(fixture, 2), digest: 'd'.repeat(64) };
      await fixture.store.commit([{ ...commit(1, 2, { to: other }), ...second }]);
      expect(await fixture.store.makeLive(offers, 2, 'equal')).toBe('different');
      await fixture.store.commit([{ ...commit(2, 3), ...second }]);
      expect(await fixture.store.makeLive(offers, 2, 'equal')).toBe('behind');
      expect((await read())[0]).toEqual({ n: 1 });
      expect(await fixture.store.makeLive(offers, 2, 'anyhow')).toBe('live');
      expect((await read())[0]).toEqual({ n: 2 });
    });

    it('commits to both together, and to neither where one has moved on or is gone', async () => {
      const both = (from: number | null, to: number, writes: (n: number) => DocWrite) => [
        commit(1, to, { writes: [changed('a', { n: to }, 'A', 1)] }),
        { ...commit(from, to, { writes: [writes(to)] }), ...second },
      ];
      expect(await fixture.store.commit(both(7, 2, (n) => offer('a', { n })))).toBe('fenced');
      expect(await fixture.store.commit(both(null, 2, (n) => offer('a', { n })))).toBe('committed');
      await fixture.store.discard(offers, 2);
      const late = [commit(2, 3), { ...commit(2, 3, { writes: [changed('a', { n: 3 })] }), ...second }];
      expect(await fixture.store.commit(late)).toBe('fenced');
      expect(await fixture.store.checkpoint(offers)).toEqual(checkpointAt(fixture, 2));
    });

    it('pauses, and goes on; what is discarded leaves nothing behind, and can be begun again', async () => {
      await fixture.store.pause(offers, 2, true);
      await restart();
      expect(await builds()).toEqual([
        [1, true, false],
        [2, false, true],
      ]);
      await fixture.store.pause(offers, 2, false);
      const waiting = { kind: 'offer', key: 'p', event: 'e@1', error: 'x', since: 's', waiting: ['e@1'] };
      const writes = [offer('a', { n: 2 })];
      await fixture.store.commit([{ ...commit(null, 1, { writes, parked: [waiting] }), ...second }]);
      await fixture.store.begin(offers, 2);
      expect(await fixture.store.parked(second)).toEqual([waiting]);
      await fixture.store.discard(offers, 2);
      await fixture.store.discard(offers, 2);
      expect(await builds()).toEqual([[1, true, false]]);
      expect([await fixture.store.checkpoint(second), await fixture.store.parked(second)]).toEqual([null, []]);
      await fixture.store.begin(offers, 2);
      const pages = [];
      for await (const page of fixture.store.scan(second)) pages.push(page);
      expect([pages, await builds()]).toEqual([
        [],
        [
          [1, true, false],
          [2, false, false],
        ],
      ]);
      for await (const page of fixture.store.scan(offers)) pages.push(page);
      expect(pages).toEqual([[stored('a', { n: 1 }, 'A', 1)]]);
    });

    it('pauses none that is live, and lets what is made live go on', async () => {
      await fixture.store.pause(offers, 1, true);
      await fixture.store.commit([{ ...commit(null, 1), ...second }]);
      await fixture.store.pause(offers, 2, true);
      expect(await fixture.store.makeLive(offers, 2, 'anyhow')).toBe('live');
      expect(await builds()).toEqual([
        [1, false, false],
        [2, true, false],
      ]);
    });

    it('discards none that is live, and begins none of a version that is not there; drops all at once', async () => {
      await expect(fixture.store.discard(offers, 1)).rejects.toThrow('is live');
      await expect(fixture.store.begin({ view: 'unknown', version: 1 }, 2)).rejects.toThrow('is not there');
      await fixture.store.drop(offers);
      expect([await builds(), await read()]).toEqual([[], [null, [], null]]);
      await fixture.store.prepare(offers, kinds);
      expect(await builds()).toEqual([[1, true, false]]);
    });
  });
}
