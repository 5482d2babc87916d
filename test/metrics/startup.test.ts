import type { Checkpoint } from '#lib/engine/ports/view-store.js';
import { leastToGoOn } from '#lib/product/free-space.js';
import { readConfig } from '#lib/product/config/config.js';
import { projections } from '#lib/product/registries.js';
import { startupOf } from '#lib/product/startup.js';
import { startServer } from '../../apps/server/server.js';
import { positionOf, ReplayedLog } from '../history/replayed-log.js';
import { ManualClock } from '../support/clock.js';
import { fromSource } from '../support/from-source.js';
import { noon, recorded } from '../support/given.js';
import { send } from '../support/http.js';
import { newFolder } from '../support/sqlite.js';

const events = new ReplayedLog(
  recorded(
    'x-1',
    Array.from({ length: 10 }, () => ({ type: 'Happened', data: {} })),
  ),
);
const at = (seen: number): Checkpoint => {
  const [position, digest, updatedAt] = [positionOf(seen), '', noon];
  return { position, seen, applied: 0, count: 0, digest, epoch: 1, updatedAt };
};

describe('a start', () => {
  it('tells how far its views are until they have caught up, and has started from then on', async () => {
    let isThere = false;
    const reached = new Map([[projections[0]?.name ?? '', 4]]);
    const startup = startupOf({
      events,
      views: { checkpoint: async ({ view }) => at(reached.get(view) ?? 10) },
      clock: new ManualClock(noon),
      isThere: async () => isThere,
    });
    expect(await startup()).toEqual({
      started: false,
      views: { all: projections.length, behind: 1 },
      events: { folded: 4, left: 6, leftIsAtLeast: false },
    });
    isThere = true;
    expect(await startup()).toEqual({ started: true });
    isThere = false;
    expect(await startup()).toEqual({ started: true });
  });

  it('of a view that nothing is folded of has all of the log before it', async () => {
    const startup = startupOf({
      events,
      views: { checkpoint: async () => null },
      clock: new ManualClock(noon),
      isThere: async () => false,
    });
    expect(await startup()).toMatchObject({ views: { behind: projections.length }, events: { folded: 0, left: 10 } });
  });

  it('over HTTP: started, ready while there is room on the disk, and not ready when there is hardly any', async () => {
    const size = 1024 ** 4;
    let free = leastToGoOn({ size });
    const config = readConfig({ SEATLEDGER_DATA: newFolder(), SEATLEDGER_LOG_LEVEL: 'silent', PORT: '0' });
    const server = await startServer(config, { spaceOf: async () => ({ free, size }), execArgv: fromSource });
    try {
      const ask = async (path: string) => {
        const { status, body } = await send('GET', `${server.address}${path}`);
        return [status, body];
      };
      while ((await ask('/health/startup'))[0] !== 200);
      expect(await ask('/health/startup')).toEqual([200, { started: true }]);
      expect(await ask('/health/ready')).toEqual([200, { ready: true }]);
      free -= 1;
      expect(await ask('/health/ready')).toEqual([503, { ready: false, because: 'disk' }]);
      expect(await ask('/health/live')).toEqual([200, { live: true }]);
    } finally {
      await server.close();
    }
  }, 60_000);
});
