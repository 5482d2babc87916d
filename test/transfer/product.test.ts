import { projections } from '#lib/product/registries.js';
import { readConfig } from '#lib/product/config/config.js';
import { schema } from '../../apps/cli/schema.js';
import { startServer } from '../../apps/server/server.js';
import { versionOf } from '../faults/views.js';
import { ManualClock } from '../support/clock.js';
import { fromSource } from '../support/from-source.js';
import { send } from '../support/http.js';
import { submitLead } from '../support/leads.js';
import { startMs, TestProduct, type Answer } from '../support/product.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
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
import { contentOf, exported, imported, type Stores } from './copies.js';

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

/** Starts a server on a folder and lets time pass until all that waited has happened. */
async function passTime(data: string, from: string, { ownerKey, dealId }: Waiting): Promise<void> {
  const clock = new ManualClock(from);
  const environment = { SEATLEDGER_DATA: data, SEATLEDGER_LOG_LEVEL: 'silent', PORT: '0' };
  const durations = { SEATLEDGER_GO_LIVE_AFTER: '4h', SEATLEDGER_STOP_DISTRIBUTION_AFTER: '4h' };
  const server = await startServer(readConfig({ ...environment, ...durations }), { clock, execArgv: fromSource });
  const untilShown: UntilShown = async (path, holds) => {
    for (const until = Date.now() + 20_000; ;) {
      const { body } = await send('GET', `${server.address}/v1${path}`, ownerKey === null ? {} : { key: ownerKey });
      if (holds(body)) return;
      if (Date.now() > until) throw new Error(`${path} stays as it is: ${JSON.stringify(body)}`);
    }
  };
  try {
    await untilAllHappened(clock, untilShown, dealId);
    while ((await fetch(`${server.address}/health/ready`)).status !== 200);
  } finally {
    await server.close();
  }
}

type UntilShown = (path: string, holds: (body: Answer['body']) => boolean) => Promise<void>;

async function untilAllHappened(clock: ManualClock, untilShown: UntilShown, dealId: string): Promise<void> {
  const offer = '/offers/fabrikam.next';
  await untilShown(offer, ({ status }) => status === 'Publish in progress');
  clock.advance(5 * hourMs);
  await untilShown(offer, ({ status }) => status === 'Live');
  clock.advance(15 * 24 * hourMs);
  await untilShown('/publishers/fabrikam/leads', ({ rows }) => rows[0].status === 'expired');
  clock.advance(80 * 24 * hourMs);
  await untilShown(`/deals/${dealId}/invitations`, ({ rows }) => rows[0].status === 'expired');
}

async function onFolder<T>(path: string, act: (stores: Stores & { digests(): Promise<unknown> }) => Promise<T>) {
  const { events, records, views, close } = await openTestFolder(path);
  const digests = async () =>
    Promise.all(
      projections.map(async (view) => {
        const checkpoint = await views.checkpoint(versionOf(view));
        return [view.name, checkpoint?.count, checkpoint?.digest];
      }),
    );
  try {
    return await act({ events, records, digests });
  } finally {
    await close();
  }
}

it(
  '§8.18 the whole product: what is imported goes on as the original does, timers once, to the same events and views',
  async () => {
    const product = await TestProduct.start();
    const waiting = await tellStory(product);
    await product.stop();
    const now = product.clock.now();
    const copy = newFolder();
    const text = await onFolder(product.folder, (stores) => exported(stores, schema));
    await onFolder(copy, (stores) => imported(text, stores, schema));
    const before = await onFolder(product.folder, contentOf);
    expect(await onFolder(copy, contentOf)).toEqual(before);
    expect(new Set(before.records.map(({ table }) => table))).toEqual(
      new Set(['first-key', 'keys', 'people', 'processes', 'requests', 'secrets', 'timers']),
    );

    for (const folder of [product.folder, copy]) await passTime(folder, now, waiting);
    const after = await onFolder(product.folder, contentOf);
    expect(await onFolder(copy, contentOf)).toEqual(after);
    const news = after.events.slice(before.events.length).map(({ type }) => type);
    expect(news.filter((type) => /Live|Expired/.test(type)).sort()).toEqual([
      'InvitationExpired',
      'LeadExpired',
      'OfferWentLive',
    ]);
    const digests = await onFolder(product.folder, (stores) => stores.digests());
    expect(await onFolder(copy, (stores) => stores.digests())).toEqual(digests);
  },
  3 * startMs,
);

it(
  'a server does not start on half an import, and says how to go on',
  async () => {
    const data = newFolder();
    await onFolder(data, ({ records }) => {
      const value = { id: 'x', logId: 'y', exportedAt: '2026-03-01T12:00:00.000Z', isDone: false, before: '' };
      return records.transact([{ table: 'transfer', key: 'import', expect: 'none', value }]);
    });
    const config = readConfig({ SEATLEDGER_DATA: data, SEATLEDGER_LOG_LEVEL: 'silent', PORT: '0' });
    await expect(startServer(config, { execArgv: fromSource })).rejects.toThrow(
      'The import of the export of 2026-03-01T12:00:00.000Z was begun here and has not ended. ' +
        'Run `seatledger import` with the same file again',
    );
  },
  startMs,
);
