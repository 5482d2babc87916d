import { requestKey, requestsTable, type Delivery } from '#lib/engine/model/delivery.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { RecordPut } from '#lib/engine/model/record.js';
import type { EraseRecord } from '#lib/engine/model/process.js';
import type { Cause } from '#lib/engine/processes/issuer.js';
import { processesTable } from '#lib/engine/processes/process-checkpoint.js';
import { timerChange } from '#lib/engine/processes/timers.js';
import type { RecordLine } from '#lib/engine/transfer/format.js';
import { destinationRecord } from '#lib/domain/publisher/destination.js';

/** A timer that was set, as its process ordered it. */
export interface SetTimer {
  readonly process: string;
  /** Unique in the process. */
  readonly id: string;
  readonly dueAt: string;
  readonly command: CommandClass;
  readonly input: object;
  readonly key: string;
  readonly cause: Cause;
}

/** What lies beside the log: rows that must be erasable, timers, and what came of requests to the outside. */
export class Beside {
  readonly #rows = new Map<string, RecordPut>();
  readonly #timers = new Map<string, SetTimer>();

  put(row: RecordPut): void {
    this.#rows.set(`${row.table}/${row.key}`, row);
  }

  erase({ table, key }: EraseRecord['eraseRecord']): void {
    this.#rows.delete(`${table}/${key}`);
  }

  setTimer(name: string, timer: SetTimer): void {
    this.#timers.set(name, timer);
  }

  clearTimer(name: string): void {
    this.#timers.delete(name);
  }

  /** Undefined: it was cleared, or set anew for another time. */
  takeTimer(name: string, dueAt: string): SetTimer | undefined {
    const timer = this.#timers.get(name);
    if (timer?.dueAt !== dueAt) return undefined;
    this.#timers.delete(name);
    return timer;
  }

  /** Nothing is asked of the outside: of what would have been, it is noted that it was answered, or had no address. */
  requested(process: string, id: string, { data }: Recorded): void {
    const publisherId = 'publisherId' in data ? String(data.publisherId) : '';
    const { table, key } = destinationRecord(publisherId);
    const delivered = { status: 'delivered', attempts: 1, answer: 'It answered 204.', nextAttemptAt: null } as const;
    const skipped = { status: 'skipped', attempts: 0, answer: 'noDestination', nextAttemptAt: null } as const;
    const value: Delivery = this.#rows.has(`${table}/${key}`) ? delivered : skipped;
    this.put({ table: requestsTable, key: requestKey(process, id), value, sort: null });
  }

  /** All rows of an installation whose processes have handled so many events, the whole log. */
  *lines(processes: readonly string[], events: number): Generator<RecordLine, void> {
    for (const { table, key, sort, value } of this.#rows.values()) yield { kind: 'record', table, key, sort, value };
    for (const { id, process, command, ...timer } of this.#timers.values()) {
      const { table, key, sort = null, value } = timerChange(process, id, { ...timer, type: command.type });
      if (value) yield { kind: 'record', table, key, sort, value };
    }
    const value = { position: { $ordinal: events }, appended: null };
    for (const name of processes) yield { kind: 'record', table: processesTable, key: name, sort: name, value };
  }
}
