import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Chance } from '#lib/histories/chance.js';
import { newFolder } from '../support/sqlite.js';
import { Customer, licensesAtLeast, openMarket } from './load.js';
import { expectLedgerAndCounts, expectOrder, expectTheSameAnswers } from './oracles.js';
import { ask, type Sent } from './sending.js';
import { startServerProcess, untilReady, type ServerProcess } from './server-process.js';

const kills = 20;
const customers = 6;
const commandsInALife = 60;

describe('the server is killed with -9 during writes and started again', () => {
  let server: ServerProcess | null = null;
  afterEach(() => server?.end('SIGKILL'));

  it(`${kills} times: every acknowledged command is answered as before, once in ledger and views (O1, O2, O4)`, async () => {
    const seed = Date.now() % 1_000_000;
    const chance = new Chance(seed);
    console.log(`seed ${seed}`);
    const data = newFolder();
    server = await startServerProcess({ data });
    const market = await openMarket(server.address, server.adminKey ?? '', customers);
    const all = market.deals.map((deal) => new Customer(market, deal));
    for (const customer of all) await customer.begin(server.address);
    const acknowledged = () => all.flatMap(({ commands }) => commands).filter(({ answer }) => answer !== null);

    let cutOff = 0;
    for (let life = 1; life <= kills; life += 1) {
      const before = acknowledged();
      const { address, end } = server;
      const load = all.map((customer) => customer.sendTo(address, commandsInALife));
      await new Promise((resolve) => setTimeout(resolve, 20 + chance.share() * 250));
      await end('SIGKILL');
      await Promise.all(load);
      const unknown = all.flatMap(({ commands }) => commands).filter(({ answer }) => answer === null);
      cutOff += unknown.length;

      const again = (server = await startServerProcess({ data }));
      const last = acknowledged().slice(before.length);
      const others = before.filter(() => chance.share() < 100 / before.length);
      await expectTheSameAnswers(again.address, [...last, ...others]);
      // What was not answered happened once or not at all: sent again, it has happened once.
      for (const customer of all) await customer.sendUnanswered(again.address);
      await untilReady(again.address);
      for (const customer of all) await expectLedgerAndCounts(again.address, market, customer);
    }
    console.log(`${acknowledged().length} commands acknowledged, ${cutOff} cut off by ${kills} kills`);
    expect(cutOff).toBeGreaterThan(0);
    expect(all.every((customer) => customer.of('seat').length < licensesAtLeast)).toBe(true);
    for (const customer of all) expectOrder(customer);
    await expectTheSameAnswers(server.address, acknowledged());

    // The views equal a fold from nothing.
    await untilReady(server.address);
    const viewsOf = async ({ address }: ServerProcess) => {
      const { rows } = await ask(address, market.operatorKey, '/projections');
      return rows.map(({ view, digest, documents, applied, position, parked }: Sent['body']) => {
        return { view, digest, documents, applied, position, parked };
      });
    };
    const views = await viewsOf(server);
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    for (const name of ['views.db', 'views.db-wal', 'views.db-shm']) rmSync(join(data, name), { force: true });
    server = await startServerProcess({ data });
    await untilReady(server.address);
    expect(await viewsOf(server)).toEqual(views);
  }, 300_000);
});
