import { StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { RecordChange, RecordRow, Records } from '#lib/engine/ports/records.js';
import { oddData } from './events.js';

export interface RecordsFixture {
  readonly records: Records;
  reopen(): Promise<RecordsFixture>;
  close(): Promise<void>;
}

/** What every keeper of records does, restarts included. */
export function recordsContract(adapter: string, open: () => Promise<RecordsFixture>): void {
  describe(`${adapter} as records`, () => {
    let fixture: RecordsFixture;
    let records: Records;
    beforeEach(async () => {
      fixture = await open();
      records = fixture.records;
    });
    afterEach(() => fixture.close());
    const restart = async () => {
      fixture = await fixture.reopen();
      records = fixture.records;
    };
    const put = (key: string, expect: RecordChange['expect'], value: object | null, sort?: string | null) => {
      return { table: 'timers', key, expect, value, ...(sort !== undefined && { sort }) };
    };
    const row = (key: string, version: number, value: object, sort: string | null): RecordRow => {
      return { table: 'timers', key, version, value, sort };
    };
    const keys = (rows: readonly RecordRow[]) => rows.map(({ key }) => key);
    const refused = (key: string) => ({ ok: false, table: 'timers', key });

    it('gives back every field of a row, also after a restart, and null where none is', async () => {
      expect(await records.transact([put('a', 'none', oddData, '2026-01-01T00:00:00.000Z')])).toEqual({ ok: true });
      const expected = row('a', 1, oddData, '2026-01-01T00:00:00.000Z');
      expect(await records.get('timers', 'a')).toEqual(expected);
      expect(await records.get('timers', 'b')).toBeNull();
      expect(await records.get('other', 'a')).toBeNull();
      await restart();
      expect(await records.get('timers', 'a')).toEqual(expected);
    });

    it('counts changes from 1, and from 1 again after a deletion', async () => {
      await records.transact([put('a', 'none', { n: 1 })]);
      await records.transact([put('a', 1, { n: 2 })]);
      await records.transact([put('a', 'any', { n: 3 })]);
      expect(await records.get('timers', 'a')).toEqual(row('a', 3, { n: 3 }, null));
      await records.transact([put('a', 3, null)]);
      expect(await records.get('timers', 'a')).toBeNull();
      await records.transact([put('a', 'any', { n: 4 })]);
      expect(await records.get('timers', 'a')).toEqual(row('a', 1, { n: 4 }, null));
    });

    it('leaves the sort as it was where a change names none, and takes it away with null', async () => {
      await records.transact([put('a', 'none', { n: 1 }, 's')]);
      await records.transact([put('a', 1, { n: 2 })]);
      expect(await records.get('timers', 'a')).toEqual(row('a', 2, { n: 2 }, 's'));
      await records.transact([put('a', 2, { n: 3 }, null)]);
      expect(await records.get('timers', 'a')).toEqual(row('a', 3, { n: 3 }, null));
      expect(await records.list({ table: 'timers', limit: 10 })).toEqual([]);
    });

    it('refuses a row that is not as expected, names it, and changes nothing at all', async () => {
      await records.transact([put('a', 'none', { n: 1 })]);
      const before = await records.get('timers', 'a');
      expect(await records.transact([put('a', 'none', { n: 2 })])).toEqual(refused('a'));
      expect(await records.transact([put('a', 2, { n: 2 })])).toEqual(refused('a'));
      expect(await records.transact([put('a', 2, null)])).toEqual(refused('a'));
      expect(await records.transact([put('b', 1, { n: 2 })])).toEqual(refused('b'));
      expect(await records.transact([put('b', 1, null)])).toEqual(refused('b'));
      const changes = [put('c', 'none', {}), put('a', 'any', { n: 9 }), put('a', 7, {}), put('d', 'none', {})];
      expect(await records.transact(changes)).toEqual(refused('a'));
      expect(await records.get('timers', 'a')).toEqual(before);
      for (const key of ['b', 'c', 'd']) expect(await records.get('timers', key)).toBeNull();
    });

    it('deletes what is not there without complaint if anything is expected', async () => {
      expect(await records.transact([put('a', 'any', null)])).toEqual({ ok: true });
      expect(await records.transact([put('a', 'none', null)])).toEqual({ ok: true });
      expect(await records.transact([])).toEqual({ ok: true });
    });

    it('lets each change of a transaction see those before it', async () => {
      const changes = [
        put('a', 'none', { n: 1 }),
        put('a', 1, { n: 2 }),
        put('a', 2, null),
        put('a', 'none', { n: 3 }),
      ];
      expect(await records.transact(changes)).toEqual({ ok: true });
      expect(await records.get('timers', 'a')).toEqual(row('a', 1, { n: 3 }, null));
    });

    it('lets one of 50 changes at once to one version win', async () => {
      await records.transact([put('a', 'none', { n: -1 })]);
      const results = await Promise.all(Array.from({ length: 50 }, (_, n) => records.transact([put('a', 1, { n })])));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.filter(({ ok }) => !ok)).toEqual(Array(49).fill(refused('a')));
      const winner = results.findIndex(({ ok }) => ok);
      expect(await records.get('timers', 'a')).toEqual(row('a', 2, { n: winner }, null));
    });

    it('shows what was answered, to the next read', async () => {
      for (let n = 0; n < 20; n += 1) {
        await records.transact([put('a', n === 0 ? 'none' : n, { n })]);
        expect(await records.get('timers', 'a')).toEqual(row('a', n + 1, { n }, null));
      }
    });

    it('lists by sort, then key, within bounds and limit; no row without sort, none of another table', async () => {
      const sorts: readonly [string, string | null][] = [
        ['k3', 'b'], ['k1', 'b'], ['k2', 'a'], ['k9', null], ['k4', 'c'], ['k5', '\u{1F600}'], ['k6', '\uFF5E'], ['k7', ''],
      ]; // prettier-ignore
      for (const [key, sort] of sorts) await records.transact([put(key, 'none', { key }, sort)]);
      await records.transact([{ table: 'other', key: 'x', expect: 'none', value: {}, sort: 'b' }]);
      const list = async (bounds: object) => keys(await records.list({ table: 'timers', limit: 100, ...bounds }));
      const check = async () => {
        expect(await list({})).toEqual(['k7', 'k2', 'k1', 'k3', 'k4', 'k6', 'k5']);
        expect(await list({ limit: 3 })).toEqual(['k7', 'k2', 'k1']);
        expect(await list({ limit: 0 })).toEqual([]);
        expect(await list({ upTo: 'b' })).toEqual(['k7', 'k2', 'k1', 'k3']);
        expect(await list({ after: 'a', upTo: 'c' })).toEqual(['k1', 'k3', 'k4']);
        expect(await list({ after: 'b', afterKey: 'k1' })).toEqual(['k3', 'k4', 'k6', 'k5']);
        expect(await list({ after: 'b', afterKey: 'k3' })).toEqual(['k4', 'k6', 'k5']);
        expect(await list({ after: 'zz', upTo: 'a' })).toEqual([]);
        expect(await list({ table: 'none' })).toEqual([]);
      };
      await check();
      expect(await records.list({ table: 'timers', after: 'a', limit: 1 })).toEqual([row('k1', 1, { key: 'k1' }, 'b')]);
      await restart();
      await check();
    });

    it('shows every row of every table as of the instant of the first page, listed or not, by table and key', async () => {
      const written = Array.from({ length: 450 }, (_, n) =>
        put(`k${String(n).padStart(3, '0')}`, 'none', { n }, n % 2 ? 's' : null),
      );
      await records.transact([...written, { table: 'other', key: '\u{1F600}', expect: 'none', value: oddData }]);
      await records.transact([{ table: 'other', key: '\uFF5E', expect: 'none', value: { n: 1 } }]);
      await records.transact([put('k001', 1, { n: 'changed' })]);
      const expected = [
        { ...row('\uFF5E', 1, { n: 1 }, null), table: 'other' },
        { ...row('\u{1F600}', 1, oddData, null), table: 'other' },
        ...written.map(({ key, value, sort }) => row(key, 1, value ?? {}, sort ?? null)),
      ];
      expected[3] = row('k001', 2, { n: 'changed' }, 's');
      const pages: RecordRow[] = [];
      for await (const page of records.snapshot()) {
        if (pages.length === 0)
          await records.transact([put('k002', 'any', null), put('k449', 'any', { n: 'late' }), put('new', 'none', {})]);
        pages.push(...page);
      }
      expect(pages).toEqual(expected);
      const later: RecordRow[] = [];
      for await (const page of records.snapshot()) later.push(...page);
      expect(keys(later)).toEqual([...keys(expected).filter((key) => key !== 'k002'), 'new']);
      for await (const _ of records.snapshot()) break;
      await records.erase('timers', 'k003');
      expect(await records.get('timers', 'k003')).toBeNull();
    });

    it('erases a row, whatever it holds, and leaves the others; one that is not there without complaint', async () => {
      await records.transact([put('a', 'none', { n: 1 }, 's'), put('b', 'none', { n: 2 }, 's')]);
      await records.transact([put('a', 1, { n: 3 })]);
      const other = { table: 'other', key: 'a', expect: 'none', value: { n: 4 } } as const;
      await records.transact([other]);
      await Promise.all([records.erase('timers', 'a'), records.erase('timers', 'a'), records.erase('timers', 'none')]);
      const check = async () => {
        expect(await records.get('timers', 'a')).toBeNull();
        expect(await records.list({ table: 'timers', limit: 10 })).toEqual([row('b', 1, { n: 2 }, 's')]);
        expect(await records.get('other', 'a')).toMatchObject({ version: 1, value: { n: 4 } });
      };
      await check();
      await records.transact([put('a', 'none', { n: 5 })]);
      expect(await records.get('timers', 'a')).toEqual(row('a', 1, { n: 5 }, null));
      await records.erase('timers', 'a');
      await restart();
      await check();
    });

    it('answers the changes under way when it closes, and refuses later ones', async () => {
      const underWay = Array.from({ length: 50 }, (_, n) => records.transact([put(`k${n}`, 'none', { n }, 's')]));
      const closing = records.close();
      await expect(records.transact([put('late', 'none', {})])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(records.erase('timers', 'k0')).rejects.toBeInstanceOf(StoreUnavailableError);
      expect(await Promise.all(underWay)).toEqual(Array(50).fill({ ok: true }));
      await closing;
      await restart();
      expect(await records.list({ table: 'timers', limit: 100 })).toHaveLength(50);
    });
  });
}
