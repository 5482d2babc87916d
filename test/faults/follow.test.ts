import type { LogPage, LogReader, Position } from '#lib/engine/ports/event-store.js';
import type { ViewStore } from '#lib/engine/ports/view-store.js';
import { startTallies } from '../engine/tallies.js';
import { Add, Flood, tallyProjection } from '../engine/tally.js';
import { fold } from '../support/fold.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { beginningOf } from '../support/positions.js';
import { counted, paging, replaced } from './readers.js';
import { added, startFolding, storedView, wholeLog } from './views.js';

let stores: OpenStores | null = null;
afterEach(async () => {
  await stores?.close();
  stores = null;
});

/** Many streams at once, some appends of one event and some of many. */
async function appendAtOnce({ events }: OpenStores, streams: number, rounds: number): Promise<void> {
  const stream = async (index: number): Promise<void> => {
    const amounts = Array.from({ length: (index % 3) * 7 + 1 }, () => 1);
    for (let round = 0; round < rounds; round += 1) {
      const at = round * amounts.length;
      await events.append(`tally-s${index}`, at === 0 ? 'none' : at - 1, added(`s${index}`, at, ...amounts));
    }
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => stream(index)));
}

/** What a follower is given until it has seen the event that is appended last. */
async function pagesToEnd(reader: LogReader): Promise<readonly LogPage[]> {
  const pages: LogPage[] = [];
  for await (const page of reader.follow(null, new AbortController().signal)) {
    pages.push(page);
    if (page.events.some(({ stream }) => stream === 'tally-end')) break;
  }
  return pages;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/**
 * As a subscription that buffers: says "caught up" over and over while events that it has read still wait to be given,
 * with nothing new at the place where the one before ended.
 */
const overeager = (reader: LogReader): LogReader =>
  paging(reader, async function* (pages) {
    let before: Position | null = null;
    for await (const { events, upTo } of pages) {
      yield { events: [], upTo: before ?? beginningOf(upTo), atHead: true };
      const half = events.slice(0, Math.ceil(events.length / 2));
      const middle = half.at(-1)?.position ?? upTo;
      yield { events: half, upTo: middle, atHead: false };
      yield { events: [], upTo: middle, atHead: true };
      yield { events: events.slice(half.length), upTo, atHead: true };
      before = upTo;
    }
  });

onAllStores((newInstallation) => {
  describe('§8.5 what a page says is true: all up to `upTo` has been given', () => {
    it('to whoever appends and to whoever folds, while many append', async () => {
      const opened = (stores = await newInstallation().open());
      const elsewhere = await startFolding(opened, { projections: [] });
      const following = Promise.all([opened.events, elsewhere.stores.events].map(pagesToEnd));
      await appendAtOnce(opened, 40, 25);
      await opened.events.append('tally-end', 'none', added('end', 0, 1));
      const log = await wholeLog(opened.events);
      expect(log).toHaveLength(14 * 25 + 13 * 25 * 8 + 13 * 25 * 15 + 1);
      for (const pages of await following) {
        expect(pages.length).toBeGreaterThan(3);
        expect(pages.map(({ upTo }) => upTo)).toEqual(pages.map(({ upTo }) => upTo).sort());
        // Exactly what lies between the page before and this one: nothing comes later to a place that was passed.
        const expected = pages.map(({ upTo }) => log.findLastIndex(({ position }) => position <= upTo) + 1);
        const given = pages.map(({ events }) => events.length);
        expect(given.map((_, index) => sum(given.slice(0, index + 1)))).toEqual(expected);
        expect(pages.flatMap(({ events }) => events)).toEqual(log);
      }
      await elsewhere.stop();
    });
  });

  describe('§8.5 a reader that says "caught up" before what it has buffered is handled', () => {
    it('then a crash, after each commit: only what was folded is passed, nothing is lost (O4)', async () => {
      const opened = (stores = await newInstallation().open());
      await appendAtOnce(opened, 12, 12);
      const events = await wholeLog(opened.events);
      const positions: Position[] = [];
      for (let isCaughtUp = false; !isCaughtUp;) {
        let crash: () => void = () => undefined;
        const crashed = new Promise<void>((resolve) => (crash = resolve));
        const views = (store: ViewStore): ViewStore =>
          replaced(store, {
            async commit(commits) {
              await store.commit(commits);
              crash();
              return new Promise(() => undefined);
            },
          });
        const folding = await startFolding(opened, { reader: overeager, views });
        await Promise.race([crashed, folding.caughtUp()]);
        await folding.stop(crashed);
        const { documents, checkpoint } = await storedView(opened.views, tallyProjection);
        const position = checkpoint?.position ?? '';
        expect(documents).toEqual(
          fold(
            tallyProjection,
            events.filter((event) => event.position <= position),
          ),
        );
        isCaughtUp = positions.at(-1) === position;
        positions.push(position);
      }
      expect(positions.length).toBeGreaterThan(8);
      expect(positions.at(-1)).toBe(events.at(-1)?.position);
    });

    it('"caught up" without anything new commits what was folded before', async () => {
      const opened = (stores = await newInstallation().open());
      await opened.events.append('tally-a', 'none', added('a', 0, 1, 2, 3, 4));
      const [, second, , fourth] = await wholeLog(opened.events);
      const committed: (Position | undefined)[] = [];
      const folding = await startFolding(opened, {
        reader: overeager,
        progress: ({ positions }) => committed.push(positions[tallyProjection.name]),
      });
      await folding.caughtUp();
      await folding.stop();
      expect(committed).toEqual([beginningOf(fourth?.position ?? ''), second?.position, fourth?.position]);
    });
  });

  describe('§8.9 a sparse or empty store', () => {
    it('an empty store is ready at once: view and process have passed its end', async () => {
      const tallies = await startTallies(newInstallation());
      expect(await tallies.checkpoint()).toMatchObject({ seen: 0, applied: 0, count: 0, digest: '0'.repeat(64) });
      await tallies.stop();
    });

    it('what nobody listens to moves the checkpoints too, and is not read again after a restart', async () => {
      const installation = newInstallation();
      const system = { actor: { kind: 'system', id: 'test', role: 'system', personId: null } } as const;
      const tallies = await startTallies(installation);
      await tallies.execute(Add, { name: 'a', amount: 1 });
      for (let n = 0; n < 20; n += 1)
        await tallies.execute(Flood, { name: `quiet${n}`, events: 100, bytes: 10 }, system);
      const head = await tallies.stores.events.head();
      expect(await tallies.checkpoint()).toMatchObject({ position: head, seen: 2_002, applied: 2 });
      await tallies.stop();

      const reads = { byProcess: 0, byViews: 0 };
      const again = await startTallies(installation, {
        through: (store) => counted(store, () => (reads.byProcess += 1)),
      });
      expect(await again.checkpoint()).toMatchObject({ position: head, seen: 2_002, applied: 2 });
      expect(again.progress.passed('totals').position).toBe(head);
      const folding = await startFolding(again.stores, {
        reader: (reader) => counted(reader, () => (reads.byViews += 1)),
      });
      await folding.caughtUp();
      await folding.stop();
      expect(reads).toEqual({ byProcess: 0, byViews: 0 });
      await again.stop();
    });
  });
});
