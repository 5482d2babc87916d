import { limits } from '../limits.js';
import { placeOf, type Actor } from '../model/envelope.js';
import type { Clock } from '../ports/clock.js';
import type { LogReader, StoredEvent } from '../ports/event-store.js';
import type { Records } from '../ports/records.js';
import type { ParkedKey, ViewReader, ViewVersion } from '../ports/view-store.js';
import type { Rebuild } from '../rebuilding/rebuild.js';
import type { Busy, Rebuilds } from '../rebuilding/rebuilds.js';
import { decisionsChange, decisionsOf, type ParkedDecisions, type Skip, type StoredDecisions } from './decisions.js';

export interface ParkedDocumentsOptions {
  readonly records: Records;
  readonly views: Pick<ViewReader, 'parked'>;
  readonly log: Pick<LogReader, 'read'>;
  readonly rebuilds: Rebuilds;
  readonly clock: Clock;
}

/** A document that waits, and the event that it waits behind. */
export interface WaitingDocument extends ParkedKey {
  readonly stored: StoredEvent | null;
}

/** Decided, or why not. */
type Decided<T, Why extends string> = { readonly done: T } | { readonly refused: Why };

/**
 * What operators do about documents that wait behind an event which could not be folded. It is noted in the records, and
 * whoever folds the view looks there: a process that is killed at any moment finds it again.
 */
export class ParkedDocuments {
  constructor(private readonly options: ParkedDocumentsOptions) {}

  async waiting(view: ViewVersion): Promise<readonly WaitingDocument[]> {
    const parked = await this.options.views.parked(view);
    const events = new Map<string, StoredEvent | null>();
    for (const address of new Set(parked.map(({ event }) => event))) events.set(address, await this.#eventAt(address));
    return parked.map((key) => ({ ...key, stored: events.get(key.event) ?? null }));
  }

  async skips(view: string): Promise<readonly Skip[]> {
    return (await decisionsOf(this.options.records, view)).skips;
  }

  /** Everything that waits in a view is folded again, in order. Answers how many documents wait. */
  async retry(version: ViewVersion): Promise<Decided<number, 'nothingWaits'>> {
    const parked = await this.options.views.parked(version);
    if (parked.length === 0) return { refused: 'nothingWaits' };
    await this.#decide(version.view, ({ retries }) => ({ retries: retries + 1 }));
    return { done: parked.length };
  }

  /** The view leaves out an event that could not be folded, and goes on with what waits behind it. */
  async skip(
    version: ViewVersion,
    { event, reason, by }: Pick<Skip, 'event' | 'reason' | 'by'>,
  ): Promise<Decided<Skip, 'notFailed' | 'tooMany'>> {
    const known = (await this.skips(version.view)).find((skip) => skip.event === event);
    if (known) return { done: known };
    const parked = await this.options.views.parked(version);
    if (!failedEvents(parked).has(event)) return { refused: 'notFailed' };
    const skip: Skip = { event, reason, by, at: this.options.clock.now() };
    const decided = await this.#decide(version.view, ({ skips }) => {
      const others = skips.filter((one) => one.event !== event);
      return others.length >= limits.skipsPerView ? null : { skips: [...others, skip] };
    });
    return decided ? { done: skip } : { refused: 'tooMany' };
  }

  /** The event counts again: the view is built anew with it, and reads move to that as soon as it is as far. */
  async withdraw(version: ViewVersion, event: string, by: Actor): Promise<Decided<Rebuild | Busy, 'notSkipped'>> {
    const { records, rebuilds } = this.options;
    const { view } = version;
    if (!(await this.skips(view)).some((skip) => skip.event === event)) return { refused: 'notSkipped' };
    const together = async () => {
      const stored = await decisionsOf(records, view);
      return [decisionsChange(view, stored, { skips: stored.skips.filter((skip) => skip.event !== event) })];
    };
    return { done: await rebuilds.begin({ versions: [version], switching: 'anyhow', startedBy: by, together }) };
  }

  /** False if what is there allows no such change. */
  async #decide(view: string, change: (before: StoredDecisions) => Partial<ParkedDecisions> | null): Promise<boolean> {
    const { records } = this.options;
    for (;;) {
      const before = await decisionsOf(records, view);
      const changed = change(before);
      if (!changed) return false;
      if ((await records.transact([decisionsChange(view, before, changed)])).ok) return true;
    }
  }

  async #eventAt(address: string): Promise<StoredEvent | null> {
    const { stream, revision } = placeOf(address);
    for await (const [event] of this.options.log.read(stream, revision)) return event ?? null;
    return null;
  }
}

/** Those that failed themselves: they wait behind no other. */
function failedEvents(parked: readonly ParkedKey[]): ReadonlySet<string> {
  const failed = new Set(parked.map(({ event }) => event));
  for (const { waiting } of parked) for (const event of waiting.slice(1)) failed.delete(event);
  return failed;
}
