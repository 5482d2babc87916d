import { once } from 'node:events';
import { Worker, type MessagePort } from 'node:worker_threads';
import { OutcomeUnknownError, StoreCorruptError, StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { Place } from './positions.js';
import { addFields, decodeOutcomes, toLines, type Append, type AppendOutcome, type Change } from './protocol.js';
import type { Erasure, FromWriter, ToWriter, TransactOutcome } from './protocol.js';

/** What may wait for the writer, appends, transactions and erasures each; a single one that is larger waits alone. */
export interface QueueLimits {
  readonly count: number;
  readonly bytes: number;
}

export const queueLimits: QueueLimits = { count: 10_000, bytes: 64 * 1024 * 1024 };

export interface WriterOptions {
  readonly folder: string;
  /** The writer has stopped for good; nothing is acknowledged any more, and the process must end with an exit code. */
  readonly onFatal: (error: Error) => void;
  readonly queue?: QueueLimits;
  /** Node's options for the writer's thread. */
  readonly execArgv?: readonly string[];
}

/** Who waits for an outcome. Outcomes come in the order of the log, each before the next is taken up. */
export interface Waiting<T> {
  resolve(outcome: T): void;
  reject(error: Error): void;
}

/** What was sent and is not answered yet, in order. */
class Queue<T> {
  readonly #waiting: { readonly bytes: number; readonly by: Waiting<T> }[] = [];
  readonly #onEmpty: (() => void)[] = [];
  #next = 0;
  #bytes = 0;

  constructor(private readonly limits: QueueLimits) {}

  get size(): number {
    return this.#waiting.length - this.#next;
  }

  hasRoom(bytes: number): boolean {
    return this.size === 0 || (this.size < this.limits.count && this.#bytes + bytes <= this.limits.bytes);
  }

  add(bytes: number, by: Waiting<T>): void {
    this.#bytes += bytes;
    this.#waiting.push({ bytes, by });
  }

  async drained(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  take(): Waiting<T> | undefined {
    const first = this.#waiting[this.#next];
    if (!first) return undefined;
    this.#bytes -= first.bytes;
    this.#next += 1;
    if (this.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
    if (this.#next > 1_024 && this.#next * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    return first.by;
  }
}

/** The main thread's end of the writer's thread. Appends of one turn of the event loop travel together. */
export class WriterClient {
  readonly #appends: Queue<AppendOutcome>;
  readonly #transactions: Queue<TransactOutcome>;
  /** Whether nothing is left of what was to be erased. */
  readonly #erasures: Queue<boolean>;
  #fields: (string | number)[] = [];
  #stopped: Error | null = null;
  #isClosing = false;
  readonly #exited: Promise<void>;

  private constructor(
    private readonly worker: Worker,
    private readonly options: WriterOptions,
    readonly logId: string,
    readonly firstHead: Place,
  ) {
    this.#appends = new Queue(options.queue ?? queueLimits);
    this.#transactions = new Queue(options.queue ?? queueLimits);
    this.#erasures = new Queue(options.queue ?? queueLimits);
    worker.on('message', (message: FromWriter) => this.#receive(message));
    worker.on('error', (error) => this.#stop(error));
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        if (!this.#isClosing) this.#stop(new Error('The thread that writes the log has ended.'));
        resolve();
      });
    });
  }

  static async start(options: WriterOptions): Promise<WriterClient> {
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData: { folder: options.folder },
      ...(options.execArgv && { execArgv: [...options.execArgv] }),
    });
    const ready = await firstMessage(worker);
    if (ready.kind === 'ready') return new WriterClient(worker, options, ready.logId, ready.head);
    await once(worker, 'exit');
    throw fatalError(ready);
  }

  append(append: Append, by: Waiting<AppendOutcome>): void {
    const bytes = append.rows.reduce((sum, { data, meta }) => sum + data.length + meta.length, 0);
    const refusal = this.#refusal(this.#appends, bytes);
    if (refusal) return by.reject(refusal);
    const isFirst = this.#fields.length === 0;
    addFields(append, this.#fields);
    if (isFirst) setImmediate(() => this.#flush());
    this.#appends.add(bytes, by);
  }

  transact(changes: readonly Change[], by: Waiting<TransactOutcome>): void {
    const bytes = changes.reduce((sum, { value }) => sum + 100 + (value?.length ?? 0), 0);
    const refusal = this.#refusal(this.#transactions, bytes);
    if (refusal) return by.reject(refusal);
    this.#transactions.add(bytes, by);
    this.#send({ kind: 'transact', changes });
  }

  erase(erasure: Erasure, by: Waiting<boolean>): void {
    const bytes = erasure.table.length + erasure.key.length;
    const refusal = this.#refusal(this.#erasures, bytes);
    if (refusal) return by.reject(refusal);
    this.#erasures.add(bytes, by);
    this.#send({ kind: 'erase', erasure });
  }

  /** Ends when nothing waits for the writer. */
  async drained(): Promise<void> {
    await this.#appends.drained();
    await this.#transactions.drained();
    await this.#erasures.drained();
  }

  /** The writer posts the log's head now and after each commit. */
  watch(port: MessagePort): void {
    this.worker.postMessage({ kind: 'watch', port } satisfies ToWriter, [port]);
  }

  /** Waits for what was sent; the log and the records are then whole in their files. */
  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#flush();
      // Never `terminate`: it aborts the whole process when the thread is within the database at that moment.
      this.#send({ kind: 'close' });
    }
    await this.#exited;
    this.#rejectAll(new OutcomeUnknownError('The store was closed.'));
  }

  #refusal(queue: Queue<never>, bytes: number): Error | null {
    if (this.#stopped) return new StoreUnavailableError(this.#stopped.message, { cause: this.#stopped });
    if (this.#isClosing) return new StoreUnavailableError('The store is shutting down.');
    if (queue.hasRoom(bytes)) return null;
    return new StoreUnavailableError('Too much waits to be written. Try again in a moment.');
  }

  #flush(): void {
    if (this.#fields.length === 0) return;
    const lines = toLines(this.#fields);
    this.#fields = [];
    this.#send({ kind: 'append', lines });
  }

  #send(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromWriter): void {
    if (message.kind === 'appended') {
      for (const outcome of decodeOutcomes(message.lines)) this.#appends.take()?.resolve(outcome);
    }
    if (message.kind === 'transacted') {
      for (const outcome of message.outcomes) this.#transactions.take()?.resolve(outcome);
    }
    if (message.kind === 'erased') {
      for (let n = 0; n < message.count; n += 1) this.#erasures.take()?.resolve(message.isGone);
    }
    if (message.kind === 'full') {
      const queues = { appends: this.#appends, transactions: this.#transactions, erasures: this.#erasures };
      const queue = queues[message.of];
      for (let n = 0; n < message.count; n += 1) queue.take()?.reject(new StoreUnavailableError(message.reason));
    }
    if (message.kind === 'fatal') this.#stop(fatalError(message));
  }

  #stop(error: Error): void {
    if (this.#stopped) return;
    this.#stopped = error;
    this.#rejectAll(new OutcomeUnknownError(`It is not known what was written: ${error.message}`, { cause: error }));
    this.options.onFatal(error);
  }

  #rejectAll(error: Error): void {
    for (const queue of [this.#appends, this.#transactions, this.#erasures]) {
      for (let next = queue.take(); next; next = queue.take()) next.reject(error);
    }
  }
}

/** `removeAllListeners` would also remove what Node itself needs. */
async function firstMessage(worker: Worker): Promise<FromWriter> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      once(worker, 'message', settled).then(([message]) => message as FromWriter),
      once(worker, 'exit', settled).then(() => {
        throw new Error('The thread that writes the log has ended before it began.');
      }),
    ]);
  } finally {
    settled.abort();
  }
}

function fatalError(message: FromWriter): Error {
  if (message.kind !== 'fatal') return new Error(`Unexpected message ${message.kind}.`);
  return message.corrupt ? new StoreCorruptError(message.reason) : new Error(message.reason);
}
