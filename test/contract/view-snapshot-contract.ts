import type { ViewCommit } from '#lib/engine/ports/view-store.js';
import { changed, checkpointAt, commitOf, kinds, offer, offers, type ViewStoreFixture } from './views.js';

/** What a snapshot of a view store shows while commits go on. */
export function viewSnapshotContract(adapter: string, open: () => Promise<ViewStoreFixture>): void {
  describe(`${adapter} as view store with snapshots`, () => {
    let fixture: ViewStoreFixture;
    beforeEach(async () => {
      fixture = await open();
      await fixture.store.prepare(offers, kinds);
    });
    afterEach(() => fixture.close());

    const checkpoint = (ordinal: number) => checkpointAt(fixture, ordinal);
    const commit = (from: number | null, to: number, changes: Partial<ViewCommit> = {}) =>
      commitOf(fixture, from, to, changes);
    const at = (key: string) => ({ ...offers, kind: 'offer', key });
    const docs = (...keys: string[]) => fixture.reader.snapshot((reader) => reader.get(keys.map((key) => at(key))));

    it('reads everything of one snapshot at one instant, while commits go on', async () => {
      await fixture.store.commit([commit(null, 1, { writes: [offer('a', { n: 1 }), offer('b', { n: 1 })] })]);
      const view = (n: number) => [fixture.position(n), [{ n }], [{ n }], [{ n }]];
      const look = (between: () => Promise<unknown>) =>
        fixture.reader.snapshot(async (reader) => {
          const position = (await reader.checkpoint(offers))?.position;
          const a = await reader.get([at('a')]);
          await between();
          const find = {
            ...offers,
            kind: 'offer',
            where: {},
            orderBy: 'name',
            descending: false,
            after: null,
            limit: 1,
          };
          const found = (await reader.find(find)).map(({ doc }) => doc);
          return [position, a, await reader.get([at('b')]), found];
        });
      const results = await Promise.all([
        look(() => fixture.store.commit([commit(1, 2, { writes: [changed('a', { n: 2 }), changed('b', { n: 2 })] })])),
        look(() => Promise.resolve()),
      ]);
      expect(results[0]).toEqual(view(1));
      // Asked for at the same time, the second may be of the same instant or of a later one.
      expect([view(1), view(2)]).toContainEqual(results[1]);
      expect(await look(() => Promise.resolve())).toEqual(view(2));
    });

    it('goes on with the next snapshot when one fails', async () => {
      await fixture.store.commit([commit(null, 1, { writes: [offer('a', { n: 1 })] })]);
      const failed = fixture.reader.snapshot(() => Promise.reject(new Error('mine')));
      const next = docs('a');
      await expect(failed).rejects.toThrow('mine');
      expect(await next).toEqual([{ n: 1 }]);
    });

    it('shows a checkpoint that is newer than a snapshot under way', async () => {
      await fixture.store.commit([commit(null, 1)]);
      await fixture.reader.snapshot(async (reader) => {
        await reader.checkpoint(offers);
        await fixture.store.commit([commit(1, 2)]);
        expect(await fixture.reader.checkpoint(offers)).toEqual(checkpoint(2));
        expect(await reader.checkpoint(offers)).toEqual(checkpoint(1));
      });
    });
  });
}
