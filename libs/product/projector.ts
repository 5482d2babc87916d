import { MessagePort, Worker } from 'node:worker_threads';
import type { ViewProgress } from '#lib/engine/ports/view-store.js';
import type { FromProjector, ProjectorData } from './projector-thread.js';

export interface ProjectorOptions extends ProjectorData {
  /** Node's options for the thread; tests run it from its source. */
  readonly execArgv?: readonly string[];
  readonly progress: (progress: ViewProgress) => void;
  readonly fatal: (error: unknown) => void;
}

/** The main thread's end of the projector's thread. */
export class Projector {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #isStopping = false;

  constructor({ folder, log, logLevel, execArgv, progress, fatal }: ProjectorOptions) {
    const workerData: ProjectorData = { folder, log, logLevel };
    const transferList = log instanceof MessagePort ? [log] : [];
    this.#worker = new Worker(new URL('./projector-thread.js', import.meta.url), {
      workerData,
      transferList,
      // Documents live from one commit to the next: with less room they are moved to the old generation and collected
      // there, which took a tenth of the time of a rebuild.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
      ...(execArgv && { execArgv: [...execArgv] }),
    });
    this.#worker.on('message', (message: FromProjector) => {
      if (message.kind === 'progress') progress(message.progress);
      else fatal(new Error(message.message));
    });
    this.#worker.on('error', fatal);
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        if (!this.#isStopping) fatal(new Error('The thread that folds the views has ended.'));
        resolve();
      });
    });
  }

  /** Ends after the batch that is being folded. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#worker.postMessage('stop');
    await this.#exited;
  }
}
