import type { Leases } from '#lib/engine/ports/leases.js';

/** Leases as two processes have them. */
export interface LeasesFixture {
  readonly leases: Leases;
  readonly others: Leases;
  /** Makes a whole term go by on the store's clock, for every lease. */
  passTerm(): Promise<void>;
  reopen(): Promise<LeasesFixture>;
  close(): Promise<void>;
}

/** What every keeper of leases does, restarts included. */
export function leasesContract(adapter: string, open: () => Promise<LeasesFixture>): void {
  describe(`${adapter} as leases`, () => {
    let fixture: LeasesFixture;
    let leases: Leases;
    let others: Leases;
    beforeEach(async () => {
      fixture = await open();
      ({ leases, others } = fixture);
    });
    afterEach(() => fixture.close());

    it('gives a lease to one owner, and to nobody else until it is given up', async () => {
      expect(await leases.take('work/a', 'one')).toEqual({ name: 'work/a', epoch: 1 });
      expect(await others.take('work/a', 'two')).toBeNull();
      expect(await leases.renew({ name: 'work/a', epoch: 1 }, 'one')).toBe(true);
      await leases.release({ name: 'work/a', epoch: 1 }, 'one');
      expect(await others.take('work/a', 'two')).toEqual({ name: 'work/a', epoch: 2 });
      expect(await leases.take('work/a', 'one')).toBeNull();
    });

    it('raises the epoch with each taking: after a release, after a term, by the same owner, after a restart', async () => {
      const first = await leases.take('a', 'one');
      expect(first).toEqual({ name: 'a', epoch: 1 });
      expect(await leases.take('a', 'one')).toEqual({ name: 'a', epoch: 2 });
      expect(await leases.renew({ name: 'a', epoch: 1 }, 'one')).toBe(false);
      await leases.release({ name: 'a', epoch: 2 }, 'one');
      expect(await leases.take('a', 'one')).toEqual({ name: 'a', epoch: 3 });
      await fixture.passTerm();
      expect(await others.take('a', 'two')).toEqual({ name: 'a', epoch: 4 });
      await others.release({ name: 'a', epoch: 4 }, 'two');
      fixture = await fixture.reopen();
      expect(await fixture.leases.take('a', 'one')).toEqual({ name: 'a', epoch: 5 });
      expect(await fixture.leases.take('b', 'one')).toEqual({ name: 'b', epoch: 1 });
    });

    it('runs out when it is not renewed within the term, and lasts a term longer when it is', async () => {
      const lease = await leases.take('a', 'one');
      await fixture.passTerm();
      expect(await leases.holders('')).toEqual([]);
      // Nobody has taken it: who comes late still has it.
      expect(lease && (await leases.renew(lease, 'one'))).toBe(true);
      expect(await others.holders('')).toEqual([{ name: 'a', owner: 'one' }]);
      expect(await others.take('a', 'two')).toBeNull();
      await fixture.passTerm();
      expect(await others.take('a', 'two')).toEqual({ name: 'a', epoch: 2 });
      expect(lease && (await leases.renew(lease, 'one'))).toBe(false);
    });

    it('takes nothing away from the next owner when the one before wakes up late', async () => {
      const before = await leases.take('a', 'one');
      await fixture.passTerm();
      await others.take('a', 'two');
      if (before) await leases.release(before, 'one');
      expect(before && (await leases.renew(before, 'one'))).toBe(false);
      expect(await leases.holders('a')).toEqual([{ name: 'a', owner: 'two' }]);
      expect(await leases.take('a', 'one')).toBeNull();
    });

    it('knows nothing of a lease that was given up, or never taken', async () => {
      const lease = await leases.take('a', 'one');
      if (lease) await leases.release(lease, 'one');
      expect(lease && (await leases.renew(lease, 'one'))).toBe(false);
      expect(await leases.renew({ name: 'never', epoch: 1 }, 'one')).toBe(false);
      await leases.release({ name: 'never', epoch: 1 }, 'one');
      expect(await leases.take('never', 'one')).toEqual({ name: 'never', epoch: 1 });
    });

    it('lets one of many that ask at once have it, new or run out, and tells the rest no', async () => {
      for (const epoch of [1, 2]) {
        const asked = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? leases : others).take('a', `owner ${n}`));
        const taken = await Promise.all(asked);
        expect(taken.filter((lease) => lease !== null)).toEqual([{ name: 'a', epoch }]);
        const owner = `owner ${taken.findIndex((lease) => lease !== null)}`;
        expect(await leases.holders('a')).toEqual([{ name: 'a', owner }]);
        await fixture.passTerm();
      }
    });

    it('lists holders by the beginning of a name, in order, and takes names and owners for nothing but names', async () => {
      const names = ['member/b', 'member/a', 'member/$x.y', 'members', 'work/a', 'member/\u{1F600}', 'member/\uFF5E'];
      for (const name of names) await leases.take(name, `$owner of ${name}`);
      const listed = (await others.holders('member/')).map(({ name, owner }) => [name, owner]);
      const expected = ['member/$x.y', 'member/a', 'member/b', 'member/\uFF5E', 'member/\u{1F600}'];
      expect(listed).toEqual(expected.map((name) => [name, `$owner of ${name}`]));
      expect(await others.holders('other')).toEqual([]);
      expect(await others.holders('')).toHaveLength(names.length);
      expect(await leases.take('work/a', '$owner')).toBeNull();
    });
  });
}
