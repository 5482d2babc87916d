import { readConfig, type Config } from '#lib/product/config/config.js';
import type { Stores } from '#lib/product/stores.js';
import { schema } from '../../apps/cli/schema.js';
import { startServer } from '../../apps/server/server.js';
import { startWorker } from '../../apps/worker/worker.js';
import { ManualClock } from '../support/clock.js';
import { fromSource } from '../support/from-source.js';
import { send } from '../support/http.js';
import { submitLead } from '../support/leads.js';
import { startMs, TestProduct, type Answer } from '../support/product.js';
import { digestsOf, untilViewsAreAtHead } from '../support/same-digests.js';
import { newFolder } from '../support/sqlite.js';
import { newPair, withStores } from '../support/stores.js';
import {
  completeDraft,
  enroll,
  hourMs,
  invite,
  licensedCustomer,
  liveOffer,
  ok,
  publish,
  registeredDeal,
  signOff,
} from '../support/story.js';
import { contentOf, exported, imported } from './copies.js';

/** What waits for its time when the export is made: a going live, an invitation, a lead. */
interface Waiting {
  readonly ownerKey: string | null;
  readonly dealId: string;
}

async function tellStory(product: TestProduct): Promise<Waiting> {
  await enroll(product);
  await liveOffer(product);
  const { tenantId } = await licensedCustomer(product, { gold: 5, silver: 2 });
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  await ok(admin.post(`/customers/${tenantId}/pools/fabrikam.f365.gold/assign`, { personIds: ['p1', 'p2'] }));
  await ok(admin.put(`/customers/${tenantId}/people/p1`, { name: 'Ada', email: 'ada@contoso.example' }));
  await completeDraft(product, 'fabrikam.next');
  await signOff(product, 'fabrikam.next', await publish(product, 'fabrikam.next'));
  const dealId = await registeredDeal(product);
  await invite(product, dealId);
  await ok(submitLead(product, 'contact'));
  return { ownerKey: (await product.owner()).key, dealId };
}

type Environment = Readonly<Record<string, string>>;

const configOf = (environment: Environment): Config =>
  readConfig({
    SEATLEDGER_LOG_LEVEL: 'silent',
    SEATLEDGER_GO_LIVE_AFTER: '4h',
    SEATLEDGER_STOP_DISTRIBUTION_AFTER: '4h',
    SEATLEDGER_VERIFY_EVERY: 'off',
    PORT: '0',
    ...environment,
  });

/** Starts a server, and a worker where one can help, and lets time pass until all that waited has happened. */
async function passTime(environment: Environment, from: string, { ownerKey, dealId }: Waiting): Promise<void> {
  const clock = new ManualClock(from);
  const config = configOf(environment);
  const isShared = config.views !== null;
  const worker = isShared ? await startWorker(config, { clock }) : null;
  const server = await startServer(config, { clock, execArgv: fromSource });
  const get = (path: string) => send('GET', `${server.address}/v1${path}`, ownerKey === null ? {} : { key: ownerKey });
  const untilShown: UntilShown = async (path, holds) => {
    for (const until = Date.now() + 20_000; ;) {
      const { body } = await get(path);
      // Every process has passed it, too.
      if (holds(body) && (await get(`${path}?after=${body.position}`)).status === 200) return;
      if (Date.now() > until) throw new Error(`${path} stays as it is: ${JSON.stringify(body)}`);
    }
  };
  try {
    await untilAllHappened(clock, untilShown, dealId);
    while ((await fetch(`${server.address}/health/ready`)).status !== 200);
    if (isShared) await withStores(config, untilViewsAreAtHead);
  } finally {
    await server.close();
    await worker?.close();
  }
}

type UntilShown = (path: string, holds: (body: Answer['body']) => boolean) => Promise<void>;

/** By revisions where a status is shown as it is at the time, before the event that says so. */
async function untilAllHappened(clock: ManualClock, untilShown: UntilShown, dealId: string): Promise<void> {
  const offer = '/offers/fabrikam.next';
  await untilShown(offer, ({ status }) => status === 'Publish in progress');
  clock.advance(5 * hourMs);
  await untilShown(offer, ({ status }) => status === 'Live');
  clock.advance(15 * 24 * hourMs);
  await untilShown('/publishers/fabrikam/leads', ({ rows }) => rows[0].revision === 1);
  clock.advance(80 * 24 * hourMs);
  await untilShown(`/deals/${dealId}/invitations`, ({ rows }) => rows[0].revision === 1);
}

it(
  '§8.18 the whole product moved to KurrentDB and MongoDB, and back: all three go on alike, timers once, to the same events and views',
  async () => {
    const product = await TestProduct.start();
    const waiting = await tellStory(product);
    await product.stop();
    const now = product.clock.now();
    const original = { SEATLEDGER_DATA: product.folder };
    const there = { SEATLEDGER_DATA: newFolder(), ...(await newPair(async () => undefined)) };
    const back = { SEATLEDGER_DATA: newFolder() };
    const on = <T>(environment: Environment, act: (stores: Stores) => Promise<T>) =>
      withStores(configOf(environment), act);
    for (const [from, to] of [
      [original, there],
      [there, back],
    ] as const) {
      const text = await on(from, (stores) => exported(stores, schema));
      await on(to, (stores) => imported(text, stores, schema));
    }
    const before = await on(original, contentOf);
    expect(await on(there, contentOf)).toEqual(before);
    expect(await on(back, contentOf)).toEqual(before);
    expect(new Set(before.records.map(({ table }) => table))).toEqual(
      new Set(['first-key', 'keys', 'people', 'processes', 'requests', 'secrets', 'timers']),
    );

    for (const environment of [original, there, back]) await passTime(environment, now, waiting);
    const after = await on(original, contentOf);
    const news = after.events.slice(before.events.length).map(({ type }) => type);
    expect(news.filter((type) => /Live|Expired/.test(type)).sort()).toEqual([
      'InvitationExpired',
      'LeadExpired',
      'OfferWentLive',
    ]);
    const digests = await on(original, ({ views }) => digestsOf(views));
    expect(Object.values(digests)).not.toContain(null);
    for (const environment of [there, back]) {
      expect(await on(environment, contentOf)).toEqual(after);
      expect(await on(environment, ({ views }) => digestsOf(views))).toEqual(digests);
    }
  },
  4 * startMs,
);

it(
  'a server does not start on half an import, and says how to go on',
  async () => {
    const data = newFolder();
    await withStores(configOf({ SEATLEDGER_DATA: data }), ({ records }) => {
      const origin = { name: 'the export of yesterday', goOn: 'Run it again.' };
      const value = { id: 'x', logId: 'y', origin, isDone: false, before: '' };
      return records.transact([{ table: 'transfer', key: 'import', expect: 'none', value }]);
    });
    await expect(startServer(configOf({ SEATLEDGER_DATA: data }), { execArgv: fromSource })).rejects.toThrow(
      'The import of the export of yesterday was begun here and has not ended. Run it again.',
    );
  },
  startMs,
);
