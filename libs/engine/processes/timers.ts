import { limits } from '../limits.js';
import type { CommandClass } from '../model/message.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { RecordChange, RecordRow, Records } from '../ports/records.js';
import { DueRows, type Next } from './due-rows.js';
import { Issuer, timerOrder, type Cause, type Execute } from './issuer.js';

/** Rows of all timers, sorted by when they are due. */
export const timersTable = 'timers';

/** A command that is to be issued at an instant or later, at least once. */
interface Timer {
  readonly process: string;
  readonly dueAt: string;
  /** Stored name of the command. */
  readonly type: string;
  readonly input: object;
  readonly key: string;
  readonly cause: Cause;
}

/** The change that sets or (null) clears a process's timer, for the transaction of the process's checkpoint. */
export function timerChange(process: string, id: string, timer: Omit<Timer, 'process'> | null): RecordChange {
  const key = `${process}/${id}`;
  if (!timer) return { table: timersTable, key, expect: 'any', value: null };
  return { table: timersTable, key, expect: 'any', value: { process, ...timer }, sort: timer.dueAt };
}

/** Fires what is due. A timer is removed after its command was answered; fired again, its command finds nothing to do. */
export class Timers extends DueRows {
  constructor(
    records: Records,
    clock: Clock,
    private readonly commands: ReadonlyMap<string, CommandClass>,
    private readonly execute: Execute,
    log: Logger,
  ) {
    super(timersTable, limits.timersAtOnce, records, clock, log);
  }

  protected async carryOut({ value }: RecordRow, signal: AbortSignal): Promise<Next> {
    const { process, type, input, key, cause, dueAt } = value as Timer;
    const command = this.commands.get(type);
    if (!command) throw new Error(`This build does not know the command ${type}.`);
    const order = timerOrder(process, { key, dueAt });
    const issuer = new Issuer(order.name, this.execute, this.log, signal);
    const outcome = await issuer.issue({ type: command, input, key: order.key, cause });
    this.log.info({ process, command: type, dueAt, outcome: outcome.kind }, 'timer fired');
    return null;
  }
}
