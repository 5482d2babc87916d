import type { DocWrite, ParkedKey, ViewCommit } from '#lib/engine/ports/view-store.js';
import { oddData } from './events.js';
import { checkpointAt, commitOf, kinds, offer, offers, type ViewStoreFixture } from './views.js';

/** What every view store does, restarts included. */
export function viewStoreContract(adapter: string, open: () => Promise<ViewStoreFixture>): void {
  describe(`${adapter} as view store`, () => {
    let fixture: ViewStoreFixture;
    beforeEach(async () => {
      fixture = await open();
      await fixture.store.prepare(offers, kinds);
    });
    afterEach(() => fixture.close());
    const restart = async () => void (fixture = await fixture.reopen());

    const checkpoint = (ordinal: number, epoch = 1) => checkpointAt(fixture, ordinal, epoch);
    const commit = (from: number | null, to: number, changes: Partial<ViewCommit> = {}) =>
      commitOf(fixture, from, to, changes);
    const parked = (key: string, waiting: readonly string[] = ['offer-a@1']): ParkedKey => {
      return {
        kind: 'offer',
        key,
        event: 'offer-a@1',
        error: 'Error: broken \u2028',
        since: '2026-01-01T00:00:00.000Z',
        waiting,
      };
    };
    const at = (key: string, kind = 'offer') => ({ ...offers, kind, key });
    const docs = (...keys: string[]) => fixture.reader.snapshot((reader) => reader.get(keys.map((key) => at(key))));

    it('knows nothing of a version before its first commit, and of one that was not prepared', async () => {
      const unknown = { view: 'unknown', version: 1 };
      for (const [view, address] of [
        [offers, at('a')],
        [unknown, { ...unknown, kind: 'x', key: 'a' }],
      ] as const) {
        const find = { ...view, kind: 'offer', where: {}, orderBy: 'name', descending: false, after: null, limit: 5 };
        expect(await fixture.reader.checkpoint(view)).toBeNull();
        expect(await fixture.reader.parked(view)).toEqual([]);
        const seen = await fixture.reader.snapshot(async (reader) => [
          await reader.checkpoint(view),
          await reader.get([address]),
          await reader.find(find),
          await reader.parked(view),
        ]);
        expect(seen).toEqual([null, [null], [], []]);
      }
      expect(await fixture.store.versions()).toEqual([offers]);
    });

    it('gives back documents, checkpoint and parked keys whole, also after a restart', async () => {
      const writes = [offer('a', oddData, 'A', 1.5), offer('b', { n: 2 })];
      const parts = [parked('p'), parked('q', ['offer-a@1', 'offer-a@2'])];
      expect(await fixture.store.commit([commit(null, 5, { writes, parked: parts })])).toBe('committed');
      const check = async () => {
        for (const reader of [fixture.store, fixture.reader]) {
          expect(await reader.checkpoint(offers)).toEqual(checkpoint(5));
          expect(await reader.parked(offers)).toEqual(parts);
          expect(await reader.versions()).toEqual([offers]);
        }
        expect(await docs('a', 'missing', 'b', 'a')).toEqual([oddData, null, { n: 2 }, oddData]);
        const loaded = await fixture.store.load(offers, [
          ['offer', 'b'],
          ['offer', 'x'],
          ['offer', 'a'],
          ['plan', 'a'],
        ]);
        expect([...loaded].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
          ['offer/a', { doc: oddData, hash: 'a'.padStart(64, 'h') }],
          ['offer/b', { doc: { n: 2 }, hash: 'b'.padStart(64, 'h') }],
        ]);
      };
      await check();
      await restart();
      await fixture.store.prepare(offers, kinds);
      await check();
    });

    it('overwrites and deletes, and leaves the parked set alone where a commit names none', async () => {
      await fixture.store.commit([
        commit(null, 1, { writes: [offer('a', { n: 1 }), offer('b', { n: 1 })], parked: [parked('p')] }),
      ]);
      const gone: DocWrite = { kind: 'offer', key: 'a', json: null, hash: null, indexes: {} };
      await fixture.store.commit([commit(1, 2, { writes: [gone, offer('b', { n: 2 })] })]);
      expect(await docs('a', 'b')).toEqual([null, { n: 2 }]);
      expect(await fixture.reader.parked(offers)).toEqual([parked('p')]);
      await fixture.store.commit([commit(2, 3, { parked: [] })]);
      expect(await fixture.reader.parked(offers)).toEqual([]);
    });

    it('fences a commit that believes the version elsewhere, or is of an earlier owner, and changes nothing', async () => {
      await fixture.store.commit([commit(null, 1, { to: checkpoint(1, 2) })]);
      const stray = { writes: [offer('stray', {})], parked: [parked('stray')] };
      const strays = [
        commit(null, 2, { ...stray, to: checkpoint(2, 2) }),
        commit(7, 8, { ...stray, to: checkpoint(8, 2) }),
        commit(1, 2, { ...stray, to: checkpoint(2, 1) }),
      ];
      for (const one of strays) expect(await fixture.store.commit([one])).toBe('fenced');
      expect(await fixture.reader.checkpoint(offers)).toEqual(checkpoint(1, 2));
      expect(await fixture.reader.parked(offers)).toEqual([]);
      expect(await docs('stray')).toEqual([null]);
      expect(await fixture.store.commit([commit(1, 2, { to: checkpoint(2, 3) })])).toBe('committed');
      expect(await fixture.reader.checkpoint(offers)).toEqual(checkpoint(2, 3));
    });

    it('commits several views together or not at all', async () => {
      const plans = { view: 'plans', version: 1 };
      await fixture.store.prepare(plans, kinds);
      const both = (from: number | null, to: number, plansFrom = from) => [
        commit(from, to, { writes: [offer('a', { to })] }),
        { ...commit(plansFrom, to, { writes: [offer('a', { to })] }), ...plans },
      ];
      expect(await fixture.store.commit(both(null, 1))).toBe('committed');
      expect(await fixture.store.commit(both(1, 2, 7))).toBe('fenced');
      for (const view of [offers, plans]) expect(await fixture.reader.checkpoint(view)).toEqual(checkpoint(1));
      expect(await docs('a')).toEqual([{ to: 1 }]);
      expect(await fixture.store.commit(both(1, 2))).toBe('committed');
      for (const view of [offers, plans]) expect(await fixture.reader.checkpoint(view)).toEqual(checkpoint(2));
      expect(await fixture.store.versions()).toEqual([offers, plans]);
    });

    it('writes nothing of a commit that fails', async () => {
      await fixture.store.commit([commit(null, 1)]);
      const bad = commit(1, 2, { writes: [offer('a', {}), { ...offer('b', {}), kind: 'unknown' }] });
      await expect(fixture.store.commit([bad])).rejects.toThrow('unknown');
      const badIndex = commit(1, 2, {
        writes: [offer('a', {}), { ...offer('b', {}), indexes: { name: 7, count: 1 } }],
      });
      await expect(fixture.store.commit([badIndex])).rejects.toThrow('name');
      expect(await docs('a', 'b')).toEqual([null, null]);
      expect(await fixture.reader.checkpoint(offers)).toEqual(checkpoint(1));
      expect(await fixture.store.commit([commit(1, 2)])).toBe('committed');
    });

    it('reads everything of one snapshot at one instant, while commits go on, one snapshot after the other', async () => {
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
        look(() => fixture.store.commit([commit(1, 2, { writes: [offer('a', { n: 2 }), offer('b', { n: 2 })] })])),
        look(() => Promise.resolve()),
      ]);
      expect(results).toEqual([view(1), view(2)]);
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

    it('takes names and keys for nothing but names', async () => {
      const odd = { view: 'odd-view', version: 1 };
      const oddKinds = { 'a"b; DROP TABLE x': { indexes: { 'i"x': 'text', key: 'text', json: 'number' } } } as const;
      await fixture.store.prepare(odd, oddKinds);
      const key = `'"%_\\ 😀\n`;
      const kind = 'a"b; DROP TABLE x';
      const write = { kind, key, json: '{"n":1}', hash: 'h', indexes: { 'i"x': 'v', key: 'k', json: 5 } };
      await fixture.store.commit([{ ...commit(null, 1, { writes: [write] }), ...odd }]);
      expect(await fixture.reader.snapshot((reader) => reader.get([{ ...odd, kind, key }]))).toEqual([{ n: 1 }]);
      const pages = [];
      for await (const page of fixture.store.scan(odd)) pages.push(page);
      expect(pages).toEqual([[write]]);
    });

    it('scans every document in order of kind and key, in pages', async () => {
      const writes = Array.from({ length: 1_500 }, (_, n) =>
        offer(`k${String(n).padStart(4, '0')}`, { n }, `n${n}`, n),
      );
      const plan: DocWrite = { kind: 'plan', key: 'p', json: '{}', hash: 'h', indexes: {} };
      await fixture.store.commit([commit(null, 1, { writes: [plan, ...writes].reverse() })]);
      const scanned = [];
      for await (const page of fixture.reader.scan(offers)) {
        expect(page.length).toBeLessThanOrEqual(1_000);
        scanned.push(...page);
      }
      expect(scanned).toEqual([...writes, plan]);
      for await (const _ of fixture.reader.scan({ view: 'unknown', version: 1 })) throw new Error('unexpected');
    });

    it('keeps versions apart, prepares again without effect, and drops one without touching another', async () => {
      const next = { view: offers.view, version: 3 };
      await fixture.store.prepare(next, { offer: { indexes: {} } });
      await fixture.store.commit([commit(null, 1, { writes: [offer('a', { v: 2 })], parked: [parked('p')] })]);
      const write = { ...offer('a', { v: 3 }), indexes: {} };
      await fixture.store.commit([{ ...commit(null, 4, { writes: [write] }), ...next }]);
      await fixture.store.prepare(offers, {
        plan: { indexes: {} },
        offer: { indexes: { count: 'number', name: 'text' } },
      });
      expect(await fixture.store.versions()).toEqual([offers, next]);
      expect(await docs('a')).toEqual([{ v: 2 }]);
      await fixture.store.drop(offers);
      expect(await fixture.store.versions()).toEqual([next]);
      expect(await fixture.reader.checkpoint(offers)).toBeNull();
      expect(await fixture.reader.parked(offers)).toEqual([]);
      expect(await docs('a')).toEqual([null]);
      expect(await fixture.reader.checkpoint(next)).toEqual(checkpoint(4));
      await fixture.store.drop(offers);
      await fixture.store.prepare(offers, { offer: { indexes: { other: 'text' } } });
      expect(await fixture.store.commit([commit(1, 2)])).toBe('fenced');
      expect(await docs('a')).toEqual([null]);
    });

    it('refuses to prepare a version again with other kinds or indexes', async () => {
      await expect(fixture.store.prepare(offers, { offer: { indexes: {} } })).rejects.toThrow(
        "raise the view's version",
      );
      expect(await fixture.store.commit([commit(null, 1, { writes: [offer('a', {}, 'n', 1)] })])).toBe('committed');
    });
  });
}
