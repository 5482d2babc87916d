import { setTimeout } from 'node:timers/promises';
import type { EventCatalog } from '../catalog.js';
import { turnOfEventLoop } from '../event-loop.js';
import { limits } from '../limits.js';
import type { Clock } from '../ports/clock.js';
import {
  StoreCorruptError,
  type LogPage,
  type LogReader,
  type Position,
  type StoredEvent,
} from '../ports/event-store.js';
import type { Logger } from '../ports/logger.js';
import { FencedError } from '../ports/leases.js';
import type { ViewStore } from '../ports/view-store.js';
import { FoldFailedError, ViewStoppedError, type FoldingView } from './folding-view.js';
import { LoggedEvent } from './logged-event.js';
import { Mutex } from './mutex.js';

export interface LaneOptions {
  readonly store: LogReader;
  readonly views: ViewStore;
  readonly catalog: EventCatalog;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after each commit with the views whose documents are now at the position. */
  readonly committed: (views: readonly FoldingView[], position: Position) => void;
}

/** The lane ahead could not be brought along: it has gone back, and mends or ends by itself. */
class NotJoinedError extends Error {}

/**
 * Views that stand at the same position and move through the log together: one reading, one transaction for all.
 * A lane that is behind another one catches up by itself and then joins it.
 */
export class Lane {
  readonly #between = new Mutex();
  /** What is folded; what is committed may be a little less. */
  #folded: Position | null;
  #committed: Position | null;
  #events = 0;
  #commitMs = 0;
  /** Counts how often this lane went back. */
  #turn = 0;

  constructor(
    private views: readonly FoldingView[],
    position: Position | null,
    private readonly options: LaneOptions,
  ) {
    this.#folded = position;
    this.#committed = position;
  }

  /** Until the signal aborts, or until this lane has joined the one ahead. Rejects when nothing can be mended here. */
  async run(signal: AbortSignal, ahead?: Lane): Promise<void> {
    for (let failures = 0; !signal.aborted && this.views.length > 0;) {
      const turn = this.#turn;
      try {
        for await (const page of this.options.store.follow(this.#committed, signal)) {
          const isTaken = await this.#alone(async () => {
            // A lane that wanted to join has taken this one back: the page does not follow what is folded.
            if (turn !== this.#turn) return false;
            await this.#take(page);
            return true;
          });
          if (!isTaken) break;
          if (!page.atHead) await turnOfEventLoop();
          else if (ahead && (await this.#alone(() => this.#join(ahead, signal)))) return;
          else await this.#rest(signal);
          failures = 0;
        }
      } catch (error) {
        if (signal.aborted) return;
        await this.#alone(async () => this.#goBack());
        failures = await this.#recover(error, failures, signal);
      }
    }
  }

  /** Nobody else touches this lane's views meanwhile; a failure takes them back before anybody else does. */
  async #alone<T>(act: () => Promise<T>): Promise<T> {
    const release = await this.#between.acquire();
    try {
      return await act();
    } catch (error) {
      this.#goBack();
      throw error;
    } finally {
      release();
    }
  }

  /** Gives up what was folded since the last commit; the log is followed again from there. */
  #goBack(): void {
    for (const view of this.views) view.rollback();
    this.#folded = this.#committed;
    this.#events = 0;
    this.#turn += 1;
  }

  async #take({ events, upTo, atHead }: LogPage): Promise<void> {
    const { changesPerCommit, eventsPerCommit } = limits;
    const from = this.#folded;
    // A page may say no more than that this is the end of the log.
    if (from !== null && upTo <= from) return atHead && upTo === from ? this.#commit(true) : undefined;
    const isNew = ({ position }: StoredEvent): boolean => from === null || position > from;
    const next = events.filter(isNew).map((event) => new LoggedEvent(event, this.options.catalog));
    for (const view of this.views) await view.take(next);
    this.#folded = upTo;
    this.#events += next.length;
    const changes = this.views.reduce((sum, view) => sum + view.changes, 0);
    if (atHead || changes >= changesPerCommit || this.#events >= eventsPerCommit) await this.#commit(atHead);
  }

  /** `caughtUp`: nothing lay behind what is folded, so this is the time to make indexes that are not there yet. */
  async #commit(caughtUp = false): Promise<void> {
    const position = this.#folded;
    const isNew = position !== null && position !== this.#committed;
    if (isNew) await this.#write(position);
    if (caughtUp) for (const view of this.views) await view.index();
    if (isNew) this.options.committed(this.views, position);
  }

  async #write(position: Position): Promise<void> {
    const startedAt = performance.now();
    const now = this.options.clock.now();
    const commits = this.views.map((view) => view.commit(position, now));
    if ((await this.options.views.commit(commits)) === 'fenced') throw new FencedError('A view has another owner now.');
    for (const [index, view] of this.views.entries()) {
      const commit = commits[index];
      if (commit) view.accepted(commit);
    }
    this.#committed = position;
    this.#events = 0;
    this.#commitMs = performance.now() - startedAt;
  }

  /**
   * Lets events gather for a few times as long as the last commit took. With little to do that is nothing; under load
   * a document that changes all the time is written once for many events, and the log has the disk to itself meanwhile.
   */
  async #rest(signal: AbortSignal): Promise<void> {
    const ms = Math.min(limits.restMs, this.#commitMs * limits.restShare);
    this.#commitMs = 0;
    if (ms >= 1) await setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }

  /**
   * While the other lane waits, the one that is behind folds up to where the other stands; then they are one. False if
   * the other has ended, since all its views have stopped.
   */
  #join(ahead: Lane, signal: AbortSignal): Promise<boolean> {
    return ahead.#alone(async () => {
      if (ahead.views.length === 0) return false;
      await this.#commit();
      await bringAlong(() => ahead.#commit());
      await this.#catchUp(ahead.#committed, signal);
      await bringAlong(() => ahead.#catchUp(this.#committed, signal));
      signal.throwIfAborted();
      ahead.views = [...ahead.views, ...this.views];
      this.views = [];
      return true;
    });
  }

  async #catchUp(end: Position | null, signal: AbortSignal): Promise<void> {
    if (end === null || (this.#committed !== null && this.#committed >= end)) return;
    for await (const page of this.options.store.follow(this.#committed, signal)) {
      const atHead = page.upTo >= end;
      const events = page.events.filter(({ position }) => position <= end);
      await this.#take({ events, upTo: atHead ? end : page.upTo, atHead });
      if (atHead) return;
    }
  }

  /** After a failure, everything having gone back to the last commit; what cannot be mended by waiting is thrown. */
  async #recover(error: unknown, failures: number, signal: AbortSignal): Promise<number> {
    if (error instanceof FencedError || error instanceof StoreCorruptError) throw error;
    const { log } = this.options;
    if (error instanceof FoldFailedError) {
      log.error({ error: error.message }, 'event parked');
      return 0;
    }
    if (error instanceof ViewStoppedError) {
      log.error({ error: error.message }, 'view stopped');
      this.views = this.views.filter((view) => view.id !== error.view);
      return 0;
    }
    log.error({ error, failures }, 'views could not be brought up to date; trying again');
    await setTimeout(Math.min(5_000, 50 * 2 ** failures), undefined, { signal }).catch(() => undefined);
    return failures + 1;
  }
}

/** What fails in another lane is not this lane's to mend: an event parked or a view stopped there is not so here. */
async function bringAlong(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new NotJoinedError('The views ahead could not be brought along.', { cause });
  }
}
