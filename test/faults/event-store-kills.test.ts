import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { readConfig } from '#lib/product/config/config.js';
import { Chance } from '#lib/histories/chance.js';
import {
  killableServers,
  sayIfNoneIsKilled,
  untilItWrites,
  type KillableServer,
} from '../support/killable-kurrentdb.js';
import { newNamespace } from '../support/kurrentdb.js';
import { foldedAlike } from '../support/same-digests.js';
import { newFolder } from '../support/sqlite.js';
import { withStores } from '../support/stores.js';
import { Customer, licensesAtLeast, openMarket, type Command, type Market } from './load.js';
import { expectLedgerAndCounts, expectOrder, expectSoundLog, expectTheSameAnswers } from './oracles.js';
import { sendTo } from './sending.js';
import { startServerProcess, untilReady, type ServerProcess } from './server-process.js';
import { wholeLog } from './views.js';

type Environment = Readonly<Record<string, string>>;

const customers = 6;
const commandsInALife = 60;
/**
 * How soon after the event store takes writes again what is written is seen in the views, usually and at most: by then
 * a subscription that was lost unnoticed would be found out.
 */
const seenMs = { usually: 2_000, atMost: 5_000 } as const;

beforeAll(sayIfNoneIsKilled);

/** Sends the same command again and again, also while it is under way, until it is done and its event is seen in a view. */
async function untilSeen(address: string, { publisherKey: key }: Market): Promise<void> {
  const path = '/publishers/fabrikam/deals';
  const request = { key, path, body: { company: 'Seen' }, idempotencyKey: randomUUID() };
  let position: string | null = null;
  const send = async (): Promise<void> => {
    const answer = await sendTo(address, request);
    if (answer?.status === 201) position ??= answer.body.position as string;
  };
  const sent: Promise<void>[] = [];
  for (; position === null; await pause(50)) sent.push(send());
  const headers = { authorization: `Bearer ${key}` };
  const isSeen = async () => (await fetch(`${address}/v1${path}?after=${position}`, { headers })).status === 200;
  while (!(await isSeen()));
  await Promise.all(sent);
}

async function untilAnswered(address: string, customer: Customer): Promise<void> {
  for (const command of customer.commands.filter(({ answer }) => answer === null)) {
    while (!(await customer.send(address, command))) await pause(20);
  }
}

/** O1, O2, O4: the log holds what was answered, where it was said to be, and is sound; the views are its fold. */
async function expectLogAndViews(environment: Environment, acknowledged: readonly Command[]): Promise<void> {
  await withStores(readConfig(environment), async (stores) => {
    const log = await wholeLog(stores.events);
    expectSoundLog(log);
    const stored = new Map(log.map(({ position, revision }) => [position, revision]));
    const answers = acknowledged.map(({ answer }) => answer?.body);
    expect(answers.map(({ position }) => stored.get(position))).toEqual(answers.map(({ revision }) => revision));
    expect(await foldedAlike(stores)).toBe(true);
  });
}

describe.each(killableServers)('%s', (_, kills, start) => {
  let events: KillableServer;
  let server: ServerProcess | null = null;
  let environment: Environment & { readonly SEATLEDGER_DATA: string };
  beforeAll(async () => {
    events = await start();
    environment = {
      SEATLEDGER_EVENTS: events.url,
      SEATLEDGER_NAMESPACE: newNamespace(),
      SEATLEDGER_DATA: newFolder(),
      // While the event store is away it is told that it is; that is all right here.
      SEATLEDGER_LOG_LEVEL: 'fatal',
    };
  }, 120_000);
  afterAll(async () => {
    await server?.end('SIGKILL');
    await events.kill();
  });

  it(`F9 is killed with -9 under load and started again ${kills} times: nothing acknowledged is lost, what is sent again has one effect, our process goes on (O1–O5)`, async () => {
    const seed = Date.now() % 1_000_000;
    const chance = new Chance(seed);
    console.log(`seed ${seed}`);
    server = await startServerProcess({ data: environment.SEATLEDGER_DATA, environment });
    const { address } = server;
    let hasEnded = false;
    void server.exited.then(() => (hasEnded = true));
    const market = await openMarket(address, server.adminKey ?? '', customers);
    const all = market.deals.map((deal) => new Customer(market, deal));
    for (const customer of all) await customer.begin(address);
    const commands = () => all.flatMap((customer) => customer.commands);
    const acknowledged = () => commands().filter(({ answer }) => answer !== null);

    let unknown = 0;
    const seenAfterMs: number[] = [];
    for (let life = 1; life <= kills; life += 1) {
      const before = acknowledged().length;
      const load = Promise.all(all.map((customer) => customer.sendTo(address, commandsInALife)));
      await pause(50 + chance.share() * 300);
      await events.kill();
      // Every other time it is back while the server still tries; else it is away until all callers were told so.
      if (life % 2 === 0) await load;
      await events.start();
      await untilItWrites(events.url);
      const backAt = performance.now();
      await untilSeen(address, market);
      seenAfterMs.push(performance.now() - backAt);
      await load;
      unknown += commands().length - acknowledged().length;
      for (const customer of all) await untilAnswered(address, customer);
      await untilReady(address);
      await expectTheSameAnswers(address, acknowledged().slice(before));
      for (const customer of all) await expectLedgerAndCounts(address, market, customer);
    }
    const sorted = [...seenAfterMs].sort((one, other) => one - other).map(Math.round);
    const [median = Infinity, slowest = Infinity] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    console.log(
      `${acknowledged().length} commands acknowledged through ${kills} kills, ${unknown} answered 503 first; ` +
        `what is written then is seen in the views after ${median} ms, at most ${slowest} ms (${sorted.join(', ')})`,
    );
    expect(unknown).toBeGreaterThan(0);
    expect(hasEnded).toBe(false);
    expect(median).toBeLessThan(seenMs.usually);
    expect(slowest).toBeLessThan(seenMs.atMost);
    expect(all.every((customer) => customer.of('seat').length < licensesAtLeast)).toBe(true);
    for (const customer of all) expectOrder(customer);
    await expectTheSameAnswers(address, acknowledged());
    await untilReady(address);
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });

    await expectLogAndViews(environment, acknowledged());
  }, 900_000);
});
