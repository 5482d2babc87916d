import { jest } from '@jest/globals';
import { Chance } from '#lib/histories/chance.js';
import { allParts, termMs, World, type OwningProcess } from './owning-world.js';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end(), 30_000);

describe('whatever happens to processes', () => {
  afterEach(() => jest.restoreAllMocks());

  /** At this instant, the ends of its sleep included. */
  const wasAsleep = ({ slept }: OwningProcess, at: number) => slept.some(({ from, to }) => from <= at && at <= to);

  function expectNoTwoAtOnce(): void {
    const named = new Map(world.processes.map((process) => [process.name, process]));
    for (const part of allParts) {
      const stints = world.stints.filter((stint) => stint.part === part);
      for (const [index, next] of stints.entries()) {
        for (const earlier of stints.slice(0, index)) {
          const process = named.get(earlier.by);
          if ((earlier.to ?? Infinity) <= next.from || (process && wasAsleep(process, next.from))) continue;
          throw new Error(`Two at once: ${JSON.stringify([earlier, next])}`);
        }
      }
      const owners = new Map<number, Set<string>>();
      for (const { epoch, by } of stints) owners.set(epoch, (owners.get(epoch) ?? new Set()).add(by));
      expect([...owners.values()].filter(({ size }) => size > 1)).toEqual([]);
      // In the order of commits no epoch comes after a later one.
      const epochs = world.commits.filter((commit) => commit.part === part).map(({ epoch }) => epoch);
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    }
  }

  it('each part has one owner at a time, and in the end all have equal shares', async () => {
    const seed = Date.now() % 1_000_000;
    console.log(`seed ${seed}`);
    const chance = new Chance(seed);
    jest.spyOn(Math, 'random').mockImplementation(() => chance.share());
    const someOf = <T>(things: readonly T[]) => things[chance.number(things.length)];
    const living = () => world.processes.filter(({ isGone }) => !isGone);
    await world.join('p0');
    for (let step = 1; step <= 400; step += 1) {
      const process = someOf(living());
      const act = chance.share();
      if (!process || (act < 0.2 && living().length < 5)) await world.join(`p${step}`);
      else if (act < 0.25) process.die();
      else if (act < 0.35) {
        process.cutOff = null;
        process.wake();
        await process.leave();
      } else if (act < 0.6) process.cutOff = someOf(['refused', 'silent', 'answer lost', null, null] as const) ?? null;
      else if (process.time.isAsleep) process.wake();
      else if (act < 0.8) process.sleep();
      await world.time.pass(chance.share() * 1.5 * termMs);
    }
    for (const process of living()) {
      process.cutOff = null;
      process.wake();
    }
    await world.join('last');
    await world.time.pass(4 * termMs);
    expectNoTwoAtOnce();
    const counts = living().map(
      ({ name }) => Object.values(world.atWork).filter((who) => who.startsWith(`${name}@`)).length,
    );
    expect(Object.keys(world.atWork)).toEqual([...allParts]);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const fenced = world.processes.reduce((sum, { refused }) => sum + refused.length, 0);
    console.log(`${world.processes.length} processes, ${world.commits.length} commits, ${fenced} refused`);
    expect(fenced).toBeGreaterThan(0);
    expect(world.processes.flatMap(({ fatal }) => fatal)).toEqual([]);
  }, 30_000);
});
