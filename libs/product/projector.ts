import { MessagePort, Worker } from 'node:worker_threads';
import { StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { BuildControl, ViewProgress } from '#lib/engine/ports/view-store.js';
import type { FromProjector, ProjectorData, ToProjector } from './projector-thread.js';

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
  #asked = 0;
  readonly #questions = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  /** Which builds of views there are is for the thread to change, since it alone writes them. */
  readonly control: BuildControl = {
    begin: (...args) => this.#ask('begin', args),
    pause: (...args) => this.#ask('pause', args),
    makeLive: (...args) => this.#ask('makeLive', args),
    discard: (...args) => this.#ask('discard', args),
  };

  constructor({ folder, log, logLevel, execArgv, progress, fatal }: ProjectorOptions) {
    const workerData: ProjectorData = { folder, log, logLevel };
    const transferList = log instanceof MessagePort ? [log] : [];
    this.#worker = new Worker(new URL('./projector-thread.js', import.meta.url), {
      workerData,
      transferList,
      // With as few documents in hand as there are, more room for new objects made nothing faster and the process larger.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
      ...(execArgv && { execArgv: [...execArgv] }),
    });
    this.#worker.on('message', (message: FromProjector) => {
      if (message.kind === 'progress') progress(message.progress);
      else if (message.kind === 'answer') this.#answer(message);
      else fatal(new Error(message.message));
    });
    this.#worker.on('error', fatal);
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        if (!this.#isStopping) fatal(new Error('The thread that folds the views has ended.'));
        this.#isStopping = true;
        for (const { reject } of this.#questions.values()) reject(stopped());
        resolve();
      });
    });
  }

  /** Ends after the batch that is being folded. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#tell({ kind: 'stop' });
    await this.#exited;
  }

  /** Rejects with StoreUnavailableError when the thread has ended. */
  #ask<T>(call: keyof BuildControl, args: unknown[]): Promise<T> {
    if (this.#isStopping) return Promise.reject(stopped());
    const question = (this.#asked += 1);
    this.#tell({ kind: 'control', question, call, args });
    return new Promise((resolve, reject) => {
      this.#questions.set(question, { resolve: (answer) => resolve(answer as T), reject });
    });
  }

  #answer({ question, answer, error }: FromProjector & { readonly kind: 'answer' }): void {
    const asked = this.#questions.get(question);
    this.#questions.delete(question);
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(error));
  }

  #tell(message: ToProjector): void {
    this.#worker.postMessage(message);
  }
}

function stopped(): StoreUnavailableError {
  return new StoreUnavailableError('The thread that folds the views has ended.');
}
