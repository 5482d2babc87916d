import type { SqliteFolder } from '#lib/adapters/sqlite/open.js';
import type { LogPage, LogReader, Position } from '#lib/engine/ports/event-store.js';
import type { ViewStore } from '#lib/engine/ports/view-store.js';
import { startTallies } from '../engine/tallies.js';
import { Add, Flood, tallyProjection } from '../engine/tally.js';
import { fold } from '../support/fold.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { counted, paging, replaced } from './readers.js';
import { added, startFolding, storedView, wholeLog } from './views.js';

let folder: SqliteFolder | null = null;
afterEach(async () => {
  await folder?.close();
  folder = null;
});

/** Many streams at once, some appends of one event and some of many. */
async function appendAtOnce({ events }: SqliteFolder, streams: number, rounds: number): Promise<void> {
  const stream = async (index: number): Promise<void> => {
    const amounts = Array.from({ length: (index % 3) * 7 + 1 }, () => 1);
    for (let round = 0; round < rounds; round += 1) {
      const at = round * amounts.length;
      await events.append(`tally-s${index}`, at === 0 ? 'none' : at - 1, added(`s${index}`, at, ...amounts));
    }
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => stream(index)));
}

describe('§8.5 what a page says is true: all up to `upTo` has been given', () => {
  it.each(['the thread that appends', 'another thread'])('on %s, while many append', async (where) => {
    const path = newFolder();
    const opened = (folder = await openTestFolder(path));
    const elsewhere = await startFolding(opened, path, { projections: [] });
    const reader: LogReader = where === 'another thread' ? elsewhere.stores.events : opened.events;
    const pages: LogPage[] = [];
    const following = (async () => {
      for await (const page of reader.follow(null, new AbortController().signal)) {
        pages.push(page);
        if (page.events.some(({ stream }) => stream === 'tally-end')) return;
      }
    })();
    await appendAtOnce(opened, 40, 25);
    await opened.events.append('tally-end', 'none', added('end', 0, 1));
    await following;

    const log = await wholeLog(opened.events);
    expect(log).toHaveLength(14 * 25 + 13 * 25 * 8 + 13 * 25 * 15 + 1);
    expect(pages.length).toBeGreaterThan(3);
    let before: Position = '';
    for (const { events, upTo } of pages) {
      // Exactly what lies between the page before and this one: nothing comes later to a place that was passed.
      expect(events).toEqual(log.filter(({ position }) => position > before && position <= upTo));
      expect(upTo >= before).toBe(true);
      before = upTo;
    }
    await elsewhere.stop();
  });
});

/**
 * As a subscription that buffers: says "caught up" over and over while events that it has read still wait to be given,
 * with nothing new at the place where the one before ended.
 */
const overeager = (reader: LogReader): LogReader =>
  paging(reader, async function* (pages) {
    let before: Position = `${reader.logId}.${'0'.repeat(20)}`;
    for await (const { events, upTo } of pages) {
      yield { events: [], upTo: before, atHead: true };
      const half = events.slice(0, Math.ceil(events.length / 2));
      const middle = half.at(-1)?.position ?? upTo;
      yield { events: half, upTo: middle, atHead: false };
      yield { events: [], upTo: middle, atHead: true };
      yield { events: events.slice(half.length), upTo, atHead: true };
      before = upTo;
    }
  });

describe('§8.5 a reader that says "caught up" before what it has buffered is handled', () => {
  it('then a crash, after each commit: only what was folded is passed, nothing is lost (O4)', async () => {
    const path = newFolder();
    const opened = (folder = await openTestFolder(path));
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
      const folding = await startFolding(opened, path, { reader: overeager, views });
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
    const path = newFolder();
    const opened = (folder = await openTestFolder(path));
    await opened.events.append('tally-a', 'none', added('a', 0, 1, 2, 3, 4));
    const committed: string[] = [];
    const folding = await startFolding(opened, path, {
      reader: overeager,
      progress: ({ positions }) => committed.push(positions[tallyProjection.name]?.slice(-2) ?? ''),
    });
    await folding.caughtUp();
    await folding.stop();
    expect(committed).toEqual(['00', '02', '04']);
  });
});

describe('§8.9 a sparse or empty store', () => {
  it('an empty store is ready at once: view and process have passed its end', async () => {
    const tallies = await startTallies(newFolder());
    expect(await tallies.checkpoint()).toMatchObject({ seen: 0, applied: 0, count: 0, digest: '0'.repeat(64) });
    await tallies.stop();
  });

  it('what nobody listens to moves the checkpoints too, and is not read again after a restart', async () => {
    const path = newFolder();
    const system = { actor: { kind: 'system', id: 'test', role: 'system', personId: null } } as const;
    const tallies = await startTallies(path);
    await tallies.execute(Add, { name: 'a', amount: 1 });
    for (let n = 0; n < 20; n += 1) await tallies.execute(Flood, { name: `quiet${n}`, events: 100, bytes: 10 }, system);
    const head = await tallies.folder.events.head();
    expect(await tallies.checkpoint()).toMatchObject({ position: head, seen: 2_002, applied: 2 });
    await tallies.stop();

    const reads = { byProcess: 0, byViews: 0 };
    const again = await startTallies(path, { through: (store) => counted(store, () => (reads.byProcess += 1)) });
    expect(await again.checkpoint()).toMatchObject({ position: head, seen: 2_002, applied: 2 });
    expect(again.progress.passed('totals').position).toBe(head);
    const folding = await startFolding(again.folder, path, {
      reader: (reader) => counted(reader, () => (reads.byViews += 1)),
    });
    await folding.caughtUp();
    await folding.stop();
    expect(reads).toEqual({ byProcess: 0, byViews: 0 });
    await again.stop();
  });
});
