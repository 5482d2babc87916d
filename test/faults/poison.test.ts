import { BrokenEventError, UnknownEventError } from '#lib/engine/catalog.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { versionOf, type ParkedKey } from '#lib/engine/ports/view-store.js';
import { startTallies, type Tallies } from '../engine/tallies.js';
import { Add, poison, ShowTally, tallyProjection } from '../engine/tally.js';
import { fold } from '../support/fold.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { inSmallPages } from './readers.js';
import { added, startFolding, storedView, tallyEvent, wholeLog, type Stored } from './views.js';

const poisoned = 666;
let stores: OpenStores | null = null;
let tallies: Tallies | null = null;
afterEach(async () => {
  poison.amount = Number.NaN;
  await tallies?.stop();
  await stores?.close();
  [stores, tallies] = [null, null];
});

interface Found extends Stored {
  readonly parked: readonly ParkedKey[];
}

/** Folds what there is, with pages of a size that are each committed, and looks at what is stored then. */
async function folded(opened: OpenStores, pageSize: number, drop = false): Promise<Found> {
  const folding = await startFolding(opened, { reader: (reader) => inSmallPages(reader, pageSize) });
  await folding.caughtUp();
  const stored = await storedView(folding.stores.views, tallyProjection);
  const parked = await folding.stores.views.parked(versionOf(tallyProjection));
  if (drop) await folding.stores.views.drop(versionOf(tallyProjection));
  await folding.stop();
  return { ...stored, parked };
}

const append = async (opened: OpenStores, stream: string, from: number, ...events: readonly Recorded[]) => {
  const result = await opened.events.append(stream, from === 0 ? 'none' : from - 1, events);
  if (!result.ok) throw new Error(`${stream} is at ${result.actual}.`);
};

const since = '2026-03-01T12:00:00.000Z';
const without = (documents: Stored['documents'], id: string): Stored['documents'] =>
  Object.fromEntries(Object.entries(documents).filter(([other]) => other !== id));

