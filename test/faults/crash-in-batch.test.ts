import type { AnyProjection } from '#lib/engine/model/projection.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import { versionOf, type ViewStore } from '#lib/engine/ports/view-store.js';
import { tallyProjection } from '../engine/tally.js';
import { fold } from '../support/fold.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { FaultLine, type Fault } from './fault-line.js';
import { inSmallPages } from './readers.js';
import { added, startFolding, storedView, tallyEvent, wholeLog, type Stored } from './views.js';

const twin: AnyProjection = { ...tallyProjection, name: 'tallies-twin' };
const projections = [tallyProjection, twin];

/** Ten tallies in two groups, with events in between to which no view listens. */
async function writeLog({ events }: OpenStores): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const name of ['red_a', 'red_b', 'blue_a', 'blue_b']) {
      const expected = round === 0 ? 'none' : round - 1;
      await events.append(`tally-${name}`, expected, added(name, round * 5, 5));
    }
    await events.append(`tally-quiet${round}`, 'none', [tallyEvent('Padded', { padding: '-' }, `pad ${round}`)]);
    const noted = ['red_a', 'red_b'].map((name) =>
      tallyEvent('TotalNoted', { group: 'red', name, total: round * 5 + 5, sourceRevision: round }, `${name} ${round}`),
    );
    await events.append('group-red', round === 0 ? 'none' : round * 2 - 1, noted);
  }
}

onAllStores((newInstallation) => {
  describe('a fault at every await between reading a page and the next one', () => {
    let stores: OpenStores;
    let clean: readonly Stored[] = [];

    beforeAll(async () => {
      stores = await newInstallation().open();
      await writeLog(stores);
      const folding = await startFolding(stores, { projections });
      await folding.caughtUp();
      clean = await Promise.all(projections.map((view) => storedView(folding.stores.views, view)));
      const events = await wholeLog(folding.stores.events);
      for (const view of projections) await folding.stores.views.drop(versionOf(view));
      await folding.stop();
      const documents = fold(tallyProjection, events);
      expect(clean.map((view) => view.documents)).toEqual([documents, documents]);
      // O5: every event that the views listen to was applied, every event was looked at.
      const applied = events.filter(({ type }) => type !== 'Padded').length;
      const seen = events.length;
      expect(clean.map(({ checkpoint }) => checkpoint)).toMatchObject([
        { applied, seen },
        { applied, seen },
      ]);
    });
    afterAll(() => stores.close());

    /** Folds with a fault from where the views are; then, if that was a crash, once more without. Null: it was not reached. */
    async function foldThrough(fault: Fault): Promise<readonly Stored[] | null> {
      const line = new FaultLine(fault);
      const through = {
        reader: (reader: LogReader) => line.through(inSmallPages(reader, 7)),
        views: (views: ViewStore) => line.through(views),
      };
      const failing = await startFolding(stores, { projections, ...through });
      // A runner that fails before it has opened its views ends, or if it meets its own trace: it is begun anew.
      const caughtUp = failing.caughtUp().catch(() => undefined);
      await (fault.fatal ? Promise.race([caughtUp, line.reached]) : caughtUp);
      await failing.stop(fault.fatal ? line.reached : undefined);
      const isReached = line.calls >= fault.at;
      const mended = await startFolding(stores, { projections });
      await mended.caughtUp();
      const found = await Promise.all(projections.map((view) => storedView(mended.stores.views, view)));
      await mended.stop();
      return isReached ? found : null;
    }

    const dropped = async (views: readonly AnyProjection[]): Promise<void> => {
      const folding = await startFolding(stores, { projections });
      await folding.caughtUp();
      for (const view of views) await folding.stores.views.drop(versionOf(view));
      await folding.stop();
    };

    const behinds: readonly (readonly [string, readonly AnyProjection[]])[] = [
      ['all views built from nothing', projections],
      ['one view behind the other, which it joins', [twin]],
    ];
    describe.each([
      ['§8.4 the process dies before the call', { when: 'before', fatal: true }],
      ['§8.4 the process dies after the call', { when: 'after', fatal: true }],
      ['§8.4 the call fails', { when: 'before', fatal: false }],
      // A file does not lose answers; whoever folds would get through that, too.
      ['§8.7 the call is carried out and its answer lost', { when: 'after', fatal: false }],
    ] as const)('%s', (_what, how) => {
      it.each(behinds)(
        '%s: the views equal a fold from nothing (O4, O5)',
        async (_name, behind) => {
          let reached = 0;
          for (let at = 1; ; at += 1) {
            await dropped(behind);
            const found = await foldThrough({ at, ...how });
            if (!found) break;
            expect({ at, found }).toEqual({ at, found: clean });
            reached = at;
          }
          expect(reached).toBeGreaterThan(10);
        },
        60_000,
      );
    });
  });
});
