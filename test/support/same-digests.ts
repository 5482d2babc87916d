import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { prepareViews } from '#lib/adapters/sqlite/data-folder.js';
import { openProjector } from '#lib/adapters/sqlite/open.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { silent } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { Checkpoint, ViewReader } from '#lib/engine/ports/view-store.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { catalog, projections } from '#lib/product/registries.js';

interface Installation {
  readonly events: EventStore;
  readonly records: Pick<Records, 'list'>;
  readonly views: ViewReader;
}

/** What two folds of one log have in common on whichever stores, of every view by its name. */
export type Digests = Readonly<Record<string, Pick<Checkpoint, 'digest' | 'count' | 'applied' | 'seen'> | null>>;

export async function digestsOf(views: Pick<ViewReader, 'checkpoint'>): Promise<Digests> {
  const rows = projections.map(async ({ name, version }) => {
    const found = await views.checkpoint({ view: name, version });
    if (!found) return [name, null] as const;
    const { digest, count, applied, seen } = found;
    return [name, { digest, count, applied, seen }] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

async function areAtHead({ events, views }: Installation): Promise<boolean> {
  const head = await events.head();
  const found = await Promise.all(projections.map(({ name, version }) => views.checkpoint({ view: name, version })));
  return found.every((checkpoint) => checkpoint !== null && checkpoint.position >= head);
}

/** Resolves when every view has come to the log's end, by the work of another process. */
export async function untilViewsAreAtHead(installation: Installation): Promise<void> {
  while (!(await areAtHead(installation))) await pause(20);
}

/** Folds the log into views in a folder: what it comes to. */
async function foldedInFolder({ events, records }: Installation): Promise<Digests> {
  const folder = mkdtempSync(join(tmpdir(), 'seatledger-'));
  const fail = (fault: unknown): void => {
    throw new Error(`Unexpected: ${String(fault)}`);
  };
  prepareViews(folder, { logId: events.logId, head: await events.head() }, fail);
  const { views } = await openProjector({ folder, log: events, onFatal: fail });
  const visible = new VisibleViews(projections.map(({ name }) => name));
  const stopping = new AbortController();
  const progress = visible.report.bind(visible);
  const owned = projections.map((projection) => ({ projection, epoch: 1 }));
  const running = runProjections(
    { store: events, views, records, projections: owned, catalog, clock: systemClock, log: silent, progress },
    stopping.signal,
  );
  try {
    const ended = running.then(() => Promise.reject(new Error('The fold has ended.')));
    await Promise.race([untilViewsAreAtHead({ events, records, views }), ended]);
    stopping.abort();
    await running;
    return await digestsOf(views);
  } finally {
    await views.close();
    rmSync(folder, { recursive: true });
  }
}

/**
 * Compares the views of an installation at rest with a fold of its log into a folder, and throws if they differ. False
 * if it came to rest before its views had come to the end.
 */
export async function foldedAlike(installation: Installation): Promise<boolean> {
  if (!(await areAtHead(installation))) return false;
  expect(await digestsOf(installation.views)).toEqual(await foldedInFolder(installation));
  return true;
}
