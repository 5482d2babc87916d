import { limits } from '../limits.js';
import type { Clock } from '../ports/clock.js';
import type { LogPage, LogReader, Position } from '../ports/event-store.js';
import type { Logger } from '../ports/logger.js';
import type { ViewStore } from '../ports/view-store.js';
import { FoldFailedError, ViewStoppedError, type FoldingView } from './folding-view.js';
import { Mutex } from './mutex.js';

export interface LaneOptions {
  readonly store: LogReader;
  readonly views: ViewStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after each commit with the views whose documents are now at the position. */
  readonly committed: (views: readonly FoldingView[], position: Position) => void;
}

/** Another owner has moved a view on: this one must stop. */
export class FencedError extends Error {}

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

  constructor(
    private views: readonly FoldingView[],
    position: Position | null,
    private readonly options: LaneOptions,
  ) {
    this.#folded = position;
    this.#committed = position;
  }

  /** Until the signal aborts, or until this lane has joined the one ahead. Rejects when fenced. */
  async run(signal: AbortSignal, ahead?: Lane): Promise<void> {
    for (let failures = 0; !signal.aborted && this.views.length > 0;) {
      try {
        for await (const page of this.options.store.follow(this.#committed, signal)) {
          await this.#alone(() => this.#take(page));
          failures = 0;
          if (ahead && page.atHead) return await this.#alone(() => this.#join(ahead, signal));
        }
      } catch (error) {
        if (signal.aborted) return;
        failures = await this.#recover(error, failures);
      }
    }
  }

  async #alone(act: () => Promise<void>): Promise<void> {
    const release = await this.#between.acquire();
    try {
      await act();
    } finally {
      release();
    }
  }

  async #take({ events, upTo, atHead }: LogPage): Promise<void> {
    const { changesPerCommit, eventsPerCommit } = limits;
    const from = this.#folded;
    if (from !== null && upTo <= from) return;
    const next = from === null ? events : events.filter(({ position }) => position > from);
    for (const view of this.views) await view.take(next);
    this.#folded = upTo;
    this.#events += next.length;
    const changes = this.views.reduce((sum, view) => sum + view.changes, 0);
    if (atHead || changes >= changesPerCommit || this.#events >= eventsPerCommit) await this.#commit();
  }

  async #commit(): Promise<void> {
    const position = this.#folded;
    if (position === null || position === this.#committed) return;
    const now = this.options.clock.now();
    const commits = this.views.map((view) => view.commit(position, now));
    if ((await this.options.views.commit(commits)) === 'fenced') throw new FencedError('A view has another owner now.');
    for (const [index, view] of this.views.entries()) {
      const commit = commits[index];
      if (commit) view.accepted(commit);
    }
    this.#committed = position;
    this.#events = 0;
    this.options.committed(this.views, position);
  }

  /** While the other lane waits, the one that is behind folds up to where the other stands; then they are one. */
  async #join(ahead: Lane, signal: AbortSignal): Promise<void> {
    await ahead.#alone(async () => {
      await this.#commit();
      await ahead.#commit();
      await this.#catchUp(ahead.#committed, signal);
      await ahead.#catchUp(this.#committed, signal);
      ahead.views = [...ahead.views, ...this.views];
      this.views = [];
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

  /** After a failure everything goes back to the last commit; what cannot be mended by waiting is thrown. */
  async #recover(error: unknown, failures: number): Promise<number> {
    if (error instanceof FencedError) throw error;
    const { log } = this.options;
    for (const view of this.views) view.rollback();
    this.#folded = this.#committed;
    this.#events = 0;
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
    await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 50 * 2 ** failures)));
    return failures + 1;
  }
}
