import type { FindRequest, SnapshotReader, ViewStore } from '#lib/engine/ports/view-store.js';
import { commitOf, kinds, offer, offers, type ViewStoreFixture } from './views.js';

/** What is needed of a store to find documents in it. */
export interface FindFixture extends Pick<ViewStoreFixture, 'position' | 'close'> {
  readonly store: Pick<ViewStore, 'prepare' | 'commit' | 'index'>;
  readonly reader: { snapshot<T>(read: (reader: Pick<SnapshotReader, 'find'>) => Promise<T>): Promise<T> };
}

/** What every view store finds, and in which order. */
export function viewFindContract(adapter: string, open: () => Promise<FindFixture>): void {
  describe.each([false, true])(`${adapter} finding documents of views, indexes made: %s`, (isIndexed) => {
    let fixture: FindFixture;
    const rows: readonly [string, string | null, number | null][] = [
        ['k1', 'b', 2], ['k2', 'a', 2], ['k3', 'b', 1], ['k4', null, -1.5], ['k5', 'ba', null], ['k6', null, 10],
        ['k7', '', 0], ['k8', '\u{1F600}', 3], ['k9', '\uFF5E', 3], ['kA', 'b\u0000c', 4], ['kB', 'B', 2 ** 53],
      ]; // prettier-ignore
    beforeEach(async () => {
      fixture = await open();
      await fixture.store.prepare(offers, kinds);
      const writes = rows.map(([key, name, count]) => offer(key, { key, name, count }, name, count));
      await fixture.store.commit([commitOf(fixture, null, 1, { writes })]);
      if (isIndexed) await fixture.store.index(offers);
    });
    afterEach(() => fixture.close());
    const find = (request: Partial<FindRequest>) =>
      fixture.reader.snapshot((reader) =>
        reader.find({
          ...offers,
          kind: 'offer',
          where: {},
          orderBy: 'name',
          descending: false,
          after: null,
          limit: 99,
          ...request,
        }),
      );
    const keysOf = async (request: Partial<FindRequest>) => (await find(request)).map(({ key }) => key).join(' ');
    const byName = 'k4 k6 k7 kB k2 k1 k3 kA k5 k9 k8';
    const byCount = 'k5 k4 k7 k3 k1 k2 k8 k9 kA k6 kB';
    const reversed = (order: string) => order.split(' ').reverse().join(' ');

    it('orders by an index, null first, text by code points, ties by key; descending is the reverse', async () => {
      expect(await keysOf({})).toBe(byName);
      expect(await keysOf({ descending: true })).toBe(reversed(byName));
      expect(await keysOf({ orderBy: 'count' })).toBe(byCount);
      expect(await keysOf({ orderBy: 'count', descending: true })).toBe(reversed(byCount));
    });

    it('gives key, document and the value that orders it', async () => {
      expect(await find({ limit: 2, where: { name: { prefix: 'b' } } })).toEqual([
        { key: 'k1', doc: { key: 'k1', name: 'b', count: 2 }, value: 'b' },
        { key: 'k3', doc: { key: 'k3', name: 'b', count: 1 }, value: 'b' },
      ]);
      expect(await find({ where: { name: { eq: 'b\u0000c' } } })).toEqual([
        { key: 'kA', doc: { key: 'kA', name: 'b\u0000c', count: 4 }, value: 'b\u0000c' },
      ]);
      expect(await find({ orderBy: 'count', where: { count: { gt: 10 } } })).toEqual([
        { key: 'kB', doc: { key: 'kB', name: 'B', count: 2 ** 53 }, value: 2 ** 53 },
      ]);
      expect(await find({ orderBy: 'count', limit: 1 })).toEqual([
        { key: 'k5', doc: { key: 'k5', name: 'ba', count: null }, value: null },
      ]);
    });

    it('goes through all pages of any size in the order of one page, without gap or repetition', async () => {
      for (const orderBy of ['name', 'count']) {
        for (const descending of [false, true]) {
          for (const limit of [1, 2, 3, 5]) {
            const keys: string[] = [];
            for (let page = await find({ orderBy, descending, limit }); page.length > 0;) {
              expect(page.length).toBeLessThanOrEqual(limit);
              keys.push(...page.map(({ key }) => key));
              const last = page.at(-1);
              page = await find({
                orderBy,
                descending,
                limit,
                after: { value: last?.value ?? null, key: last?.key ?? '' },
              });
            }
            const order = orderBy === 'name' ? byName : byCount;
            expect(keys.join(' ')).toBe(descending ? reversed(order) : order);
          }
        }
      }
    });

    it('filters by every condition, several together, with pages', async () => {
      expect(await keysOf({ where: { name: { eq: 'b' } } })).toBe('k1 k3');
      expect(await keysOf({ where: { name: { in: ['a', 'B', 'nothing'] } } })).toBe('kB k2');
      expect(await keysOf({ where: { name: { in: [] } } })).toBe('');
      expect(await keysOf({ where: { name: { gt: 'b' } } })).toBe('kA k5 k9 k8');
      expect(await keysOf({ where: { name: { gte: 'b' } } })).toBe('k1 k3 kA k5 k9 k8');
      expect(await keysOf({ where: { name: { lt: 'b' } } })).toBe('k7 kB k2');
      expect(await keysOf({ where: { name: { lte: 'b' } } })).toBe('k7 kB k2 k1 k3');
      expect(await keysOf({ where: { name: { prefix: 'b' } } })).toBe('k1 k3 kA k5');
      expect(await keysOf({ where: { name: { prefix: '\u{1F600}' } } })).toBe('k8');
      expect(await keysOf({ where: { name: { prefix: '' } } })).toBe('k7 kB k2 k1 k3 kA k5 k9 k8');
      expect(await keysOf({ where: { count: { gte: 3 } }, orderBy: 'count' })).toBe('k8 k9 kA k6 kB');
      expect(await keysOf({ where: { count: { eq: 2 }, name: { lt: 'b' } } })).toBe('k2');
      const after = { value: 'b', key: 'k1' };
      expect(await keysOf({ where: { count: { lte: 2 } }, after })).toBe('k3');
    });

    it('throws where no index is declared, or a value is of another type', async () => {
      await expect(find({ orderBy: 'colour' })).rejects.toThrow('colour');
      await expect(find({ where: { colour: { eq: 'a' } } })).rejects.toThrow('colour');
      await expect(find({ where: { name: { eq: 1 } } })).rejects.toThrow('name');
      await expect(find({ where: { count: { in: [1, 'a'] } } })).rejects.toThrow('count');
    });
  });
}
