import { canonicalJson } from '#lib/engine/model/canonical.js';
import { eventStoreContract, type EventStoreFixture } from '../../contract/event-store-contract.js';
import { followToHead, newEvent, oddData } from '../../contract/events.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

const open = async (folder: string): Promise<EventStoreFixture> => {
  const stores = await openTestFolder(folder);
  return {
    store: stores.events,
    close: () => stores.close(),
    reopen: async () => {
      await stores.close();
      return open(folder);
    },
  };
};

eventStoreContract('SQLite', () => open(newFolder()));

describe('The SQLite event store', () => {
  it('has what it has just appended at hand as canonical JSON, and not what it reads from the file', async () => {
    const { store, reopen } = await open(newFolder());
    await store.append('thing-"ö😀', 'none', [newEvent('e0', oddData), newEvent('e1', { b: 1, a: [{ d: 1, c: 2 }] })]);
    const [page] = await followToHead(store, null);
    const texts = page?.texts?.map(({ json, recordedAt, position }) => ({ json, recordedAt, position }));
    expect(texts).toEqual(
      page?.events.map(({ position, ...event }) => ({
        json: canonicalJson(event),
        recordedAt: event.meta.recordedAt,
        position,
      })),
    );
    expect(texts).toHaveLength(2);
    const again = await reopen();
    expect(await followToHead(again.store, null)).toEqual([{ ...page, texts: undefined }]);
    await again.close();
  });
});
