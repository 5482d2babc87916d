import type { DocWrite, ParkedKey, ScannedDoc, ViewCommit } from '#lib/engine/ports/view-store.js';
import { oddData } from './events.js';
import {
  changed,
  checkpointAt,
  commitOf,
  first,
  kinds,
  offer,
  offers,
  sameFields,
  stored,
  type ViewStoreFixture,
} from './views.js';

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
      expect(await fixture.store.builds()).toEqual([first(offers)]);
    });

    it('gives back documents, checkpoint and parked keys whole, also after a restart', async () => {
      const writes = [offer('a', oddData, 'A', 1.5), offer('b', { n: 2 })];
      const parts = [parked('p'), parked('q', ['offer-a@1', 'offer-a@2'])];
      expect(await fixture.store.commit([commit(null, 5, { writes, parked: parts })])).toBe('committed');
      const check = async () => {
        for (const reader of [fixture.store, fixture.reader]) {
          expect(await reader.checkpoint(offers)).toEqual(checkpoint(5));
          expect(await reader.parked(offers)).toEqual(parts);
          expect(await reader.builds()).toEqual([first(offers)]);
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
      const gone: DocWrite = { change: 'delete', kind: 'offer', key: 'a' };
      await fixture.store.commit([commit(1, 2, { writes: [gone, changed('b', { n: 2 })] })]);
      expect(await docs('a', 'b')).toEqual([null, { n: 2 }]);
      expect(await fixture.reader.parked(offers)).toEqual([parked('p')]);
      await fixture.store.commit([commit(2, 3, { parked: [] })]);
      expect(await fixture.reader.parked(offers)).toEqual([]);
    });

    it('§8.6 fences a commit that believes the version elsewhere, or is of an earlier owner, and changes nothing', async () => {
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
      const both = (from: number | null, to: number, plansFrom = from) => {
        const writes = [from === null ? offer('a', { to }) : changed('a', { to })];
        return [commit(from, to, { writes }), { ...commit(plansFrom, to, { writes }), ...plans }];
      };
      expect(await fixture.store.commit(both(null, 1))).toBe('committed');
      expect(await fixture.store.commit(both(1, 2, 7))).toBe('fenced');
      for (const view of [offers, plans]) expect(await fixture.reader.checkpoint(view)).toEqual(checkpoint(1));
      expect(await docs('a')).toEqual([{ to: 1 }]);
      expect(await fixture.store.commit(both(1, 2))).toBe('committed');
      for (const view of [offers, plans]) expect(await fixture.reader.checkpoint(view)).toEqual(checkpoint(2));
      expect(await fixture.store.builds()).toEqual([first(offers), first(plans)]);
    });

    it('writes nothing of a commit that fails', async () => {
      await fixture.store.commit([commit(null, 1)]);
      const bad = commit(1, 2, { writes: [offer('a', {}), { ...offer('b', {}), kind: 'unknown' }] });
      await expect(fixture.store.commit([bad])).rejects.toThrow('unknown');
      const badField = commit(1, 2, {
        writes: [offer('a', {}), { change: 'insert', ...stored('b', {}), fields: { name: 7, count: 1 } }],
      });
      await expect(fixture.store.commit([badField])).rejects.toThrow('name');
      expect(await docs('a', 'b')).toEqual([null, null]);
      expect(await fixture.reader.checkpoint(offers)).toEqual(checkpoint(1));
      expect(await fixture.store.commit([commit(1, 2)])).toBe('committed');
    });

    it('refuses to insert what is there and to update what is not, and then writes nothing', async () => {
      await fixture.store.commit([commit(null, 1, { writes: [offer('a', { n: 1 })] })]);
      const wrong = [offer('a', { n: 2 }), changed('missing', { n: 2 }), sameFields('missing', { n: 2 })];
      for (const write of wrong) {
        await expect(fixture.store.commit([commit(1, 2, { writes: [offer('b', {}), write] })])).rejects.toThrow();
      }
      expect(await docs('a', 'b', 'missing')).toEqual([{ n: 1 }, null, null]);
      expect(await fixture.reader.checkpoint(offers)).toEqual(checkpoint(1));
    });

    it('changes a document with its fields, or leaves those as they are', async () => {
      await fixture.store.commit([
        commit(null, 1, { writes: [offer('a', { n: 1 }, 'old', 1), offer('b', { n: 1 }, 'old', 1)] }),
      ]);
      await fixture.store.commit([
        commit(1, 2, { writes: [changed('a', { n: 2 }, 'new', 2), sameFields('b', { n: 2 })] }),
      ]);
      const pages = [];
      for await (const page of fixture.store.scan(offers)) pages.push(page);
      expect(pages).toEqual([[stored('a', { n: 2 }, 'new', 2), stored('b', { n: 2 }, 'old', 1)]]);
    });

    it('keeps what is written once with its fields, found before and after its indexes are made', async () => {
      const view = { view: 'entries', version: 1 };
      await fixture.store.prepare(view, {
        entry: { writtenOnce: true, fields: { name: 'text' }, indexes: [['name']] },
      });
      const entry = (key: string, name: string): DocWrite => {
        return { change: 'insert', kind: 'entry', key, json: `{"key":"${key}"}`, hash: 'h', fields: { name } };
      };
      const named = (name: string) => {
        const find = { ...view, kind: 'entry', where: { name: { eq: name } }, orderBy: 'name', descending: false };
        return fixture.reader.snapshot(async (reader) => [
          (await reader.find({ ...find, after: null, limit: 9 })).map(({ key }) => key),
          await reader.get([{ ...view, kind: 'entry', key: 'b' }]),
        ]);
      };
      await fixture.store.commit([{ ...commit(null, 1, { writes: [entry('b', 'x'), entry('a', 'x')] }), ...view }]);
      expect(await named('x')).toEqual([['a', 'b'], [{ key: 'b' }]]);
      await fixture.store.index(view);
      await fixture.store.commit([{ ...commit(1, 2, { writes: [entry('c', 'x')] }), ...view }]);
      expect(await named('x')).toEqual([['a', 'b', 'c'], [{ key: 'b' }]]);
      await expect(
        fixture.store.commit([{ ...commit(2, 3, { writes: [entry('c', 'x')] }), ...view }]),
      ).rejects.toThrow();
    });

    it('takes names and keys for nothing but names', async () => {
      const odd = { view: 'odd-view', version: 1 };
      const fields = { 'i"x': 'text', key: 'text', json: 'number' } as const;
      const oddKinds = { 'a"b; DROP TABLE x': { fields, indexes: [['i"x', 'key'], ['json']] } };
      await fixture.store.prepare(odd, oddKinds);
      const key = `'"%_\\ 😀\n`;
      const kind = 'a"b; DROP TABLE x';
      const doc = { kind, key, json: '{"n":1}', hash: 'h', fields: { 'i"x': 'v', key: 'k', json: 5 } };
      await fixture.store.commit([{ ...commit(null, 1, { writes: [{ change: 'insert', ...doc }] }), ...odd }]);
      await fixture.store.index(odd);
      expect(await fixture.reader.snapshot((reader) => reader.get([{ ...odd, kind, key }]))).toEqual([{ n: 1 }]);
      const pages = [];
      for await (const page of fixture.store.scan(odd)) pages.push(page);
      expect(pages).toEqual([[doc]]);
    });

    it('scans every document in order of kind and key, in pages', async () => {
      const all: ScannedDoc[] = Array.from({ length: 1_500 }, (_, n) =>
        stored(`k${String(n).padStart(4, '0')}`, { n }, `n${n}`, n),
      );
      all.push({ kind: 'plan', key: 'p', json: '{}', hash: 'h', fields: {} });
      const writes = all.map((doc): DocWrite => ({ change: 'insert', ...doc })).reverse();
      await fixture.store.commit([commit(null, 1, { writes })]);
      const scanned = [];
      for await (const page of fixture.reader.scan(offers)) {
        expect(page.length).toBeLessThanOrEqual(1_000);
        scanned.push(...page);
      }
      expect(scanned).toEqual(all);
      for await (const _ of fixture.reader.scan({ view: 'unknown', version: 1 })) throw new Error('unexpected');
    });

    it('keeps versions apart, prepares again without effect, and drops one without touching another', async () => {
      const next = { view: offers.view, version: 3 };
      await fixture.store.prepare(next, { offer: {} });
      await fixture.store.commit([commit(null, 1, { writes: [offer('a', { v: 2 })], parked: [parked('p')] })]);
      const write: DocWrite = { change: 'insert', ...stored('a', { v: 3 }), fields: {} };
      await fixture.store.commit([{ ...commit(null, 4, { writes: [write] }), ...next }]);
      await fixture.store.prepare(offers, {
        plan: {},
        offer: { indexes: [['name'], ['count', 'name']], fields: { count: 'number', name: 'text' } },
      });
      expect(await fixture.store.builds()).toEqual([first(offers), first(next)]);
      expect(await docs('a')).toEqual([{ v: 2 }]);
      await fixture.store.drop(offers);
      expect(await fixture.store.builds()).toEqual([first(next)]);
      expect(await fixture.reader.checkpoint(offers)).toBeNull();
      expect(await fixture.reader.parked(offers)).toEqual([]);
      expect(await docs('a')).toEqual([null]);
      expect(await fixture.reader.checkpoint(next)).toEqual(checkpoint(4));
      await fixture.store.drop(offers);
      await fixture.store.prepare(offers, { offer: { fields: { other: 'text' } } });
      expect(await fixture.store.commit([commit(1, 2)])).toBe('fenced');
      expect(await docs('a')).toEqual([null]);
    });

    it('refuses to prepare a version again with other kinds, fields or indexes', async () => {
      const { offer: declared } = kinds;
      for (const other of [{ offer: {} }, kinds.plan && { ...kinds, offer: { ...declared, indexes: [['name']] } }]) {
        await expect(fixture.store.prepare(offers, other ?? {})).rejects.toThrow("raise the view's version");
      }
      expect(await fixture.store.commit([commit(null, 1, { writes: [offer('a', {}, 'n', 1)] })])).toBe('committed');
    });
  });
}
