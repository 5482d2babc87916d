import { setTimeout } from 'node:timers/promises';
import type { EventCatalog } from '../catalog.js';
import { turnOfEventLoop } from '../event-loop.js';
import { inLogOrder } from '../history/in-log-order.js';
import { addressOf, placeOf } from '../model/envelope.js';
import type { Clock } from '../ports/clock.js';
import { StoreCorruptError, type LogReader, type Position, type StoredEvent } from '../ports/event-store.js';
import { FencedError } from '../ports/leases.js';
import type { Logger } from '../ports/logger.js';
import { docId, type ParkedKey, type ViewCommit, type ViewStore } from '../ports/view-store.js';
import { FoldFailedError, ViewStoppedError, type FoldingView } from '../projecting/folding-view.js';
import { LoggedEvent } from '../projecting/logged-event.js';
import { addressesOf, type ParkedDecisions } from './decisions.js';

export interface RetryOptions {
  readonly store: Pick<LogReader, 'read'>;
  readonly views: Pick<ViewStore, 'commit'>;
  readonly catalog: EventCatalog;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A build that is about to be folded, and what was decided about its parked documents. */
export interface Retried {
  readonly view: FoldingView;
  readonly decided: ParkedDecisions;
}

/**
 * Folds again what waits in views: once when whoever folds them begins, since a new build of the program may be able to;
 * when operators asked for it; and when an event that waits is to be left out.
 */
export class ParkedRetries {
  /** By build: the retries that were asked for when it was last tried. */
  readonly #tried = new Map<string, number>();

  constructor(private readonly options: RetryOptions) {}

  /** Views that are about to be folded, when what waits in them was folded again; opened anew where that failed. */
  async opened(open: () => Promise<readonly Retried[]>, signal: AbortSignal): Promise<readonly FoldingView[]> {
    for (let failures = 0; ; failures += 1) {
      const all = await open();
      try {
        await this.#run(all, signal);
        return all.map(({ view }) => view);
      } catch (error) {
        if (error instanceof FencedError || error instanceof StoreCorruptError || signal.aborted) throw error;
        this.options.log.error({ error, failures }, 'what waits could not be folded again; trying again');
        await setTimeout(Math.min(5_000, 50 * 2 ** failures), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** They are brought on together, so that builds that are compared with each other never differ meanwhile. */
  async #run(all: readonly Retried[], signal: AbortSignal): Promise<void> {
    const due = all.filter((one) => this.#isDue(one));
    const commits: (readonly [FoldingView, ViewCommit])[] = [];
    for (const { view } of due) {
      const commit = view.parked.length === 0 ? null : await foldedAgain(view, this.options, signal);
      if (commit) commits.push([view, commit]);
    }
    if (signal.aborted) return commits.forEach(([view]) => view.rollback());
    const answer = commits.length === 0 ? 'committed' : await this.options.views.commit(commits.map(([, one]) => one));
    if (answer === 'fenced') throw new FencedError('A view has another owner now.');
    for (const [view, commit] of commits) view.accepted(commit);
    for (const { view, decided } of due) this.#tried.set(nameOf(view), decided.retries);
  }

  #isDue({ view, decided }: Retried): boolean {
    if (this.#tried.get(nameOf(view)) !== decided.retries) return true;
    const skipped = addressesOf(decided);
    return view.parked.some(({ waiting }) => waiting.some((event) => skipped.has(event)));
  }
}

function nameOf({ id: { view, version, build } }: FoldingView): string {
  return JSON.stringify([view, version, build]);
}

/** What is to be committed; null: the same waits as before, or the signal aborted, and the view is as it was. */
async function foldedAgain(view: FoldingView, options: RetryOptions, signal: AbortSignal): Promise<ViewCommit | null> {
  const { store, catalog, clock, log } = options;
  const { position } = view;
  while (position !== null && !signal.aborted) {
    try {
      await view.unpark();
      for await (const page of waitingEvents(store, view.parked, position)) {
        if (signal.aborted) break;
        await view.refold(page.map((event) => new LoggedEvent(event, catalog)));
        await turnOfEventLoop();
      }
      const commit = view.commit(position, clock.now());
      if (!signal.aborted && !isSame(commit.parked ?? [], view.parked)) return commit;
      break;
    } catch (error) {
      view.rollback();
      const isStopped = error instanceof ViewStoppedError;
      if (!isStopped && !(error instanceof FoldFailedError)) throw error;
      log.error({ error: error.message }, isStopped ? 'what waits is left as it was' : 'event parked again');
      if (isStopped) return null;
    }
  }
  view.rollback();
  return null;
}

/** The events that wait, in the order of the log. */
async function* waitingEvents(
  store: Pick<LogReader, 'read'>,
  parked: readonly ParkedKey[],
  upTo: Position,
): AsyncGenerator<readonly StoredEvent[], void> {
  const waiting = new Set(parked.flatMap((key) => key.waiting));
  const firsts = new Map<string, number>();
  for (const address of waiting) {
    const { stream, revision } = placeOf(address);
    firsts.set(stream, Math.min(revision, firsts.get(stream) ?? revision));
  }
  for await (const page of inLogOrder(store, [...firsts.keys()], upTo, (stream) => firsts.get(stream) ?? 0)) {
    yield page.filter((event) => waiting.has(addressOf(event)));
  }
}

function isSame(some: readonly ParkedKey[], others: readonly ParkedKey[]): boolean {
  const text = (keys: readonly ParkedKey[]): string =>
    JSON.stringify(
      keys
        .map(({ kind, key, event, error, waiting }) => [docId(kind, key), event, error, waiting] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return text(some) === text(others);
}
