import { jest } from '@jest/globals';
import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import { openMongo } from '#lib/adapters/mongodb/open.js';
import { silent } from '#lib/engine/ports/logger.js';
import { replaced } from '../faults/readers.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { kurrentServers, newNamespace, type KurrentServer } from '../support/kurrentdb.js';
import { mongoServers, newDatabaseUrl, type MongoServer } from '../support/mongodb.js';
import { contentOf, exported, filledFolder, imported, type Stores } from './copies.js';

// Servers are started, and a client's first read takes half a second.
jest.setTimeout(60_000);
const pairs = kurrentServers.flatMap(([log, startLog]) =>
  mongoServers.map(([views, startViews]) => ({ name: `${log} and ${views}`, startLog, startViews })),
);

describe.each(pairs)('§8.18 from the embedded store to $name, and back', ({ startLog, startViews }) => {
  let [log, views]: [KurrentServer | null, MongoServer | null] = [null, null];
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [log, views] = [await startLog(), await startViews()];
  });
  const closeAll = async () => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  afterEach(closeAll);
  afterAll(async () => {
    await log?.stop();
    await views?.stop();
  });

  async function openServers(): Promise<Stores> {
    if (!log || !views) throw new Error('The servers do not run.');
    const events = await openKurrentLog({ url: log.url, namespace: newNamespace(), log: silent });
    ends.push(() => events.close());
    const { records, close } = await openMongo({ url: newDatabaseUrl(views), leaseTermMs: 10_000, log: silent });
    ends.push(close);
    return { events, records };
  }
  async function openEmpty(): Promise<Stores> {
    const folder = await openTestFolder(newFolder());
    ends.push(() => folder.close());
    return folder;
  }

  it('the same order, streams, revisions, IDs, envelopes and records, places as those of the same events', async () => {
    const source = await filledFolder(20);
    ends.push(() => source.close());
    const [there, back] = [await openServers(), await openEmpty()];
    const expected = await contentOf(source);
    const counts = { events: expected.events.length, records: expected.records.length };
    expect(await imported(await exported(source), there)).toEqual({ outcome: 'imported', ...counts });
    expect(await contentOf(there)).toEqual(expected);
    expect(await imported(await exported(there), back)).toEqual({ outcome: 'imported', ...counts });
    expect(await contentOf(back)).toEqual(expected);
  });

  it('cut off after any append, and run again: the same copy', async () => {
    const source = await filledFolder(2);
    const text = await exported(source);
    const expected = await contentOf(source);
    await source.close();
    for (let last = 1, isCutOff = true; isCutOff; last += 1) {
      const { events, records } = await openServers();
      let appends = 0;
      const append: typeof events.append = async (...asked) => {
        const result = await events.append(...asked);
        appends += 1;
        if (appends === last) throw new Error('cut off');
        return result;
      };
      const failing = { events: replaced(events, { append }), records };
      isCutOff = await imported(text, failing).then(
        () => false,
        () => true,
      );
      await imported(text, { events, records });
      expect([last, await contentOf({ events, records })]).toEqual([last, expected]);
      await closeAll();
    }
  });
});
