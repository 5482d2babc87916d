import { once } from 'node:events';
import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { limits } from '#lib/engine/limits.js';
import { startTallies, type Tallies } from '../engine/tallies.js';
import { Add, Added } from '../engine/tally.js';
import { onAllStores } from '../support/installations.js';
import { newFolder } from '../support/sqlite.js';
import { Fleet } from './fleet.js';
import { Customer, openMarket } from './load.js';
import { expectLedgerAndCounts, expectOrder, expectTheSameAnswers } from './oracles.js';
import { replaced } from './readers.js';
import { sendTo, type Sent } from './sending.js';
import { startServerProcess, untilReady, type ServerProcess, type WorkerProcess } from './server-process.js';
import { wholeLog } from './views.js';

/** A store whose appends wait until they are let go. */
function heldBack() {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const through = (store: EventStore): EventStore =>
    replaced(store, { append: (...append) => held.then(() => store.append(...append)) });
  return { through, letGo };
}

onAllStores((newInstallation) => {
  describe('§8.15 a burst above what can wait', () => {
    let running: Tallies | null = null;
    afterEach(() => running?.stop());

    it.each([
      ['for one stream', limits.queuePerStream, () => 'a'],
      ['for all streams together', limits.queueInAll, (n: number) => `a${n}`],
    ])(
      '%s: what is above is refused at once, what waits is done, and it recovers',
      async (_what, room, nameOf) => {
        const { through, letGo } = heldBack();
        const tallies = (running = await startTallies(newInstallation(), { through }));
        const add = (name: string) => tallies.execute(Add, { name, amount: 1 });
        const waiting = Array.from({ length: room }, (_, n) => add(nameOf(n)));
        const refused = { kind: 'unavailable', detail: 'Too many commands are waiting; try again shortly.' };
        expect(await add(nameOf(room))).toEqual(refused);
        letGo();
        const outcomes = await Promise.all(waiting);
        const others = outcomes.filter(({ kind }) => kind !== 'done');
        // A server that cannot read so many streams in time is not asked for more: they are refused, and nothing is written.
        const mayBe = tallies.stores.solelyOurs ? [] : ['unavailable'];
        expect(others.filter(({ kind }) => !mayBe.includes(kind))).toEqual([]);
        expect((await wholeLog(tallies.stores.events)).filter(({ type }) => type === Added.type)).toHaveLength(
          outcomes.length - others.length,
        );
        expect(await add('after')).toMatchObject({ kind: 'done', answer: { amounts: [1] } });
      },
      60_000,
    );
  });
});

describe('§8.15 a server', () => {
  let server: ServerProcess | null = null;
  afterEach(() => server?.end('SIGKILL'));

  it('answers a burst for one stream with 200 or 503 and Retry-After, keeps what it answered, and recovers', async () => {
    server = await startServerProcess({ data: newFolder() });
    const { address, adminKey } = server;
    const market = await openMarket(address, adminKey ?? '', 1);
    const [deal] = market.deals;
    if (!deal) throw new Error('There is no deal.');
    const customer = new Customer(market, deal);
    await customer.begin(address);
    const key = market.seatKeys.get(deal.tenantId) ?? '';
    const path = `/customers/${deal.tenantId}/pools/fabrikam.f365.gold/assign`;
    const assign = (person: string) =>
      sendTo(address, { key, path, body: { personIds: [person] }, idempotencyKey: randomUUID() });
    const burst = await Promise.all(Array.from({ length: 4_000 }, (_, n) => assign(`burst-${n}`)));
    const answers = burst.filter((answer): answer is Sent => answer !== null);
    const done = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status !== 200);
    console.log(`${done.length} seats given, ${refused.length} refused`);
    expect(answers).toHaveLength(burst.length);
    for (const { status, body, retryAfter } of refused) {
      expect([status, body.code, retryAfter]).toEqual([503, 'STORE_UNAVAILABLE', '5']);
    }
    expect((await assign('after'))?.status).toBe(200);
    await untilReady(address);
    const counts = await fetch(`${address}/v1/customers/${deal.tenantId}/licenses`, {
      headers: { authorization: `Bearer ${key}` },
    });
    // `ada` had one before.
    expect(await counts.json()).toMatchObject({ rows: [{ seats: done.length + 2 }] });
  }, 90_000);

  it('SIGTERM while a caller says nothing and another one never ends its request: the same', async () => {
    server = await startServerProcess({ data: newFolder() });
    const port = Number(new URL(server.address).port);
    const head = 'POST /v1/checks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{';
    const sockets = ['', head].map((text) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      return socket.on('error', () => undefined);
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await fetch(`${server.address}/health/live`);
    const from = Date.now();
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0, signal: null });
    expect(Date.now() - from).toBeLessThan(10_000);
  }, 30_000);
});

/** A server, and a worker where it needs one, that are started again and again on the same stores. */
interface Real {
  server(): Promise<ServerProcess>;
  worker(): Promise<WorkerProcess | null>;
  /** Everything that was appended has been handled. */
  untilAtRest(address: string): Promise<void>;
}

function embedded(): Real {
  const data = newFolder();
  return {
    server: () => startServerProcess({ data }),
    worker: async () => null,
    untilAtRest: (address) => untilReady(address),
  };
}

async function pair(): Promise<Real> {
  const fleet = await Fleet.start({});
  return {
    server: () => fleet.server(),
    worker: () => fleet.worker(),
    untilAtRest: () => fleet.untilAtRest(),
  };
}

describe.each([
  ['the embedded store', async () => embedded()],
  ['KurrentDB + MongoDB', pair],
])('on %s', (_stores, newReal) => {
  let real: Real;
  let server: ServerProcess | null = null;
  let worker: WorkerProcess | null = null;
  beforeEach(async () => {
    real = await newReal();
  });
  afterEach(() => Promise.all([server?.end('SIGKILL'), worker?.end('SIGKILL')]));
  const start = async (): Promise<ServerProcess> => {
    [server, worker] = await Promise.all([real.server(), real.worker()]);
    return server;
  };

  it('§8.15 SIGTERM in flight: all drain within 10 s, exit code 0, nothing acknowledged is lost', async () => {
    const { adminKey, ...first } = await start();
    let { address } = first;
    const market = await openMarket(address, adminKey ?? '', 4);
    const all = market.deals.map((deal) => new Customer(market, deal));
    for (const customer of all) await customer.begin(address);
    for (let times = 0; times < 2; times += 1) {
      // Callers that never pause: the connections are busy when the signal comes, and would stay so.
      const load = all.map((customer) => customer.sendTo(address, 1_000_000));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const from = Date.now();
      const ended = await Promise.all([server?.end('SIGTERM'), worker?.end('SIGTERM')]);
      expect(Date.now() - from).toBeLessThan(10_000);
      for (const exit of ended) if (exit) expect(exit).toMatchObject({ code: 0, signal: null });
      await Promise.all(load);
      const commands = all.flatMap((customer) => customer.commands);
      const acknowledged = commands.filter(({ answer }) => answer !== null);
      expect(acknowledged.length).toBeGreaterThan(all.length);

      ({ address } = await start());
      await expectTheSameAnswers(address, acknowledged);
      for (const customer of all) await customer.sendUnanswered(address);
      await real.untilAtRest(address);
      for (const customer of all) await expectLedgerAndCounts(address, market, customer);
      for (const customer of all) expectOrder(customer);
    }
  }, 120_000);
});
