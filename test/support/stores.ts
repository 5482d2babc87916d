import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Libsql from 'libsql';
import { MongoClient } from 'mongodb';
import { silent } from '#lib/engine/ports/logger.js';
import type { Config } from '#lib/product/config/config.js';
import { openStores, type Stores } from '#lib/product/stores.js';
import { fromSource } from './from-source.js';
import { newDatabaseUrl, mongoServers, type MongoServer } from './mongodb.js';
import { kurrentServers, newNamespace, type KurrentServer } from './kurrentdb.js';
import { bytesOf } from './sqlite.js';

declare global {
  /** Set by the test run (test/jest/pair.mjs). */
  var testStores: 'pair' | undefined;
}

/** Whether this run is on KurrentDB and MongoDB; else it is on a data folder. */
export const isOnPair = globalThis.testStores === 'pair';

/** For what only a data folder has: files. */
export const itWithFiles = isOnPair ? it.skip : it;

// Server and worker share one thread, and whatever one of them does, the other learns from the stores.
if (isOnPair) jest.setTimeout(30_000);

/** Servers of this test file: real ones where there are any, else the run's doubles, else doubles of its own. */
let servers: Promise<readonly [KurrentServer, MongoServer]> | null = null;

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  // Hooks of this file come before those of the tests: whoever still runs on the servers ends before they do.
  try {
    for (const end of ends) await end();
  } finally {
    for (const server of (await servers) ?? []) await server.stop();
  }
}, 120_000);

function start(): Promise<readonly [KurrentServer, MongoServer]> {
  const doubles = JSON.parse(process.env['TEST_DOUBLES'] ?? '{}') as { kurrentdb?: string; mongodb?: string };
  return Promise.all([started(kurrentServers, doubles.kurrentdb), started(mongoServers, doubles.mongodb)]);
}

/** As both kinds of servers are. */
type Server = KurrentServer & MongoServer;
type Starts<S> = readonly (readonly [name: string, start: () => Promise<S>])[];

async function started<S extends Server>(all: Starts<S>, double: string | undefined): Promise<S | Server> {
  const [own, real] = all;
  if (!own) throw new Error('There is no server.');
  if (real) return real[1]();
  return double === undefined ? own[1]() : { url: double, stop: async () => undefined };
}

/** Where the stores of a new installation are, for its configuration. `end` is called after the file's last test. */
export async function newPair(end: () => Promise<void>): Promise<Readonly<Record<string, string>>> {
  const [kurrent, mongo] = await (servers ??= start());
  ends.push(end);
  return {
    SEATLEDGER_EVENTS: kurrent.url,
    SEATLEDGER_NAMESPACE: newNamespace(),
    SEATLEDGER_VIEWS: newDatabaseUrl(mongo),
  };
}

/** Opens the stores of an installation for a while; those in a folder only while nobody else has them open. */
export async function withStores<T>(config: Config, use: (stores: Stores) => Promise<T>): Promise<T> {
  const fatal = (error: unknown): void => {
    throw error;
  };
  const stores = await openStores(config, { fatal, log: silent, execArgv: fromSource });
  try {
    return await use(stores);
  } finally {
    await stores.close();
  }
}

/** Drops all views of an installation at rest; log and records stay. */
export async function dropViews(config: Config): Promise<void> {
  if (config.views === null) {
    for (const end of ['', '-wal', '-shm']) rmSync(join(config.data, `views.db${end}`), { force: true });
    return;
  }
  await withDatabase(config.views, async (client) => {
    const collections = await client.db().collections();
    for (const one of collections) if (!recordsOf.includes(one.collectionName)) await one.drop();
  });
}

/** Changes one document of a view of an installation at rest as no fold would, where it lies; its address. */
export async function changeDocument(
  config: Config,
  view: string,
): Promise<{ readonly kind: string; readonly key: string }> {
  if (config.views === null) {
    const db = new Libsql(join(config.data, 'views.db'));
    const [table] = db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ?`)
      .raw()
      .get(`doc ${view} %`) as [string];
    const [key, json] = db.prepare(`SELECT key, json FROM "${table}" ORDER BY key LIMIT 1`).raw().get() as [
      string,
      string,
    ];
    db.prepare(`UPDATE "${table}" SET json = ? WHERE key = ?`).run(changed(json), key);
    db.close();
    return { kind: table.split(' ').at(-1) ?? '', key };
  }
  return withDatabase(config.views, async (client) => {
    const all = await client.db().collections();
    const [collection] = all.filter(({ collectionName }) => collectionName.startsWith(`view.${view}.`));
    const found = await collection?.findOne({}, { sort: { _id: 1 } });
    const { _id, json } = found as unknown as { readonly _id: string; readonly json: string };
    await collection?.updateOne({ _id } as object, { $set: { json: changed(json) } });
    return { kind: collection?.collectionName.split('.').at(-1) ?? '', key: _id };
  });
}

function changed(json: string): string {
  return JSON.stringify({ ...(JSON.parse(json) as object), zzz: 'changed' });
}

export type Part = 'events' | 'records' | 'views';

/** What is no view in MongoDB. */
const recordsOf: readonly string[] = ['records', 'leases'];

/** Everything that these stores of an installation hold, as bytes: also what no document shows, where the files are ours. */
export async function storedBytes(config: Config, parts: readonly Part[]): Promise<Buffer> {
  const bytes = await Promise.all(parts.map((part) => bytesOfPart(config, part)));
  return Buffer.concat(bytes);
}

async function bytesOfPart(config: Config, part: Part): Promise<Buffer> {
  if (part === 'events' && config.events !== null) return withStores(config, ({ events }) => wholeLog(events));
  if (part === 'events' || config.views === null) return bytesOf(config.data, part);
  return withDatabase(config.views, async (client) => {
    const collections = await client.db().collections();
    const own = collections.filter(({ collectionName }) => recordsOf.includes(collectionName) === (part === 'records'));
    return Buffer.from(JSON.stringify(await Promise.all(own.map((one) => one.find().toArray()))));
  });
}

async function wholeLog(events: Stores['events']): Promise<Buffer> {
  const pages: string[] = [];
  for await (const page of events.follow(null, new AbortController().signal)) {
    pages.push(JSON.stringify(page.events));
    if (page.atHead) break;
  }
  return Buffer.from(pages.join());
}

async function withDatabase<T>(url: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(url);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
