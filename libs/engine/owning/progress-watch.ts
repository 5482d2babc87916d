import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../limits.js';
import type { Logger } from '../ports/logger.js';
import type { Records } from '../ports/records.js';
import type { ViewProgress } from '../ports/view-store.js';
import { growingPause } from '../processes/issuer.js';
import { processesTable, type ProcessPlace } from '../processes/process-checkpoint.js';
import type { ProcessProgress } from '../processes/progress.js';
import type { VisibleViews } from '../queries/visible-views.js';

export interface ProgressWatchOptions {
  /** How far all views are, and what of them is parked: one cheap reading. */
  readonly views: () => Promise<ViewProgress>;
  readonly records: Pick<Records, 'list'>;
  readonly visible: VisibleViews;
  readonly progress: ProcessProgress;
  readonly log: Logger;
}

/** More than there ever are. */
const mostProcesses = 200;

/**
 * Tells those who wait in this process how far views and processes are that others run: looks at the stored checkpoints,
 * often while somebody waits, until the signal aborts. A store that is away is waited for.
 */
export async function watchProgress(options: ProgressWatchOptions, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      await look(options);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) options.log.warn({ error }, 'checkpoints cannot be read; trying again');
      await growingPause(failures, signal);
    }
    await rest(options, signal);
  }
}

/** A moment while somebody waits for views or processes; else longer, until somebody does. */
async function rest({ visible, progress }: ProgressWatchOptions, signal: AbortSignal): Promise<void> {
  for (let restedMs = 0; restedMs < limits.watchIdleMs && !signal.aborted; restedMs += limits.watchMs) {
    await pause(limits.watchMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (visible.isWaitedFor || progress.isWaitedFor) return;
  }
}

async function look({ views, records, visible, progress }: ProgressWatchOptions): Promise<void> {
  // Processes first: what they have appended by then is asked of the views that are read after them.
  for (const { key, value } of await records.list({ table: processesTable, limit: mostProcesses })) {
    const { position, appended } = value as ProcessPlace;
    progress.stored(key, position, appended ?? null);
  }
  visible.report(await views());
}
