import { jest } from '@jest/globals';
import { dealForm } from '../../apps/server/demo/fabrikam.js';
import { foldedAlike } from '../support/same-digests.js';
import { allParts, Fleet, heldBy, until, untilShared } from './fleet.js';
import { Customer, openMarket, type Market } from './load.js';
import { expectLedgerAndCounts, expectOrder, expectSoundLog, expectTheSameAnswers } from './oracles.js';
import { ask, sendTo } from './sending.js';
import { untilReady, type ServerProcess, type WorkerProcess } from './server-process.js';

jest.setTimeout(120_000);

const invited = 12;

let fleet: Fleet;
let server: ServerProcess;
let workers: readonly WorkerProcess[];
let market: Market;
let customers: readonly Customer[];

beforeAll(async () => {
  fleet = await Fleet.start({ SEATLEDGER_LEASE_TERM: '2s', SEATLEDGER_INVITATION_VALID: '8s' });
  [server, ...workers] = await Promise.all([fleet.server(), fleet.worker(), fleet.worker(), fleet.worker()]);
  await untilReady(server.address);
  market = await openMarket(server.address, server.adminKey ?? '', 3);
  customers = market.deals.map((deal) => new Customer(market, deal));
  for (const customer of customers) await customer.begin(server.address);
});

const acknowledged = () => customers.flatMap(({ commands }) => commands).filter(({ answer }) => answer !== null);

/** Sends commands for as long as something happens. */
async function underLoad(happening: () => Promise<void>): Promise<void> {
  let isOver = false;
  const load = customers.map(async (customer) => {
    while (!isOver) {
      await customer.sendTo(server.address, 9);
      await customer.sendUnanswered(server.address);
    }
  });
  await Promise.all([happening().finally(() => (isOver = true)), ...load]);
}

/** Every deadline after which something must happen by itself. */
async function inviteCustomers(): Promise<void> {
  const post = async (path: string, body: object = {}) => {
    const sent = await sendTo(server.address, {
      key: market.publisherKey,
      path,
      body,
      idempotencyKey: crypto.randomUUID(),
    });
    if (!sent || sent.status >= 300) throw new Error(`${path}: ${JSON.stringify(sent)}`);
    return sent.body;
  };
  for (let n = 0; n < invited; n += 1) {
    const tenantId = `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
    const { dealId } = await post('/publishers/fabrikam/deals', { ...dealForm('2026-03-01'), tenantId });
    await post(`/deals/${dealId}/register`);
    await post(`/deals/${dealId}/invitations`);
  }
}

/** O1–O5, whoever died or slept meanwhile. */
async function expectNothingLost(): Promise<void> {
  await fleet.untilAtRest();
  await expectTheSameAnswers(server.address, acknowledged());
  for (const customer of customers) {
    await expectLedgerAndCounts(server.address, market, customer);
    expectOrder(customer);
  }
  expectSoundLog(await fleet.log());
  expect(await foldedAlike(fleet.stores)).toBe(true);
}

describe('workers share the work of an installation', () => {
  it('F11 one is killed and one frozen past its lease while commands go on: the others take over, nothing is lost or done twice', async () => {
    await untilShared(workers);
    const [killed, frozen, third] = workers as [WorkerProcess, WorkerProcess, WorkerProcess];
    await inviteCustomers();
    const before = acknowledged().length;
    await underLoad(async () => {
      await killed.end('SIGKILL');
      await untilShared([frozen, third]);
      frozen.freeze();
      await until('everything with the third', async () => (await heldBy(third)).length === allParts.length);
      frozen.wake();
      await untilShared([frozen, third]);
    });
    expect(acknowledged().length).toBeGreaterThan(before);

    const isOver = ({ type }: { type: string }) => type === 'InvitationExpired';
    await until('every invitation expired', async () => (await fleet.log()).filter(isOver).length === invited);
    await expectNothingLost();
    workers = [frozen, third];
  });

  it('one is stopped in good order and started again under load', async () => {
    const [first, second] = workers as [WorkerProcess, WorkerProcess];
    await underLoad(async () => {
      expect(await first.end('SIGTERM')).toMatchObject({ code: 0 });
      await until('everything with the second', async () => (await heldBy(second)).length === allParts.length);
      workers = [second, await fleet.worker()];
      await untilShared(workers);
    });
    await expectNothingLost();
  });

  it('a server is killed and started again: commands are answered as before', async () => {
    const load = customers.map((customer) => customer.sendTo(server.address, 300));
    const count = acknowledged().length;
    await until('some are answered', async () => acknowledged().length > count + 20);
    await server.end('SIGKILL');
    await Promise.all(load);
    server = await fleet.server();
    await untilReady(server.address);
    for (const customer of customers) await customer.sendUnanswered(server.address);
    await expectNothingLost();
  });

  it('while there is no worker, servers stay ready, take commands, and answer with how far they are', async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    const { position: reached } = await ask(server.address, market.auditorKey, '/ledger?limit=1');
    const send = () =>
      Promise.all(
        customers.map(async (customer) => {
          await customer.sendTo(server.address, 3);
          await customer.sendUnanswered(server.address);
        }),
      );
    const isReady = async () => (await fetch(`${server.address}/health/ready`)).status;
    await send();
    expect(await isReady()).toBe(200);
    // Restarted without a worker, it is as ready as before.
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    server = await fleet.server();
    await untilReady(server.address);
    await send();
    const { position } = await ask(server.address, market.auditorKey, '/ledger?limit=1');
    expect(position).toBe(reached);
    expect(acknowledged().every(({ answer }) => answer?.body.position !== undefined)).toBe(true);
    expect(await isReady()).toBe(200);
    workers = [await fleet.worker()];
    await expectNothingLost();
    expect((await heldBy(workers[0] as WorkerProcess)).length).toBe(allParts.length);
  });
});
