import { openFolder } from '#lib/adapters/sqlite/open.js';
import { soleOwner } from '#lib/engine/owning/sole-owner.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { Leases } from '#lib/engine/ports/leases.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ViewProgress, ViewReader, ViewStore } from '#lib/engine/ports/view-store.js';
import type { Config } from './config/config.js';
import { Projector } from './projector.js';

/** How views are kept up to date: by a thread of this process, or by whoever holds their leases. */
export type Folding =
  | { readonly by: 'thread'; start(progress: (progress: ViewProgress) => void): Projector }
  | { readonly by: 'holders'; readonly views: ViewStore };

/** The stores of an installation, as its configuration says, and what follows from their kinds. */
export interface Stores {
  readonly events: EventStore;
  readonly records: Records;
  readonly views: ViewReader;
  readonly leases: Leases;
  readonly folding: Folding;
  /** No other process appends to the log. */
  readonly solelyOurs: boolean;
  /** The server does all work itself: one of the stores is this process's alone. Else workers do it. */
  readonly worksHere: boolean;
  /** Where to see how far views are that other processes fold; null: there are no others. */
  readonly viewProgress: (() => Promise<ViewProgress>) | null;
  close(): Promise<void>;
}

export interface StoresOptions {
  /** The stores have failed for good: end the process. */
  readonly fatal: (error: unknown) => void;
  readonly log: Logger;
  /** Node's options for the threads; tests run them from their sources. */
  readonly execArgv?: readonly string[];
}

export async function openStores(config: Config, { fatal, log, execArgv }: StoresOptions): Promise<Stores> {
  const threads = execArgv ? { execArgv } : {};
  const warn = (message: string): void => log.warn({}, message);
  const folder = await openFolder({ folder: config.data, onFatal: fatal, warn, ...threads });
  const { events, records, views } = folder;
  return {
    events,
    records,
    views,
    leases: soleOwner,
    folding: {
      by: 'thread',
      start: (progress) =>
        new Projector({
          folder: config.data,
          port: folder.projectorPort(),
          logLevel: config.logLevel,
          progress,
          fatal,
          ...threads,
        }),
    },
    solelyOurs: true,
    worksHere: true,
    viewProgress: null,
    close: () => folder.close(),
  };
}
