import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import { openMongo } from '#lib/adapters/mongodb/open.js';
import { openFolder } from '#lib/adapters/sqlite/open.js';
import { soleOwner } from '#lib/engine/owning/sole-owner.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Leases } from '#lib/engine/ports/leases.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import { versionOf, type ViewProgress, type ViewReader, type ViewStore } from '#lib/engine/ports/view-store.js';
import type { Config } from './config/config.js';
import { hostsOf } from './config/parsers.js';
import { Projector } from './projector.js';
import type { KurrentAddress } from './projector-thread.js';
import { projections } from './registries.js';

/** How views are kept up to date: by a thread of this process, or by whoever holds their leases. */
export type Folding =
  | { readonly by: 'thread'; start(progress: (progress: ViewProgress) => void): Projector }
  | { readonly by: 'holders'; readonly views: ViewStore };

/** Views, records, and the right to work on them. */
interface ViewSide {
  readonly records: Records;
  readonly views: ViewReader;
  readonly leases: Leases;
  readonly folding: Folding;
  /** Where to see how far views are that other processes fold; null: there are no others. */
  readonly viewProgress: (() => Promise<ViewProgress>) | null;
}

/** The stores of an installation, as its configuration says, and what follows from their kinds. */
export interface Stores extends ViewSide {
  readonly events: EventStore;
  /** No other process appends to the log. */
  readonly solelyOurs: boolean;
  /** The server does all work itself, since one of the stores is this process's alone. Else workers do it. */
  readonly worksHere: boolean;
  /** Where they are, for whoever reads along; nothing of how to get in. */
  readonly place: string;
  close(): Promise<void>;
}

export interface StoresOptions {
  /** The stores have failed for good: end the process. */
  readonly fatal: (error: unknown) => void;
  readonly log: Logger;
  /** Node's options for the threads; tests run them from their sources. */
  readonly execArgv?: readonly string[];
}

type Closes = (() => Promise<void>)[];

/** Events in KurrentDB or in the folder, views and records in MongoDB or in the folder. Throws what says what to do. */
export async function openStores(config: Config, options: StoresOptions): Promise<Stores> {
  const closes: Closes = [];
  const close = async (): Promise<void> => {
    for (let next = closes.pop(); next; next = closes.pop()) await next();
  };
  try {
    const { events: url, namespace } = config;
    const address = url === null ? null : { url, namespace };
    const remote = address && (await openKurrentLog({ ...address, log: options.log }));
    if (remote) closes.push(() => remote.close());
    const folder = remote && config.views !== null ? null : await openEmbedded(config, options, remote);
    if (folder) closes.push(() => folder.close());
    const events = remote ?? folder?.events;
    if (!events) throw new Error('There is no log.');
    const side = await openViewSide(config, options, folder, address, closes);
    return { events, ...side, solelyOurs: !remote, worksHere: folder !== null, place: placeOf(config), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function placeOf({ data, events, views }: Config): string {
  const folder = `Data folder: ${data}`;
  const elsewhere = [
    ...(events === null ? [] : [`Events: KurrentDB at ${hostsOf(events)}`]),
    ...(views === null ? [] : [`Views: MongoDB at ${hostsOf(views)}`]),
  ];
  return [...(events !== null && views !== null ? [] : [folder]), ...elsewhere].join('\n');
}

type Folder = Awaited<ReturnType<typeof openFolder>>;

async function openEmbedded(
  config: Config,
  { fatal, log, execArgv }: StoresOptions,
  remote: EventStore | null,
): Promise<Folder> {
  const warn = (message: string): void => log.warn({}, message);
  const viewedLog = remote && { logId: remote.logId, head: await remote.head() };
  return openFolder({
    folder: config.data,
    onFatal: fatal,
    warn,
    ...(viewedLog && { viewedLog }),
    ...(execArgv && { execArgv }),
  });
}

async function openViewSide(
  config: Config,
  { fatal, log, execArgv }: StoresOptions,
  folder: Folder | null,
  address: KurrentAddress | null,
  closes: Closes,
): Promise<ViewSide> {
  if (config.views !== null) {
    const { leaseTermMs } = config;
    const { records, views, leases, progress, close } = await openMongo({ url: config.views, leaseTermMs, log });
    closes.push(close);
    const versions = projections.map(versionOf);
    return { records, views, leases, folding: { by: 'holders', views }, viewProgress: () => progress(versions) };
  }
  if (!folder) throw new Error('There is no folder.');
  const { records, views } = folder;
  const start = (progress: (progress: ViewProgress) => void): Projector =>
    new Projector({
      folder: config.data,
      log: address ?? folder.projectorPort(),
      logLevel: config.logLevel,
      progress,
      fatal,
      ...(execArgv && { execArgv }),
    });
  return { records, views, leases: soleOwner, folding: { by: 'thread', start }, viewProgress: null };
}
