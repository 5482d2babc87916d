import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import Libsql from 'libsql';
import { projections } from '#lib/product/registries.js';
import { Chance } from '#lib/histories/chance.js';
import { newFolder } from '../support/sqlite.js';
import { Customer, openMarket, type Market } from './load.js';
import { expectLedgerAndCounts } from './oracles.js';
import { ask, sendTo, type Sent } from './sending.js';
import { startServerProcess, untilReady, type ServerProcess } from './server-process.js';

const kills = Number(process.env['TEST_REBUILD_KILLS'] ?? 6);
/** Of a history that lies there before; with 20,000 a rebuild takes several lives of the server. */
const events = Number(process.env['TEST_REBUILD_EVENTS'] ?? 2_000);
/** A server dies so long after it was asked to rebuild, or after it has started. */
const withinMs = 500;
const cli = new URL('../../dist/apps/cli/main.js', import.meta.url).pathname;
const customers = 4;
const commandsInALife = 30;

async function generateInto(data: string, seed: number): Promise<void> {
  const args = [cli, 'generate', '--events', String(events), '--seed', String(seed)];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, SEATLEDGER_DATA: data } });
}

/** Builds that lie in the folder, and how many tables of documents there are. */
function buildsIn(data: string): { readonly builds: number; readonly tables: number } {
  const db = new Libsql(join(data, 'views.db'), { readonly: true });
  const count = (sql: string): number => (db.prepare(sql).raw().get() as [number])[0];
  const builds = count('SELECT count(*) FROM builds');
  const tables = count(`SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'doc %'`);
  db.close();
  return { builds, tables };
}

describe('the server is killed with -9 while all views are built anew under load', () => {
  let server: ServerProcess | null = null;
  afterEach(() => server?.end('SIGKILL'));

  const act = async (address: string, { operatorKey: key }: Market, path: string, body: object = {}): Promise<Sent> => {
    const sent = await sendTo(address, { key, path, body, idempotencyKey: randomUUID() });
    if (!sent) throw new Error(`${path} was not answered.`);
    return sent;
  };
  const until = async (address: string, market: Market, id: string, statuses: readonly string[]) => {
    for (;;) {
      const operation = await ask(address, market.operatorKey, `/operations/${id}`);
      if (statuses.includes(operation.status)) return operation;
      await pause(20);
    }
  };

  it(`R93 F12 ${kills} times: it goes on where it was, what is acknowledged stays, views equal a fold from nothing, and of what was canceled nothing is left`, async () => {
    const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
    const chance = new Chance(seed);
    const data = newFolder();
    await generateInto(data, seed);
    server = await startServerProcess({ data });
    const market = await openMarket(server.address, server.adminKey ?? '', customers);
    const all = market.deals.map((deal) => new Customer(market, deal));
    for (const customer of all) await customer.begin(server.address);
    const found: Record<string, number> = {};
    let id: string | null = null;
    for (let life = 1; life <= kills; life += 1) {
      const { address, end } = server;
      const load = all.map((customer) => customer.sendTo(address, commandsInALife));
      if (id === null) {
        const begun = await act(address, market, '/projections/rebuild');
        expect(begun.status).toBe(202);
        id = begun.body.id as string;
      }
      await pause(chance.share() * withinMs);
      // Some are on their way out when the server dies.
      if (chance.share() < 0.4)
        await act(address, market, `/operations/${id}/${chance.share() < 0.5 ? 'cancel' : 'roll-back'}`);
      await pause(chance.share() * 50);
      await end('SIGKILL');
      await Promise.all(load);

      const again = (server = await startServerProcess({ data }));
      for (const customer of all) await customer.sendUnanswered(again.address);
      await untilReady(again.address);
      for (const customer of all) await expectLedgerAndCounts(again.address, market, customer);
      const { status } = await ask(again.address, market.operatorKey, `/operations/${id}`);
      found[status] = (found[status] ?? 0) + 1;
      if (['done', 'canceled', 'rolledBack'].includes(status)) id = null;
    }
    console.log(`seed ${seed}; after the kills the rebuild was ${JSON.stringify(found)}`);

    const { address } = server;
    if (id !== null) {
      const { status } = await until(address, market, id, ['switched', 'canceled', 'rolledBack']);
      if (status === 'switched') await act(address, market, `/operations/${id}/roll-back`);
      await until(address, market, id, ['canceled', 'rolledBack']);
    }
    const verifying = await act(address, market, '/projections/rebuild', { switching: 'never' });
    const { steps, problem } = await until(address, market, verifying.body.id, ['done']);
    expect(problem).toBeNull();
    expect(steps.map(({ name, status }: Sent['body']) => [name, status])).toEqual(
      projections.map(({ name }) => [name, 'equal']),
    );
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    const tables = projections.reduce((sum, { kinds }) => sum + Object.keys(kinds).length, 0);
    expect(buildsIn(data)).toEqual({ builds: projections.length, tables });
  }, 600_000);
});
