import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../architecture/tree.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { until } from '../support/until.js';
import { Customer, openMarket } from './load.js';
import { expectTheSameAnswers } from './oracles.js';
import { startServerProcess, untilReady, type ServerProcess } from './server-process.js';
import { wholeLog } from './views.js';

/** The command line as it was built last, in a process of its own: files of one process lose their locks to it. */
async function seatledger(data: string, ...args: readonly string[]): Promise<string> {
  const entry = join(root, 'dist', 'apps', 'cli', 'main.js');
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH: process.env['PATH'], SEATLEDGER_DATA: data },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = await once(child, 'close');
  expect([code, output]).toEqual([0, expect.stringMatching(/^(Backed up|Restored|well) /)]);
  return output;
}

async function logOf(data: string) {
  const folder = await openTestFolder(data);
  try {
    return await wholeLog(folder.events);
  } finally {
    await folder.close();
  }
}

describe('a backup, and a look at everything, while the server is written to', () => {
  let server: ServerProcess | null = null;
  afterEach(() => server?.end('SIGKILL'));

  it('twice: what was acknowledged before is in it, it is the beginning of the log, and a server goes on from it', async () => {
    const data = newFolder();
    const source = (server = await startServerProcess({ data }));
    const market = await openMarket(source.address, source.adminKey ?? '', 4);
    const customers = market.deals.map((deal) => new Customer(market, deal));
    for (const customer of customers) await customer.begin(source.address);
    const acknowledged = () => customers.flatMap(({ commands }) => commands).filter(({ answer }) => answer !== null);
    let isOver = false;
    const load = customers.map(async (customer) => {
      while (!isOver) await customer.sendTo(source.address, 30);
    });

    const taken: { readonly before: ReturnType<typeof acknowledged>; readonly restored: string }[] = [];
    for (let count = 0; count < 2; count += 1) {
      const seen = acknowledged().length;
      await until(() => acknowledged().length >= seen + 100);
      const before = acknowledged();
      const [folder, restored] = [newFolder(), newFolder()];
      await seatledger(data, 'backup', folder);
      await seatledger(data, 'doctor');
      await seatledger(data, 'restore', folder, '--to', restored);
      taken.push({ before, restored });
    }
    isOver = true;
    await Promise.all(load);
    expect(await source.end('SIGTERM')).toMatchObject({ code: 0 });

    const whole = await logOf(data);
    for (const { before, restored } of taken) {
      const log = await logOf(restored);
      expect(log).toEqual(whole.slice(0, log.length));
      expect(log.length).toBeGreaterThan(before.length);
      const again = (server = await startServerProcess({ data: restored }));
      await untilReady(again.address);
      await expectTheSameAnswers(again.address, before.slice(-50));
      expect(await again.end('SIGTERM')).toMatchObject({ code: 0 });
      // The same answers out of what was restored: nothing was carried out a second time.
      const after = await logOf(restored);
      expect(after.slice(0, log.length)).toEqual(log);
      expect(after.slice(log.length).filter(({ meta }) => meta.actor.kind !== 'system')).toEqual([]);
    }
  }, 120_000);
});
