import type { EventCatalog } from '../catalog.js';
import { turnOfEventLoop } from '../event-loop.js';
import { firstAbort } from '../ports/first-abort.js';
import { limits } from '../limits.js';
import type { AnyProcessManager, EraseRecord, Issue, Reaction } from '../model/process.js';
import { addressOf, type Recorded } from '../model/envelope.js';
import {
  OutcomeUnknownError,
  StoreUnavailableError,
  type EventStore,
  type LogPage,
  type Position,
  type StoredEvent,
} from '../ports/event-store.js';
import type { Logger } from '../ports/logger.js';
import type { RecordChange, Records } from '../ports/records.js';
import { uuidFrom } from '../uuid.js';
import { growingPause, Issuer, orderOf, type Execute, type Order } from './issuer.js';
import { ParkedStreams } from './parked-streams.js';
import { ProcessCheckpoint } from './process-checkpoint.js';
import type { ProcessProgress } from './progress.js';
import { requestChange } from './requests.js';
import { timerChange } from './timers.js';

/** Rows of all processes: which command of which event was refused, and how. */
export const processRefusalsTable = 'processRefusals';

export interface ProcessRunnerOptions {
  readonly process: AnyProcessManager;
  readonly store: EventStore;
  readonly catalog: EventCatalog;
  readonly records: Records;
  readonly execute: Execute;
  readonly progress: ProcessProgress;
  /** Called when timers or requests were saved: they may be due. */
  readonly wake: () => void;
  /** How long its position alone may stay unsaved: after a crash what it handled since then is repeated. */
  readonly checkpointMs: number;
  readonly log: Logger;
}

/**
 * Follows the log for one process and issues what it reacts with: in order within a stream, different streams at once.
 * The checkpoint is saved after the commands and erasures, together with timers and requests, so that a crash repeats
 * and never skips.
 */
export class ProcessRunner {
  readonly #parked: ParkedStreams;
  readonly #issuer: Issuer;
  #appended: Position | null = null;

  constructor(
    private readonly options: ProcessRunnerOptions,
    private readonly signal: AbortSignal,
  ) {
    const { process, records, execute, log } = options;
    this.#parked = new ParkedStreams(process.name, records);
    this.#issuer = new Issuer(process.name, execute, log, signal);
  }

  /** Runs until the signal aborts. Rejects if somebody else runs it (FencedError), or the log or the records fail. */
  async run(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      if (!this.signal.aborted) throw error;
    }
  }

  async #follow(): Promise<void> {
    const { process, store, records, progress, wake: saved, checkpointMs: everyMs } = this.options;
    const unsaved = new AbortController();
    const failed = (): void => unsaved.abort();
    const checkpoint = await ProcessCheckpoint.open(process, store, records, { saved, failed, everyMs });
    this.#appended = checkpoint.appended;
    await this.#parked.load();
    await this.#retryParked();
    progress.pass(process.name, checkpoint.position ?? `${store.logId}.`);
    const { signal: ending, release } = firstAbort(this.signal, unsaved.signal);
    try {
      const types = new Set(Object.keys(process.on));
      // What could not be saved is noticed at once, not with the next event.
      for await (const page of store.follow(checkpoint.position, ending, types)) {
        const changes = page.events.length > 0 ? await this.#handle(page) : [];
        checkpoint.appended = this.#appended;
        checkpoint.advance(page.upTo, changes);
        progress.pass(process.name, page.upTo);
        if (!page.atHead) await turnOfEventLoop();
      }
    } finally {
      release();
      await checkpoint.flush();
    }
  }

  async #handle(page: LogPage): Promise<readonly RecordChange[]> {
    const byStream = new Map<string, StoredEvent[]>();
    for (const event of page.events) {
      const ofStream = byStream.get(event.stream);
      if (ofStream) ofStream.push(event);
      else byStream.set(event.stream, [event]);
    }
    const changes = await inTurns([...byStream.values()], (events) => this.#handleStream(events));
    return changes.flat();
  }

  async #handleStream(events: readonly StoredEvent[]): Promise<readonly RecordChange[]> {
    const changes: RecordChange[] = [];
    for (const event of events) {
      if (this.#parked.has(event.stream)) {
        changes.push(this.#parked.wait(event));
        continue;
      }
      try {
        changes.push(...(await this.#react(event)));
      } catch (error) {
        this.signal.throwIfAborted();
        this.options.log.error({ process: this.options.process.name, event: addressOf(event), error }, 'parked');
        changes.push(this.#parked.park(event, error));
      }
    }
    return changes;
  }

  async #react(stored: StoredEvent): Promise<readonly RecordChange[]> {
    const { process, catalog } = this.options;
    const event = catalog.read(stored);
    const reactions: readonly Reaction[] = process.on[event.type]?.(event) ?? [];
    const changes: RecordChange[] = [];
    for (const [index, reaction] of reactions.entries()) {
      if ('clearTimer' in reaction) changes.push(timerChange(process.name, reaction.clearTimer, null));
      else if ('setTimer' in reaction) {
        const order = orderOf(event, index, reaction.issue.type, reaction.input);
        changes.push(timerChange(process.name, reaction.setTimer, { dueAt: reaction.dueAt, ...order }));
      } else if ('request' in reaction) {
        const { type: kind, ...order } = orderOf(event, index, reaction.kind.type, reaction.input);
        changes.push(requestChange(process.name, reaction.request, { kind, ...order }, event.meta.recordedAt));
      } else if ('eraseRecord' in reaction) await this.#erase(reaction);
      else changes.push(...(await this.#issue(event, index, reaction)));
    }
    return changes;
  }

  /** What hinders it passes by itself: a file that is being read, a full disk, a store that is away. */
  async #erase({ eraseRecord: { table, key } }: EraseRecord): Promise<void> {
    const { process, records, log } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await records.erase(table, key);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError || error instanceof OutcomeUnknownError)) throw error;
        log.warn({ process: process.name, table, key, attempt, error }, 'not erased yet');
        await growingPause(attempt, this.signal);
        this.signal.throwIfAborted();
      }
    }
  }

  async #issue(event: Recorded, index: number, { issue, input }: Issue): Promise<readonly RecordChange[]> {
    const { process, progress } = this.options;
    const order: Order = orderOf(event, index, issue, input);
    const outcome = await this.#issuer.issue(order);
    if (outcome.kind === 'done') {
      if (this.#appended === null || outcome.position > this.#appended) this.#appended = outcome.position;
      progress.appended(outcome.position);
      return [];
    }
    const value = { process: process.name, event: addressOf(event), command: issue.type, outcome };
    const key = uuidFrom(process.name, order.key);
    return [{ table: processRefusalsTable, key, expect: 'any', sort: event.meta.recordedAt, value }];
  }

  /** What was parked is tried once at each start: a new build may have mended the cause. */
  async #retryParked(): Promise<void> {
    const { process, store, records, log } = this.options;
    for (const { stream, first, last } of this.#parked.all()) {
      const changes: RecordChange[] = [this.#parked.release(stream)];
      for await (const page of store.read(stream, first)) {
        const waiting = page.filter(({ revision, type }) => revision <= last && process.on[type]);
        changes.push(...(await this.#handleStream(waiting)));
      }
      await records.transact(changes);
      log.info({ process: process.name, stream, parked: this.#parked.has(stream) }, 'tried a parked stream again');
    }
  }
}

/** Runs acts at once, but no more than the limit. */
async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += limits.timersAtOnce) {
    results.push(...(await Promise.all(items.slice(from, from + limits.timersAtOnce).map(act))));
  }
  return results;
}
