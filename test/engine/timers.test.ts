import type { Call } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { EventCatalog } from '#lib/engine/catalog.js';
import { silent } from '#lib/engine/ports/logger.js';
import { Timers } from '#lib/engine/processes/timers.js';
import { ManualClock } from '../support/clock.js';
import { replaced } from '../faults/readers.js';
import { onAllStores } from '../support/installations.js';
import { until } from '../support/until.js';
import { startTallies, type Tallies } from './tallies.js';
import { Add, group, Remind, tally, tallyEvents } from './tally.js';

const minuteMs = 60_000;

/** Types of a stream's events. */
async function eventsOf({ stores }: Tallies, stream: string): Promise<string[]> {
  const types = [];
  for await (const page of stores.events.read(stream, 0)) types.push(...page.map(({ type }) => type));
  return types;
}
const timersOf = async ({ stores }: Tallies) =>
  (await stores.records.list({ table: 'timers', limit: 50 })).map(({ key, sort }) => [key, sort]);

const reminded = (tallies: Tallies, name: string) => async () =>
  (await eventsOf(tallies, `tally-${name}`)).includes('Reminded');
const noTimers = (tallies: Tallies) => async () => (await timersOf(tallies)).length === 0;
const oneTimer = (tallies: Tallies) => async () => (await timersOf(tallies)).length === 1;

onAllStores((newInstallation) => {
  it('§8.17 a timer is set with the checkpoint of its process and fires when it is due, not before', async () => {
    const tallies = await startTallies(newInstallation());
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(oneTimer(tallies));
    expect(await timersOf(tallies)).toEqual([['totals/a', '2026-03-01T12:01:00.000Z']]);
    tallies.clock.advance(minuteMs - 1);
    await tallies.execute(Add, { name: 'b', amount: 0 });
    expect(await eventsOf(tallies, 'tally-a')).toEqual(['Added']);
    tallies.clock.advance(1);
    await until(noTimers(tallies));
    expect(await eventsOf(tallies, 'tally-a')).toEqual(['Added', 'Reminded']);
    await tallies.stop();
  });

  it('R39 what is done by the system names its process or its timer as actor', async () => {
    const tallies = await startTallies(newInstallation());
    const actorsOf = async (stream: string) => {
      const actors = [];
      for await (const page of tallies.stores.events.read(stream, 0))
        actors.push(...page.map(({ meta }) => meta.actor));
      return actors;
    };
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(oneTimer(tallies));
    tallies.clock.advance(minuteMs);
    await until(noTimers(tallies));
    const system = { kind: 'system', role: 'system', personId: null };
    expect(await actorsOf('group-a')).toEqual([{ ...system, id: 'totals' }]);
    expect((await actorsOf('tally-a')).at(-1)).toEqual({ ...system, id: 'totals.timer' });
    await tallies.stop();
  });

  it('§8.17 a timer that fell due while nobody ran fires at the start, late but once', async () => {
    const installation = newInstallation();
    const clock = new ManualClock();
    const before = await startTallies(installation, { clock });
    await before.execute(Add, { name: 'a', amount: 1 });
    await until(oneTimer(before));
    await before.stop();

    clock.advance(10 * minuteMs);
    const after = await startTallies(installation, { clock });
    await until(noTimers(after));
    expect(await eventsOf(after, 'tally-a')).toEqual(['Added', 'Reminded']);
    await after.stop();
  });

  it('§8.17 a timer fired twice, since the crash came before it was removed: one effect', async () => {
    const installation = newInstallation();
    const clock = new ManualClock();
    const first = await startTallies(installation, { clock });
    await first.execute(Add, { name: 'a', amount: 1 });
    await until(oneTimer(first));
    const [row] = await first.stores.records.list({ table: 'timers', limit: 1 });
    clock.advance(minuteMs);
    await until(noTimers(first));
    // As the records were before: the command was answered, the timer is still there.
    const { table, key, value, sort } = row ?? { table: '', key: '', value: null, sort: null };
    await first.stores.records.transact([{ table, key, expect: 'none', value, sort }]);
    await first.stop();

    const second = await startTallies(installation, { clock });
    await until(noTimers(second));
    expect(await eventsOf(second, 'tally-a')).toEqual(['Added', 'Reminded']);
    await second.stop();
  });

  it('§8.17 two that fire the same timer at once: one effect, and both go on', async () => {
    const tallies = await startTallies(newInstallation());
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(oneTimer(tallies));
    const { stores, clock, progress } = tallies;
    const shared = {
      store: stores.events,
      records: stores.records,
      catalog: new EventCatalog(tallyEvents),
      clock,
      settings: {},
      settlement: progress,
    };
    const engine = new CommandEngine({ deciders: [tally, group], solelyOurs: false, ...shared });
    const execute = (command: object, call: Call) => engine.execute(command, call);
    const others = new Timers(stores.records, clock, new Map([[Remind.type, Remind]]), execute, silent);
    const stopping = new AbortController();
    clock.advance(minuteMs);
    others.start(stopping.signal);
    await until(noTimers(tallies));
    stopping.abort();
    await others.stop();
    expect(await eventsOf(tallies, 'tally-a')).toEqual(['Added', 'Reminded']);
    await tallies.stop();
  });

  it('§8.17 a timer that is set again while it fires keeps its new due time; one that is cleared stays cleared', async () => {
    const held: (() => void)[] = [];
    let isHeld = false;
    const tallies = await startTallies(newInstallation(), {
      through: (store) =>
        replaced(store, {
          // Holds the timer's own append, so that what follows comes while it fires.
          append: async (stream, expected, events) => {
            if (events[0]?.type === 'Reminded' && !isHeld) {
              isHeld = true;
              await new Promise<void>((resolve) => held.push(resolve));
            }
            return store.append(stream, expected, events);
          },
        }),
    });
    const firing = async () => {
      tallies.clock.advance(minuteMs);
      await until(async () => held.length === 1);
    };

    await tallies.execute(Add, { name: 'again', amount: 1 });
    await until(oneTimer(tallies));
    await firing();
    const later = tallies.execute(Add, { name: 'again', amount: 1 });
    held.pop()?.();
    await later;
    await until(async () => (await timersOf(tallies))[0]?.[1] === '2026-03-01T12:02:00.000Z');
    expect(await eventsOf(tallies, 'tally-again')).toEqual(['Added', 'Reminded', 'Added']);
    tallies.clock.advance(minuteMs);
    await until(noTimers(tallies));
    // Its command found nothing to do.
    expect(await eventsOf(tallies, 'tally-again')).toEqual(['Added', 'Reminded', 'Added']);

    isHeld = false;
    await tallies.execute(Add, { name: 'cleared', amount: 1 });
    await until(oneTimer(tallies));
    await firing();
    const clearing = tallies.execute(Add, { name: 'cleared', amount: 1_000 });
    held.pop()?.();
    await clearing;
    await until(noTimers(tallies));
    expect(await reminded(tallies, 'cleared')()).toBe(true);
    expect(await timersOf(tallies)).toEqual([]);
    await tallies.stop();
  });
});
