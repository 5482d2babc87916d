import { FencedError } from '#lib/engine/ports/leases.js';
import type { ViewStore } from '#lib/engine/ports/view-store.js';
import { tallyProjection } from '../engine/tally.js';
import { fold } from '../support/fold.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { replaced } from './readers.js';
import { added, startFolding, storedView, wholeLog, type Folding } from './views.js';

/** A view store whose commits wait until they are woken. */
function sleeping() {
  let wake: () => void = () => undefined;
  let fallAsleep: () => void = () => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  const asleep = new Promise<void>((resolve) => (fallAsleep = resolve));
  const views = (store: ViewStore): ViewStore =>
    replaced(store, {
      async commit(commits) {
        fallAsleep();
        await woken;
        return store.commit(commits);
      },
    });
  return { views, asleep, wake };
}

onAllStores((newInstallation) => {
  let stores: OpenStores;
  let running: Folding[] = [];
  const start = async (options: Parameters<typeof startFolding>[1]): Promise<Folding> => {
    const folding = await startFolding(stores, options);
    running.push(folding);
    return folding;
  };
  beforeEach(async () => {
    stores = await newInstallation().open();
  });
  afterEach(async () => {
    for (const folding of running) await folding.stop();
    running = [];
    await stores.close();
  });

  const shown = () => storedView(stores.views, tallyProjection);

  describe('§8.6 the owner of a view sleeps past its lease, in the middle of a commit, and wakes', () => {
    it.each([
      ['of the view’s first events', 0],
      ['of later ones', 3],
    ])('%s: it is fenced and ends, and nothing has changed; the other goes on', async (_which, before) => {
      const { events } = stores;
      if (before > 0) {
        await events.append('tally-old', 'none', added('old', 0, ...Array.from({ length: before }, () => 1)));
        const earlier = await start({ epoch: 1 });
        await earlier.caughtUp();
        await earlier.stop();
        running = [];
      }
      await events.append('tally-a', 'none', added('a', 0, 1, 2));
      const { views, asleep, wake } = sleeping();
      const first = await start({ epoch: 1, views });
      await asleep;
      const second = await start({ epoch: 2 });
      await second.caughtUp();
      const taken = await shown();
      expect(taken.checkpoint).toMatchObject({ epoch: 2, seen: before + 2 });

      wake();
      expect(await first.ended).toBeInstanceOf(FencedError);
      expect(await shown()).toEqual(taken);
      await events.append('tally-a', 1, added('a', 3, 4));
      await second.caughtUp();
      const { documents, checkpoint } = await shown();
      expect(documents).toEqual(fold(tallyProjection, await wholeLog(events)));
      expect(checkpoint).toMatchObject({ epoch: 2, seen: before + 3, applied: before + 3 });
    });
  });
});
