import { StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { allParts, termMs, World, type OwningProcess, type Stint } from './owning-world.js';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

/** Renewals, and looks at who is there, come a little more often than this. */
const betweenTurnsMs = termMs / 3;

const everything = (by: string, epoch: number) => Object.fromEntries(allParts.map((part) => [part, `${by}@${epoch}`]));
const countOf = ({ name }: OwningProcess) => Object.values(world.atWork).filter((who) => who.startsWith(name)).length;

/** What a part's owners did one after the other, each having come to rest before the next began. */
function expectOneAfterTheOther(part: string, ...owners: readonly string[]): void {
  const stints = world.stintsOf(part);
  expect(stints.map(({ by, epoch }) => `${by}@${epoch}`)).toEqual(owners);
  for (const [index, { from }] of stints.entries()) {
    if (index > 0) expect(stints[index - 1]?.to ?? Infinity).toBeLessThanOrEqual(from);
  }
}

const movedTo = ({ name }: OwningProcess) => allParts.filter((part) => world.atWork[part]?.startsWith(name));

describe('works shared out among processes', () => {
  it('are all done by one that is alone', async () => {
    const one = await world.join('one');
    expect(world.atWork).toEqual(everything('one', 1));
    expect([...one.ownership.held].sort()).toEqual([...allParts]);
    await world.time.pass(20 * termMs);
    expect(world.atWork).toEqual(everything('one', 1));
    for (const part of allParts) expectOneAfterTheOther(part, 'one@1');
  });

  it('are shared equally within a term when a second joins; what is given up comes to rest before it begins there', async () => {
    const one = await world.join('one', { restMs: 200 });
    await world.time.pass(500);
    const two = await world.join('two');
    await world.time.pass(termMs);
    expect([countOf(one), countOf(two)]).toEqual([3, 3]);
    for (const part of movedTo(two)) expectOneAfterTheOther(part, 'one@1', 'two@2');
    // Of the work of many parts, each has about as many.
    expect(movedTo(two).filter((part) => part < 'e')).toHaveLength(2);
    await world.time.pass(10 * termMs);
    expect([countOf(one), countOf(two)]).toEqual([3, 3]);
    expect(one.refused).toEqual([]);
  });

  it('are shared by three, and taken at once by the others when one leaves in good order', async () => {
    const one = await world.join('one');
    const two = await world.join('two');
    await world.time.pass(termMs);
    const three = await world.join('three');
    await world.time.pass(termMs);
    expect([countOf(one), countOf(two), countOf(three)]).toEqual([2, 2, 2]);
    const left = movedTo(two);
    await two.leave();
    expect(await world.leases.holders('')).not.toContainEqual(expect.objectContaining({ owner: 'two' }));
    await world.time.pass(betweenTurnsMs);
    expect([countOf(one), countOf(two), countOf(three)]).toEqual([3, 0, 3]);
    for (const part of left) expect(world.stintsOf(part).slice(-2)).toMatchObject([{ by: 'two' }, { to: null }]);
  });

  it('of one that dies without a word are taken when its leases have run out', async () => {
    const one = await world.join('one');
    await world.join('two');
    await world.time.pass(termMs);
    const orphaned = movedTo(one);
    one.die();
    const diedAt = world.time.now();
    // It had renewed a while before it died, if not just then.
    await world.time.pass(termMs - betweenTurnsMs - 1);
    expect(Object.keys(world.atWork)).toHaveLength(3);
    await world.time.pass(2 * betweenTurnsMs + 1);
    expect(countOf({ name: 'two' } as OwningProcess)).toBe(6);
    for (const part of orphaned) {
      expectOneAfterTheOther(part, 'one@1', 'two@2');
      expect(world.stintsOf(part).at(-1)?.from).toBeGreaterThanOrEqual(diedAt + termMs - betweenTurnsMs);
    }
  });

  it('are all taken by two at once that ask for the same', async () => {
    const one = await world.join('one');
    const two = await world.join('two');
    const three = await world.join('three');
    await world.time.pass(termMs);
    one.die();
    await world.time.pass(termMs + betweenTurnsMs);
    expect([countOf(two), countOf(three)]).toEqual([3, 3]);
  });

  it('that take several terms to come to rest are not begun elsewhere before, and cost the others nothing', async () => {
    const one = await world.join('one', { restMs: 3 * termMs });
    const two = await world.join('two');
    await world.time.pass(2 * termMs);
    expect(countOf(two)).toBe(0);
    await world.time.pass(2 * termMs);
    expect([countOf(one), countOf(two)]).toEqual([3, 3]);
    for (const part of movedTo(two)) expectOneAfterTheOther(part, 'one@1', 'two@2');
    for (const part of movedTo(one)) expect(world.stintsOf(part).map(({ epoch }) => epoch)).toEqual([1]);
    const leaving = one.leave();
    await leaving;
    await world.time.pass(betweenTurnsMs);
    for (const part of allParts) expect(world.stintsOf(part).at(-1)).toMatchObject({ by: 'two', epoch: 2, to: null });
    expect(one.refused).toEqual([]);
  });
});

describe('a process that cannot reach the leases', () => {
  it('goes on as before when they are back within a term', async () => {
    const one = await world.join('one');
    for (const cutOff of ['refused', 'silent'] as const) {
      one.cutOff = cutOff;
      await world.time.pass(termMs / 2);
      expect(one.ownership.takesPart).toBe(true);
      one.cutOff = null;
      await world.time.pass(termMs);
    }
    expect(one.ownership.takesPart).toBe(true);
    for (const part of allParts) expectOneAfterTheOther(part, 'one@1');
  });

  it.each(['refused', 'silent'] as const)('stops by its own clock, before others begin: %s', async (cutOff) => {
    const one = await world.join('one');
    const two = await world.join('two');
    await world.time.pass(termMs);
    const lost = movedTo(one);
    one.cutOff = cutOff;
    const cutOffAt = world.time.now();
    await world.time.pass(termMs);
    expect(countOf(one)).toBe(0);
    expect(one.ownership.takesPart).toBe(false);
    await world.time.pass(betweenTurnsMs);
    expect(countOf(two)).toBe(6);
    for (const part of lost) {
      expectOneAfterTheOther(part, 'one@1', 'two@2');
      expect(world.stintsOf(part)[0]?.to).toBeLessThanOrEqual(cutOffAt + termMs);
    }
    expect(one.refused).toEqual([]);
    one.cutOff = null;
    await world.time.pass(2 * termMs);
    expect([countOf(one), countOf(two)]).toEqual([3, 3]);
  });

  it('takes everything up again when the store was away for all, for longer than a term', async () => {
    const processes = [await world.join('one'), await world.join('two')];
    await world.time.pass(termMs);
    for (const process of processes) process.cutOff = 'refused';
    await world.time.pass(10 * termMs);
    expect(world.atWork).toEqual({});
    for (const process of processes) process.cutOff = null;
    await world.time.pass(termMs);
    expect(processes.map(countOf)).toEqual([3, 3]);
    await world.time.pass(10 * termMs);
    expect(processes.map(countOf)).toEqual([3, 3]);
    expect(processes.map(({ refused }) => refused)).toEqual([[], []]);
  });

  it('takes again what it was given without being told', async () => {
    const one = await world.join('one', { cutOff: 'answer lost to taking work' });
    expect(await world.leases.holders('work/')).toHaveLength(1);
    expect(world.atWork).toEqual({});
    one.cutOff = null;
    await world.time.pass(betweenTurnsMs);
    expect(world.atWork).toEqual({ ...everything('one', 1), a: 'one@2' });
  });

  it('leaves all the same', async () => {
    const one = await world.join('one');
    one.cutOff = 'refused';
    await one.leave();
    expect(world.atWork).toEqual({});
    await world.join('two');
    await world.time.pass(termMs + betweenTurnsMs);
    expect(world.atWork).toEqual(everything('two', 2));
  });
});

describe('§8.6 a process that slept past its lease', () => {
  it('is fenced when it wakes, stops, and gets its share again', async () => {
    const one = await world.join('one');
    await world.time.pass(500);
    one.sleep();
    const two = await world.join('two');
    await world.time.pass(2 * termMs);
    expect(countOf(two)).toBe(6);
    const before = world.commits.length;
    one.wake();
    await world.time.pass(0);
    const woken = { at: world.time.now(), by: 'one', epoch: 1 };
    // The first refusal is enough: it looks at once which leases it still has.
    expect(one.refused).toEqual([{ part: 'a', ...woken }]);
    expect(countOf(one)).toBe(0);
    expect(world.commits.slice(before).filter(({ by }) => by === 'one')).toEqual([]);
    await world.time.pass(termMs);
    expect([countOf(one), countOf(two)]).toEqual([3, 3]);
    for (const part of movedTo(one)) {
      expect(world.stintsOf(part).map(({ by, epoch }) => `${by}@${epoch}`)).toEqual(['one@1', 'two@2', 'one@3']);
    }
  });

  it('goes on if nobody else was there', async () => {
    const one = await world.join('one');
    one.sleep();
    await world.time.pass(5 * termMs);
    one.wake();
    await world.time.pass(termMs);
    expect(world.atWork).toEqual(everything('one', 1));
    expect(one.refused).toEqual([]);
  });
});

describe('a work that fails', () => {
  it('begins again after growing rests if the failure passes, under the same epoch', async () => {
    const away = { error: new StoreUnavailableError('away'), afterMs: 0 };
    const one = await world.join('one', { failing: (_parts, times) => (times <= 4 ? away : null) });
    await world.time.pass(1_600);
    expect(world.stints.filter(({ part }) => part === 'x')).toEqual(
      [0, 100, 300, 700, 1_500].map((from, index): Stint => {
        return { part: 'x', by: 'one', epoch: 1, from, to: index < 4 ? from : null };
      }),
    );
    expect(world.atWork).toEqual(everything('one', 1));
    expect(one.fatal).toEqual([]);
  });

  it('rests shortly again when it has gone well for a while', async () => {
    const away = { error: new StoreUnavailableError('away'), afterMs: 6_000 };
    await world.join('one', { failing: () => away });
    await world.time.pass(18_400);
    expect(world.stintsOf('x').map(({ from }) => from)).toEqual([0, 6_100, 12_200, 18_300]);
  });

  it('ends the process if it does not, and the other works go on until then', async () => {
    const bug = new Error('bug');
    const one = await world.join('one', {
      failing: (parts) => (parts.includes('x') ? { error: bug, afterMs: 500 } : null),
    });
    await world.time.pass(termMs);
    expect(one.fatal).toEqual([bug]);
    const { x: _, ...others } = everything('one', 1);
    expect(world.atWork).toEqual(others);
  });
});
