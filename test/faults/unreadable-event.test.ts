import { randomUUID } from 'node:crypto';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { openMarket } from './load.js';
import { ask, sendTo } from './sending.js';
import { startServerProcess, untilReady, type ServerProcess } from './server-process.js';
import { tallyEvent } from './views.js';

let server: ServerProcess | null = null;
afterEach(() => server?.end('SIGKILL'));

describe('§8.11 a log with an event that this build cannot read, served over HTTP (F13)', () => {
  it.each([
    ['of a type that it does not know', tallyEvent('DealTeleported', { dealId: 'x' }, randomUUID()), []],
    ['that breaks its declaration', tallyEvent('DealApproved', { dealId: 7 }, randomUUID()), ['deal-progress']],
  ])(
    'one %s: its stream is refused with a problem, everything else goes on',
    async (_what, unreadable, parkedIn) => {
      const data = newFolder();
      server = await startServerProcess({ data });
      const market = await openMarket(server.address, server.adminKey ?? '', 2);
      await server.end('SIGTERM');
      const [bad, good] = market.deals;
      if (!bad || !good) throw new Error('There are no deals.');
      const folder = await openTestFolder(data);
      const { ok } = await folder.events.append(`deal-${bad.dealId}`, bad.revision, [unreadable]);
      expect(ok).toBe(true);
      await folder.close();

      server = await startServerProcess({ data });
      const { address } = server;
      await untilReady(address);
      const update = ({ dealId, tenantId, revision }: typeof bad) =>
        sendTo(address, {
          key: market.publisherKey,
          path: `/deals/${dealId}/licenses`,
          body: { tenantId, lines: [{ planId: 'gold', count: 9 }], removed: [] },
          idempotencyKey: randomUUID(),
          revision,
        });
      expect(await update({ ...bad, revision: bad.revision + 1 })).toMatchObject({
        status: 503,
        body: { code: 'HISTORY_UNREADABLE' },
      });
      expect(await update(good)).toMatchObject({ status: 200, body: { settled: true } });
      const { rows } = await ask(address, market.operatorKey, '/projections');
      const waiting = rows.filter(({ parked }: { parked: object[] }) => parked.length > 0);
      expect(waiting.map(({ view }: { view: string }) => view)).toEqual(parkedIn);
      expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    },
    60_000,
  );
});