onAllStores((newInstallation) => {
  describe('§8.11 an event that cannot be folded', () => {
    it.each([
      ['first', 0],
      ['in the middle', 2],
      ['last', 5],
    ])('%s in a batch: its key waits in order, all others are exact, also after a restart', async (_where, place) => {
      const installation = newInstallation();
      const opened = (stores = await installation.open());
      const amounts = [1, 2, 3, 4, 5, 6].map((amount, index) => (index === place ? poisoned : amount));
      for (const [index, amount] of amounts.entries()) {
        await append(opened, 'tally-bad', index, ...added('bad', index, amount));
        if (index % 2 === 0) await append(opened, `tally-good${index}`, 0, ...added(`good${index}`, 0, 1, 2));
      }
      const good = fold(
        tallyProjection,
        (await wholeLog(opened.events)).filter(({ stream }) => !stream.endsWith('bad')),
      );
      poison.amount = poisoned;

      const all = await folded(opened, 1_000, true);
      const addresses = amounts.map((_, index) => `tally-bad@${index}`);
      const waiting = { kind: 'tally', key: 'bad', error: 'Error: poisoned', since, event: `tally-bad@${place}` };
      expect(all.parked).toEqual([{ ...waiting, waiting: addresses.slice(place) }]);
      expect(without(all.documents, 'tally/bad')).toEqual(good);
      // What is parked, and the digest, do not depend on where the batches end.
      for (const pageSize of [1, 2, 5]) expect(await folded(opened, pageSize, pageSize < 5)).toEqual(all);

      // Another process: the poison is known from the checkpoint alone, and what comes later waits behind it.
      await append(opened, 'tally-bad', 6, ...added('bad', 6, 7));
      await append(opened, 'tally-late', 0, ...added('late', 0, 7));
      const restarted = await folded(opened, 1_000);
      expect(restarted.parked).toEqual([{ ...waiting, waiting: [...addresses.slice(place), 'tally-bad@6'] }]);
      expect(restarted.documents['tally/late']).toEqual({ name: 'late', total: 7, additions: 1, revision: 0 });

      // Mended: a fold from nothing.
      poison.amount = Number.NaN;
      await folded(opened, 1_000, true);
      const mended = await folded(opened, 1_000);
      expect(mended.documents).toEqual(fold(tallyProjection, await wholeLog(opened.events)));
      expect(mended.parked).toEqual([]);
    });

    it('a query for what waits says so and since when; all others are answered', async () => {
      tallies = await startTallies(newInstallation());
      await tallies.execute(Add, { name: 'bad', amount: 1 });
      poison.amount = poisoned;
      await tallies.execute(Add, { name: 'bad', amount: poisoned });
      await tallies.execute(Add, { name: 'good', amount: 1 });
      const { position } = await tallies.checkpoint();
      const show = (name: string) => Object.assign(new ShowTally(), { name });
      expect(await tallies.ask(show('bad'), position)).toEqual({ kind: 'parked', since, position });
      expect(await tallies.ask(show('good'), position)).toMatchObject({ kind: 'one', body: { total: 1 } });
    });
  });

  describe('§8.11 an event that cannot be read', () => {
    it.each([
      ['breaks its own declaration', tallyEvent('Added', { name: 'bad', amount: 'many' }, 'broken'), BrokenEventError],
      ['was written by a newer build', tallyEvent('Added', { name: 'bad' }, 'newer', 2), UnknownEventError],
    ])('one that %s: its stream waits, and a decider refuses to decide', async (_what, unreadable, error) => {
      const installation = newInstallation();
      const opened = (stores = await installation.open());
      await append(opened, 'tally-bad', 0, ...added('bad', 0, 1));
      await append(opened, 'tally-bad', 1, unreadable);
      await append(opened, 'tally-bad', 2, ...added('bad', 1, 2), unreadable);
      await append(opened, 'tally-good', 0, ...added('good', 0, 1, 2));
      const all = await folded(opened, 1_000, true);
      expect(all.documents).toEqual({
        'tally/bad': { name: 'bad', total: 1, additions: 1, revision: 0 },
        'tally/good': { name: 'good', total: 3, additions: 2, revision: 1 },
      });
      const why = {
        event: 'tally-bad@1',
        since,
        error: expect.any(String) as string,
      };
      expect(all.parked).toEqual([
        { kind: '$stream', key: 'tally-bad', ...why, waiting: ['tally-bad@1', 'tally-bad@2', 'tally-bad@3'] },
        { kind: 'tally', key: 'bad', ...why, event: 'tally-bad@2', waiting: ['tally-bad@2'] },
      ]);
      for (const pageSize of [1, 2, 3]) expect(await folded(opened, pageSize, true)).toEqual(all);
      await opened.close();
      stores = null;

      tallies = await startTallies(installation);
      await expect(tallies.execute(Add, { name: 'bad', amount: 1 })).rejects.toBeInstanceOf(error);
      expect(await tallies.execute(Add, { name: 'good', amount: 1 })).toMatchObject({ kind: 'done', revision: 2 });
    });

    it('one of a type that this build does not know: views skip it, a decider refuses to decide', async () => {
      const installation = newInstallation();
      const opened = (stores = await installation.open());
      await append(opened, 'tally-a', 0, ...added('a', 0, 1), tallyEvent('Doubled', { name: 'a' }, 'unknown'));
      await append(opened, 'tally-a', 2, ...added('a', 2, 1));
      const { documents, parked } = await folded(opened, 1_000);
      expect(documents).toEqual({ 'tally/a': { name: 'a', total: 3, additions: 2, revision: 2 } });
      expect(parked).toEqual([]);
      await opened.close();
      stores = null;

      tallies = await startTallies(installation);
      await expect(tallies.execute(Add, { name: 'a', amount: 1 })).rejects.toBeInstanceOf(UnknownEventError);
      expect(await tallies.execute(Add, { name: 'b', amount: 1 })).toMatchObject({ kind: 'done', revision: 0 });
    });
  });
});
