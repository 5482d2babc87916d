import { openProjector } from '#lib/adapters/sqlite/open.js';
import type { LogPage, LogReader } from '#lib/engine/ports/event-store.js';
import { eventId, newEvent, newEvents } from '../../contract/events.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

const fail = (error: Error) => {
  throw error;
};

async function until(log: LogReader, count: number): Promise<readonly LogPage[]> {
  const pages: LogPage[] = [];
  const stop = new AbortController();
  for await (const page of log.follow(null, stop.signal)) {
    pages.push(page);
    if (pages.flatMap(({ events }) => events).length >= count) stop.abort();
  }
  return pages;
}

describe('The SQLite log on the projector’s thread', () => {
  it('catches up with what is there, then gets what is appended, as the main thread does', async () => {
    const folder = newFolder();
    const main = await openTestFolder(folder);
    await main.events.append('thing-a', 'none', newEvents('e', 700));
    const projector = await openProjector({ folder, log: main.projectorPort(), onFatal: fail });
    expect(projector.events.logId).toBe(main.events.logId);
    expect(await projector.events.head()).toBe(await main.events.head());
    const followed = [until(projector.events, 1_400), until(main.events, 1_400)];
    for (let n = 700; n < 1_400; n += 7) await main.events.append('thing-a', n - 1, newEvents(`n${n}-`, 7));
    const [there, here] = await Promise.all(followed);
    expect(there?.flatMap(({ events }) => events)).toEqual(here?.flatMap(({ events }) => events));
    expect(there?.at(-1)).toMatchObject({ upTo: await main.events.head(), atHead: true });
    await projector.close();
    await main.close();
  });

  it('gives a follower that fell behind the ring in memory everything from the database', async () => {
    const folder = newFolder();
    const main = await openTestFolder(folder);
    const ids: string[] = [];
    const stop = new AbortController();
    for await (const page of main.events.follow(null, stop.signal)) {
      ids.push(...page.events.map(({ id }) => id));
      if (ids.length === 0) {
        for (let n = 0; n < 12; n += 1) await main.events.append(`thing-${n}`, 'none', newEvents(`e${n}-`, 1_000));
        await main.events.append('thing-large', 'none', [newEvent('large', { text: 'x'.repeat(1_000_000) })]);
      }
      if (ids.length === 12_001) stop.abort();
    }
    const expected = Array.from({ length: 12_000 }, (_, n) => eventId(`e${Math.floor(n / 1_000)}-${n % 1_000}`));
    expect(ids).toEqual([...expected, eventId('large')]);
    await main.close();
  });

  it('ends what follows when it closes', async () => {
    const folder = newFolder();
    const main = await openTestFolder(folder);
    const projector = await openProjector({ folder, log: main.projectorPort(), onFatal: fail });
    const followed = until(projector.events, 1);
    await projector.close();
    expect((await followed).flatMap(({ events }) => events)).toEqual([]);
    await main.close();
  });
});
