import { openProjector } from '#lib/adapters/sqlite/open.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { newEvents } from '../../contract/events.js';
import { viewFindContract } from '../../contract/view-find-contract.js';
import { viewSnapshotContract } from '../../contract/view-snapshot-contract.js';
import { viewBuildsContract } from '../../contract/view-builds-contract.js';
import { viewStoreContract } from '../../contract/view-store-contract.js';
import type { ViewStoreFixture } from '../../contract/views.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

/** Views may not be ahead of the log, or they would be made anew: there are as many events as positions used here. */
async function fill(events: EventStore): Promise<void> {
  await events.append('thing-a', 'none', newEvents('e', 9));
}

const open = async (folder: string): Promise<ViewStoreFixture> => {
  const main = await openTestFolder(folder);
  await fill(main.events);
  const port = main.projectorPort();
  const projector = await openProjector({ folder, log: port, onFatal: (error) => expect(error).toBeNull() });
  const close = async () => {
    await projector.close();
    await main.close();
  };
  return {
    store: projector.views,
    reader: main.views,
    position: (ordinal) => `${main.events.logId}.${String(ordinal).padStart(20, '0')}`,
    watch: async () => undefined,
    close,
    reopen: async () => {
      await close();
      return open(folder);
    },
  };
};

viewStoreContract('SQLite', () => open(newFolder()));
viewBuildsContract('SQLite', () => open(newFolder()));
viewSnapshotContract('SQLite', () => open(newFolder()));
viewFindContract('SQLite', () => open(newFolder()));
