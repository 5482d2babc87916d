import { EventEmitter, once } from 'node:events';
import type { Actor } from '#lib/engine/model/envelope.js';
import { ParkedDocuments } from '#lib/engine/parking/parked-documents.js';
import { silent } from '#lib/engine/ports/logger.js';
import { versionOf } from '#lib/engine/ports/view-store.js';
import { RebuildRunner } from '#lib/engine/rebuilding/rebuild-runner.js';
import { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { Chance } from '#lib/histories/chance.js';
import { ManualClock } from '../support/clock.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { FaultLine } from './fault-line.js';
import { failing, pairs, storedPairs, type StoredPairs } from './pairs.js';
import { added, startFolding, type Folding } from './views.js';

const version = versionOf(pairs);
const by: Actor = { kind: 'key', id: 'key-1', role: 'operator', personId: null };
const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

let stores: OpenStores;
let folding: Folding;
let told: EventEmitter;

afterEach(async () => {
  failing.fold.clear();
  failing.keys.clear();
  await folding.stop();
  await stores.close();
});

/** A process that folds, until all is folded that there is. */
async function start(through: Parameters<typeof startFolding>[1] = {}): Promise<void> {
  told = new EventEmitter();
  folding = await startFolding(stores, { projections: [pairs], progress: () => told.emit('progress'), ...through });
}

async function startedUp(): Promise<void> {
  await start();
  await folding.caughtUp();
}

async function restart(): Promise<StoredPairs> {
  await folding.stop();
  await startedUp();
  return shown();
}

const shown = (): Promise<StoredPairs> => storedPairs(folding.stores.views);

/** What a fold of everything from nothing gives. */
async function clean(): Promise<StoredPairs> {
  await folding.stop();
  await startedUp();
  await folding.stores.views.drop(version);
  return restart();
}

/** Whoever folds has looked at what was decided, and told what is so now. */
async function until(isSo: (now: StoredPairs) => boolean): Promise<StoredPairs> {
  for (;;) {
    const next = once(told, 'progress');
    const now = await shown();
    if (isSo(now)) return now;
    await next;
  }
}

function operators(): ParkedDocuments {
  const { records, views, events } = stores;
  const clock = new ManualClock();
  const rebuilds = new Rebuilds({ records, views, clock, wake: () => undefined });
  return new ParkedDocuments({ records, views, log: events, rebuilds, clock });
}

/** Adds to these, one event each, a stream for each name. */
async function write(...names: readonly string[]): Promise<readonly string[]> {
  const addresses: string[] = [];
  for (const name of names) {
    const stream = `tally-${name.replaceAll('+', '-')}`;
    let at = -1;
    for await (const page of stores.events.read(stream, 0)) at += page.length;
    await stores.events.append(stream, at < 0 ? 'none' : at, added(name, at + 1, 1));
    addresses.push(`${stream}@${at + 1}`);
  }
  return addresses;
}

onAllStores((newInstallation) => {
  beforeEach(async () => {
    stores = await newInstallation().open();
  });

  describe('§8.11 what waits is folded again', () => {
    it.each([
      ['first', 0],
      ['middle', 3],
      ['last', 6],
    ])('where the %s event failed: by a program that can, as if it had never waited', async (_where, place) => {
      const addresses = await write('a', 'a+b', 'c', 'a', 'b', 'b+d', 'a');
      failing.fold.add(addresses[place] ?? '');
      await startedUp();
      const before = await shown();
      expect(Object.keys(before.waiting).length).toBeGreaterThan(0);
      // A process that is started again tries at once; the same program fails as before.
      expect(await restart()).toEqual(before);
      failing.fold.clear();
      const mended = await restart();
      expect(mended.waiting).toEqual({});
      expect(mended).toEqual(await clean());
      // And goes on in order.
      await write('a+b');
      await folding.caughtUp();
      expect(await shown()).toEqual(await clean());
    });

    it('when operators ask for it, without a restart; what fails again waits on', async () => {
      const [, , bad = '', , worse = ''] = await write('a', 'b', 'a+b', 'c', 'c', 'a', 'c');
      failing.fold.add(bad).add(worse);
      await startedUp();
      expect(Object.keys((await shown()).waiting)).toEqual(['letter/a', 'letter/b', 'letter/c']);
      failing.fold.delete(bad);
      expect(await operators().retry(version)).toEqual({ done: 3 });
      const mended = await until(({ waiting }) => Object.keys(waiting).length === 1);
      expect(mended.waiting).toEqual({ 'letter/c': [worse, 'tally-c@2'] });
      expect(mended).toEqual(await clean());
      failing.fold.clear();
      await operators().retry(version);
      await until(({ waiting }) => Object.keys(waiting).length === 0);
      expect(await operators().retry(version)).toEqual({ refused: 'nothingWaits' });
    });

    it('a fault at every await on the way: another process comes to the same', async () => {
      const [, bad = ''] = await write('a', 'a+b', 'a', 'b+c', 'c', 'd');
      await startedUp();
      const expected = await clean();
      const ways = (['before', 'after'] as const).flatMap((when) => [true, false].map((fatal) => ({ when, fatal })));
      for (const way of ways) {
        for (let at = 1, isReached = true; isReached; at += 1) {
          await folding.stores.views.drop(version);
          failing.fold.add(bad);
          await restart();
          await folding.stop();
          failing.fold.clear();
          const line = new FaultLine({ at, ...way });
          await start({ reader: (reader) => line.through(reader), views: (views) => line.through(views) });
          const caughtUp = folding.caughtUp().catch(() => undefined);
          await (way.fatal ? Promise.race([caughtUp, line.reached]) : caughtUp);
          isReached = line.calls >= at;
          await folding.stop(way.fatal ? line.reached : undefined);
          await startedUp();
          expect({ way, at, found: await shown() }).toEqual({ way, at, found: expected });
        }
      }
    }, 60_000);

    it('not out of order: an event whose documents were not known waits for a view that is built anew', async () => {
      const [, bad = ''] = await write('a', 'a+b', 'b');
      failing.keys.add(bad);
      await startedUp();
      expect((await shown()).waiting).toEqual({ '$stream/tally-a-b': [bad] });
      failing.keys.clear();
      const { waiting, documents } = await restart();
      expect(waiting).toEqual({ 'letter/a': [bad], 'letter/b': [bad] });
      expect(documents['letter/b']).toEqual({ events: ['tally-b@0'] });
      const [parked] = await operators().waiting(version);
      expect(parked?.error).toContain('gone on without it. Build the view anew.');
      expect((await clean()).waiting).toEqual({});
    });
  });

  describe('R93 events that a view leaves out', () => {
    it('what waits behind one goes on; live and fresh folds agree, until it is withdrawn', async () => {
      const [, bad = ''] = await write('a', 'a+b', 'a', 'b');
      failing.fold.add(bad);
      await startedUp();
      const [waiting] = await operators().waiting(version);
      expect(waiting).toMatchObject({ key: 'a', event: bad, error: 'Error: no fold', stored: { type: 'Added' } });

      const parked = operators();
      const skip = { event: bad, reason: 'A fault of March.', by };
      expect(await parked.skip(version, { ...skip, event: 'tally-a@1' })).toEqual({ refused: 'notFailed' });
      const { done } = (await parked.skip(version, skip)) as { done: object };
      expect(done).toEqual({ ...skip, at: '2026-03-01T12:00:00.000Z' });
      expect(await parked.skips(pairs.name)).toEqual([done]);
      const skipped = await until(({ waiting }) => Object.keys(waiting).length === 0);
      expect(skipped.documents).toEqual({
        'letter/a': { events: ['tally-a@0', 'tally-a@1'] },
        'letter/b': { events: ['tally-b@0'] },
      });
      expect(await restart()).toEqual(skipped);
      expect(await clean()).toEqual(skipped);
      // Again, it changes nothing; also not by another reason.
      expect(await parked.skip(version, { ...skip, reason: 'Again.' })).toEqual({ done });

      failing.fold.clear();
      expect(await parked.withdraw(version, 'tally-a@1', by)).toEqual({ refused: 'notSkipped' });
      const withdrawn = await parked.withdraw(version, bad, by);
      expect(withdrawn).toMatchObject({ done: { status: 'running', switching: 'anyhow', startedBy: by } });
      expect(await parked.skips(pairs.name)).toEqual([]);
      const { waiting: none, documents } = await untilSwitched();
      expect([none, documents['letter/a']]).toEqual([{}, { events: ['tally-a@0', bad, 'tally-a@1'] }]);
    });

    it('one that cannot be read at all: its stream goes on', async () => {
      const [, bad = '', next = ''] = await write('a', 'a', 'a', 'b');
      failing.keys.add(bad);
      await startedUp();
      expect((await shown()).waiting).toEqual({ '$stream/tally-a': [bad, next], 'letter/a': [next] });
      await operators().skip(version, { event: bad, reason: 'It cannot be read.', by });
      const skipped = await until(({ waiting }) => Object.keys(waiting).length === 0);
      expect(skipped.documents['letter/a']).toEqual({ events: ['tally-a@0', next] });
      expect(skipped).toEqual(await clean());
    });

    it(`whatever fails, is mended or left out: as a fresh fold (seed ${seed})`, async () => {
      const chance = new Chance(seed);
      const letter = (): string => 'abcdefgh'.charAt(chance.number(8));
      const names = Array.from({ length: 60 }, () => (chance.share() < 0.4 ? `${letter()}+${letter()}` : letter()));
      const addresses = await write(...names);
      for (const address of addresses) if (chance.share() < 0.08) failing.fold.add(address);
      failing.fold.add(addresses[20] ?? '');
      await startedUp();
      for (let now = await shown(), steps = 1; Object.keys(now.waiting).length > 0; now = await shown(), steps += 1) {
        // One that failed is mended by a new build of the program, or left out; one that waits behind it cannot be.
        const [mended = ''] = failing.fold;
        if (chance.share() < 0.5) {
          failing.fold.delete(mended);
          await restart();
        } else {
          const skipped: string[] = [];
          for (const { event } of await operators().waiting(version)) {
            const skip = await operators().skip(version, { event, reason: 'Random.', by });
            if ('done' in skip) skipped.push(event);
          }
          expect(skipped.filter((event) => !failing.fold.has(event))).toEqual([]);
          // Whoever folds may have looked when only some of them were skipped.
          const isSkipped = (event: string): boolean => skipped.includes(event);
          await until(({ waiting }) => !Object.values(waiting).some((events) => events.some(isSkipped)));
        }
        const found = await shown();
        expect({ seed, steps, found: await clean() }).toEqual({ seed, steps, found });
      }
    }, 60_000);
  });
});

/** Carries out what was begun, until reads have moved. */
async function untilSwitched(): Promise<StoredPairs> {
  const { records } = stores;
  const { views } = folding.stores;
  const stopping = new AbortController();
  const options = { records, views, control: views, clock: new ManualClock(), log: silent, lookEveryMs: 50 };
  const running = new RebuildRunner(options).run(stopping.signal);
  await until(({ documents }) => JSON.stringify(documents).includes('tally-a-b'));
  stopping.abort();
  await running;
  return shown();
}
