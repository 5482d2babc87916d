import type { AnyProjection } from '#lib/engine/model/projection.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import type { ViewStore } from '#lib/engine/ports/view-store.js';
import { tallyProjection } from '../engine/tally.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { replaced } from './readers.js';
import { added, startFolding, storedView, type Folding } from './views.js';

/** A second view of the same documents under another name, so that both must become equal. */
const newcomer: AnyProjection = { ...tallyProjection, name: 'newcomer' };
const both = [tallyProjection, newcomer];

let stores: OpenStores | null = null;
let folding: Folding | null = null;
afterEach(async () => {
  await folding?.stop();
  await stores?.close();
  [folding, stores] = [null, null];
});

async function expectEqualViews(running: Folding): Promise<void> {
  await running.caughtUp();
  const [old, added] = await Promise.all(both.map((view) => storedView(running.stores.views, view)));
  expect(added).toEqual(old);
  expect(Object.keys(old?.documents ?? {}).length).toBeGreaterThan(0);
}

onAllStores((newInstallation) => {
  describe('§8.10 a new view beside existing ones', () => {
    it('catches up by itself under constant appends, delays no other, and then goes on together with them', async () => {
      const opened = (stores = await newInstallation().open());
      const { events } = opened;
      for (let stream = 0; stream < 40; stream += 1) {
        const amounts = Array.from({ length: 150 }, () => 1);
        await events.append(`tally-old${stream}`, 'none', added(`old${stream}`, 0, ...amounts));
      }
      const before = await startFolding(opened);
      await before.caughtUp();
      await before.stop();

      let readings = 0;
      const reader = (inner: LogReader): LogReader =>
        replaced(inner, {
          follow(after, signal) {
            readings += 1;
            return inner.follow(after, signal);
          },
        });
      const running = (folding = await startFolding(opened, { projections: both, reader }));
      const isBehind = () =>
        !running.visible.of(newcomer.name).hasReached(running.visible.of(tallyProjection.name).position ?? '');
      let shownMeanwhile = 0;
      for (let n = 0; n < 2_000 && isBehind(); n += 1) {
        const result = await events.append(`tally-new${n}`, 'none', added(`new${n}`, 0, 1));
        if (!result.ok) throw new Error('The append was refused.');
        expect(await running.visible.of(tallyProjection.name).reach(result.position, 2_000)).toBe(true);
        if (isBehind()) shownMeanwhile += 1;
      }
      expect(isBehind()).toBe(false);
      expect(shownMeanwhile).toBeGreaterThan(0);
      await expectEqualViews(running);
      // Joined: one reading of the log brings both on.
      const readingsBefore = readings;
      await events.append('tally-last', 'none', added('last', 0, 1, 2, 3));
      await expectEqualViews(running);
      expect(readings).toBe(readingsBefore);
    }, 30_000);

    it('loses nothing of the view ahead when joining it fails halfway', async () => {
      const opened = (stores = await newInstallation().open());
      await opened.events.append('tally-a', 'none', added('a', 0, 1));
      const before = await startFolding(opened);
      await before.caughtUp();
      await before.stop();
      await opened.events.append('tally-b', 'none', added('b', 0, 1, 2));

      // The first reading, of the view ahead, stands still: the newcomer is at the end before it and brings it along.
      let follows = 0;
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      const reader = (inner: LogReader): LogReader =>
        replaced(inner, {
          async *follow(after, signal) {
            if ((follows += 1) === 1) await held;
            yield* inner.follow(after, signal);
          },
        });
      let failures = 0;
      const views = (inner: ViewStore): ViewStore =>
        replaced(inner, {
          async commit(commits) {
            const isOfTheViewAhead = commits.some(({ view }) => view === tallyProjection.name);
            if (isOfTheViewAhead && (failures += 1) === 1) throw new Error('no space');
            return inner.commit(commits);
          },
        });
      const running = (folding = await startFolding(opened, { projections: both, reader, views }));
      await expectEqualViews(running);
      expect(failures).toBeGreaterThan(1);
      goOn();
      await opened.events.append('tally-c', 'none', added('c', 0, 3));
      await expectEqualViews(running);
    });

    it('goes on by itself when the views ahead have stopped', async () => {
      const opened = (stores = await newInstallation().open());
      const { events } = opened;
      await events.append('tally-a', 'none', added('a', 0, 1));
      const broken: AnyProjection = {
        ...tallyProjection,
        fold(event, docs) {
          if (event.data.amount === 7) throw new Error('broken');
          tallyProjection.fold(event, docs);
        },
      };
      const before = await startFolding(opened, { projections: [broken] });
      await before.caughtUp();
      await before.stop();
      const names = Array.from({ length: 1_001 }, (_, index) => `poison${index}`);
      await Promise.all(names.map((name) => events.append(`tally-${name}`, 'none', added(name, 0, 7))));
      const running = (folding = await startFolding(opened, { projections: [broken, newcomer] }));
      const head = await opened.events.head();
      expect(await running.visible.of(newcomer.name).reach(head, 20_000)).toBe(true);
      await opened.events.append('tally-b', 'none', added('b', 0, 1, 2));
      expect(await running.visible.of(newcomer.name).reach(await opened.events.head(), 5_000)).toBe(true);
      expect((await storedView(running.stores.views, broken)).documents).toEqual({
        'tally/a': { name: 'a', total: 1, additions: 1, revision: 0 },
      });
    }, 60_000);
  });
});
