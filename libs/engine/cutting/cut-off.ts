import { limits } from '../limits.js';
import type { LogReader, Position, StoredEvent } from '../ports/event-store.js';
import { logPages } from '../transfer/log-pages.js';

type Log = Pick<LogReader, 'beginning' | 'head' | 'read' | 'follow'>;

/** What lies behind a cut through the log, as far as what lies before it must know. */
export interface CutOff {
  /** The first event that is left out; null: none is. */
  readonly first: Position | null;
  readonly events: number;
  /** IDs of the events whose results are left out, by the process that issued the commands. */
  readonly causes: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads what follows a position. What one command appended is kept as a whole or not at all: a cut through the middle of
 * it lies before it.
 */
export async function cutOffAfter(log: Log, at: Position, signal: AbortSignal): Promise<CutOff> {
  const causes = new Map<string, Set<string>>();
  let [first, events]: [Position | null, number] = [null, 0];
  const leaveOut = ({ position, meta }: StoredEvent): void => {
    first ??= position;
    events += 1;
    if (meta.actor.kind !== 'system') return;
    const { id } = meta.actor;
    causes.set(id, (causes.get(id) ?? new Set()).add(meta.$causationId));
  };
  for await (const page of logPages(log, at, await log.head(), signal)) {
    if (first === null && page[0]) (await begunBefore(log, page[0], at)).forEach(leaveOut);
    page.forEach(leaveOut);
  }
  return { first, events, causes };
}

/** Events up to a position that were appended together with one behind it. */
async function begunBefore(log: Log, { stream, revision, meta }: StoredEvent, at: Position): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const page of log.read(stream, Math.max(0, revision - limits.eventsPerCommand))) {
    found.push(...page.filter((event) => event.position <= at && event.meta.commandId === meta.commandId));
    if (page.some(({ position }) => position > at)) break;
  }
  return found;
}
