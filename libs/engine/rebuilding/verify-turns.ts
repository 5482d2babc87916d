import { later } from '../model/instants.js';
import type { Actor } from '../model/envelope.js';
import { passingTime, type Time } from '../owning/time.js';
import { Wake } from '../owning/wake.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { RecordChange, Records } from '../ports/records.js';
import type { ViewVersion } from '../ports/view-store.js';
import type { Rebuilds } from './rebuilds.js';
import { verifyTurnsTable } from './tables.js';

export interface VerifyTurnsOptions {
  readonly records: Records;
  readonly rebuilds: Rebuilds;
  /** Those that take turns, in this order. */
  readonly versions: readonly ViewVersion[];
  /** From the beginning of one turn to that of the next; a turn that takes longer is waited for. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** In which is waited for a turn to end. */
  readonly time?: Time;
}

/** Whose turn it was last, and the rebuild that verifies it; null: nobody's yet, or the view was built anew then. */
interface Turn {
  readonly view: string | null;
  readonly operation: string | null;
  readonly at: string;
}

const place = { table: verifyTurnsTable, key: 'last' } as const;
const by: Actor = { kind: 'system', id: 'verify', role: 'system', personId: null };
/** How often it is looked whether a turn has ended. */
const lookMs = 1_000;

/**
 * Verifies the views one after the other, one a turn, as operators do: each is folded anew from the whole log beside what
 * is read, and compared. All of them at once would fold the log as often as there are views.
 */
export class VerifyTurns {
  constructor(private readonly options: VerifyTurnsOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, clock } = this.options;
    while (!signal.aborted) {
      const last = await this.#last();
      if (last.operation !== null) await this.#ended(last.operation, signal);
      await reached(later(last.at, everyMs), clock, signal);
      if (!signal.aborted) await this.#begin(last.view);
    }
  }

  /** A store that is new has an interval's peace before the first turn. */
  async #last(): Promise<Turn> {
    const { records, clock } = this.options;
    const row = await records.get(place.table, place.key);
    if (row) return row.value as Turn;
    const none: Turn = { view: null, operation: null, at: clock.now() };
    await records.transact([this.#change(none)]);
    return none;
  }

  async #ended(operation: string, signal: AbortSignal): Promise<void> {
    const { rebuilds, time = passingTime } = this.options;
    const rest = new Wake(time);
    while (!signal.aborted && (await rebuilds.find(operation))?.endedAt === null) await rest.rest(lookMs, signal);
  }

  /** One that is being built anew now misses its turn. */
  async #begin(last: string | null): Promise<void> {
    const { rebuilds, versions, records, clock, log } = this.options;
    const next = versions[(versions.findIndex(({ view }) => view === last) + 1) % versions.length];
    if (!next) return;
    const turn = (operation: string | null): Turn => ({ view: next.view, operation, at: clock.now() });
    const together = async (operation: string): Promise<readonly RecordChange[]> => [this.#change(turn(operation))];
    const begun = await rebuilds.begin({ versions: [next], switching: 'never', startedBy: by, together });
    if (!('busy' in begun)) return log.debug({ view: next.view, operation: begun.id }, 'view is verified');
    log.info({ view: next.view }, 'view is built anew, and not verified this time');
    await records.transact([this.#change(turn(null))]);
  }

  #change(value: Turn): RecordChange {
    return { ...place, expect: 'any', value };
  }
}

/** Resolves at an instant, or when the signal aborts. */
function reached(instant: string, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted || instant <= clock.now()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = clock.at(instant, end);
    signal.addEventListener('abort', end);
  });
}
