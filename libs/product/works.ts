import { once } from 'node:events';
import { registerCommands } from '#lib/engine/commands/registry.js';
import { limits } from '#lib/engine/limits.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Work } from '#lib/engine/owning/work.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import { versionOf, type BuildControl, type ViewReader, type ViewStore } from '#lib/engine/ports/view-store.js';
import type { DueRows } from '#lib/engine/processes/due-rows.js';
import type { Execute } from '#lib/engine/processes/issuer.js';
import { ProcessRunner } from '#lib/engine/processes/process-runner.js';
import { Requests } from '#lib/engine/processes/requests.js';
import { Timers } from '#lib/engine/processes/timers.js';
import { runProjections } from '#lib/engine/projecting/projection-runner.js';
import { RebuildRunner } from '#lib/engine/rebuilding/rebuild-runner.js';
import type { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { VerifyTurns } from '#lib/engine/rebuilding/verify-turns.js';
import { deciders } from '#lib/domain/deciders.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes } from '#lib/processes/processes.js';
import { EvidenceWork } from './evidence/evidence-work.js';
import { HeadsFile } from './evidence/heads-file.js';
import { OperationRunner } from './operations/operation-runner.js';
import type { GuardedClient } from './outgoing/guarded-client.js';
import { senders } from './outgoing/senders.js';
import type { Product } from './product.js';
import { catalog, projections } from './registries.js';

export interface WorksOptions {
  readonly product: Product;
  readonly events: EventStore;
  readonly records: Records;
  /** Where the views are folded; null: another thread folds them. */
  readonly views: ViewStore | null;
  /** Which builds of views there are. */
  readonly viewReader: ViewReader;
  readonly control: BuildControl;
  readonly rebuilds: Rebuilds;
  /** One of the views is verified so often, by turns; 0: none. */
  readonly verifyEveryMs: number;
  readonly execute: Execute;
  readonly clock: Clock;
  readonly settings: Settings;
  /** The way out, for what processes ask of the outside. */
  readonly outgoing: GuardedClient;
  /** Other processes run some of the works: what they set is looked for, and what they wait for saved at once. */
  readonly shared: boolean;
  readonly signer: HeadSigner;
  /** Path of the file that signed heads are added to; null: none. */
  readonly headsFile: string | null;
  readonly log: Logger;
}

export interface Works {
  readonly all: readonly Work[];
  /** To be called when an operation was begun. */
  operationBegun(): void;
  /** To be called when a rebuild was begun, or is to go another way. */
  rebuildsChanged(): void;
}

/** Timers and operations keep names of commands. */
const commandsByName: ReadonlyMap<string, CommandClass> = new Map(
  [...registerCommands(deciders)].map(([type, { handles }]) => [type, handles.command as CommandClass]),
);

/** Everything that goes on all the time: views, processes, timers, requests to the outside, operations, what is kept of the log. */
export function worksOf(options: WorksOptions): Works {
  const { product, events, records, views, execute, clock, settings, outgoing, shared, log } = options;
  const lookEveryMs = shared ? limits.lookAgainMs : null;
  const timers = new Timers(records, clock, commandsByName, execute, log);
  const requests = new Requests(records, clock, senders({ client: outgoing, events, records, clock }), execute, log);
  const operations = new OperationRunner({ records, execute, clock, log, commands: commandsByName, lookEveryMs });
  const { viewReader, control } = options;
  const rebuilds = new RebuildRunner({ records, views: viewReader, control, clock, log, lookEveryMs });
  const wake = (): void => [timers, requests].forEach((rows) => rows.arm());
  const checkpointMs = shared ? limits.sharedCheckpointMs : limits.processCheckpointMs;
  const running = { store: events, catalog, records, execute, progress: product.progress, wake, checkpointMs, log };
  return {
    all: [
      ...processes(settings).map((process): Work => ({
        parts: [`process/${process.name}`],
        run: (_held, signal) => new ProcessRunner({ process, ...running }, signal).run(),
      })),
      { parts: ['timers'], run: (_held, signal) => carryOut(timers, lookEveryMs, signal) },
      { parts: ['requests'], run: (_held, signal) => carryOut(requests, lookEveryMs, signal) },
      { parts: ['operations'], run: (_held, signal) => operations.run(signal) },
      { parts: ['rebuilds'], run: (_held, signal) => rebuilds.run(signal) },
      { parts: ['log-times'], run: (_held, signal) => product.times.extend(signal) },
      { parts: ['evidence'], run: (_held, signal) => evidenceOf(options).run(signal) },
      ...(options.verifyEveryMs > 0 ? [verifying(options)] : []),
      ...(views ? [folding(views, options)] : []),
    ],
    operationBegun: () => operations.begun(),
    rebuildsChanged: () => rebuilds.wake(),
  };
}

function verifying({ records, rebuilds, verifyEveryMs: everyMs, clock, log }: WorksOptions): Work {
  const turns = new VerifyTurns({ records, rebuilds, versions: projections.map(versionOf), everyMs, clock, log });
  return { parts: ['verify'], run: (_held, signal) => turns.run(signal) };
}

function evidenceOf({ events, records, signer, headsFile, clock, log }: WorksOptions): EvidenceWork {
  const file = headsFile === null ? null : new HeadsFile(headsFile, signer);
  return new EvidenceWork({ events, records, signer, headsFile: file, clock, log });
}

async function carryOut(rows: DueRows, lookEveryMs: number | null, signal: AbortSignal): Promise<void> {
  rows.start(signal);
  const looking = lookEveryMs === null ? null : setInterval(() => rows.arm(), lookEveryMs);
  if (!signal.aborted) await once(signal, 'abort');
  if (looking) clearInterval(looking);
  await rows.stop();
}

function folding(views: ViewStore, { events: store, records, clock, log, product }: WorksOptions): Work {
  const partOf = (name: string): string => `view/${name}`;
  return {
    parts: projections.map(({ name }) => partOf(name)),
    run: (held, signal) => {
      const owned = projections.flatMap((projection) => {
        const epoch = held.get(partOf(projection.name));
        return epoch === undefined ? [] : { projection, epoch };
      });
      const progress = product.visible.report.bind(product.visible);
      return runProjections({ store, views, records, projections: owned, catalog, clock, log, progress }, signal);
    },
  };
}
