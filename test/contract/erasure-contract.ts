import type { RecordsFixture } from './records-contract.js';

export interface RecordFilesFixture extends RecordsFixture {
  /** Everything that its files hold, also what no row shows. */
  bytes(): Promise<Buffer>;
}

/** What keepers of records do whose files are our own affair: an erased row is in none of them. */
export function erasureContract(adapter: string, open: () => Promise<RecordFilesFixture>): void {
  describe(`${adapter} as records that are erased`, () => {
    // With these seeds rows move between pages in such a way that overwriting what is deleted is not enough.
    it.each([3, 36, 50])(
      'leaves nothing in its files of what an erased row ever held (seed %i)',
      async (seed) => {
        const { records, bytes, close } = await open();
        const integer = chance(seed);
        const pick = (from: readonly string[]) => from[integer(from.length)] ?? '';
        const secret = (key: string) => `<secret of ${key}>`;
        const write = (key: string) => {
          return {
            table: 'timers',
            key,
            expect: 'any',
            value: { text: secret(key).repeat(1 + integer(40)) },
            sort: key,
          } as const;
        };
        let kept = Array.from({ length: 300 }, () => `k${integer(1e9).toString(36)}`);
        for (const key of kept) await records.transact([write(key), write(pick(kept))]);
        for (let n = 0; n < 12; n += 1) {
          const gone = Array.from({ length: 1 + integer(4) }, () => pick(kept));
          kept = kept.filter((key) => !gone.includes(key));
          const before = await bytes();
          expect(gone.filter((key) => !before.includes(secret(key)))).toEqual([]);
          await Promise.all(gone.map((key) => records.erase('timers', key)));
          const after = await bytes();
          expect(gone.filter((key) => after.includes(secret(key)))).toEqual([]);
          await records.transact([write(pick(kept)), write(pick(kept))]);
        }
        const listed = await records.list({ table: 'timers', limit: 1_000 });
        expect(listed.map(({ key }) => key)).toEqual([...new Set(kept)].sort());
        await close();
      },
      20_000,
    );
  });
}

/** Whole numbers below a limit, the same for the same seed. */
function chance(seed: number): (limit: number) => number {
  let last = seed;
  return (limit) => (last = (last * 48_271) % 2_147_483_647) % limit;
}
