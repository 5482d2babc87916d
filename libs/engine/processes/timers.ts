import { limits } from '../limits.js';
import type { CommandClass } from '../model/message.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { RecordChange, RecordRow, Records } from '../ports/records.js';
import { Issuer, type Cause, type Execute } from './issuer.js';

const table = 'timers';

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
  if (!timer) return { table, key, expect: 'any', value: null };
  return { table, key, expect: 'any', value: { process, ...timer }, sort: timer.dueAt };
}

/**
 * Fires what is due, in order of due time; also what fell due while nobody ran. A timer is removed after its command was
 * answered, so that a crash fires it again: its command finds nothing to do. Instants are compared with the clock port.
 */
export class Timers {
  #signal: AbortSignal = AbortSignal.abort();
  #disarm: () => void = () => undefined;
  #firing: Promise<void> | null = null;
  #again = false;

  constructor(
    private readonly records: Records,
    private readonly clock: Clock,
    private readonly commands: ReadonlyMap<string, CommandClass>,
    private readonly execute: Execute,
    private readonly log: Logger,
  ) {}

  start(signal: AbortSignal): void {
    this.#signal = signal;
    this.arm();
  }

  /** Looks again for what is due and what is next: after timers were set or cleared. */
  arm(): void {
    if (this.#signal.aborted) return;
    this.#again = true;
    this.#firing ??= this.#run().finally(() => (this.#firing = null));
  }

  /** Ends when no command is under way any more. */
  async stop(): Promise<void> {
    this.#disarm();
    while (this.#firing) await this.#firing;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#signal.aborted) {
      this.#again = false;
      try {
        await this.#fireDue();
        await this.#wakeForNext();
      } catch (error) {
        this.log.error({ error }, 'timers could not be read; trying again');
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        this.#again = true;
      }
    }
  }

  async #fireDue(): Promise<void> {
    for (;;) {
      const due = await this.records.list({ table, upTo: this.clock.now(), limit: limits.timersAtOnce });
      if (due.length === 0 || this.#signal.aborted) return;
      await Promise.all(due.map((row) => this.#fire(row)));
    }
  }

  async #fire(row: RecordRow): Promise<void> {
    const timer = row.value as Timer;
    const { table, key, version: expect } = row;
    try {
      await this.#issue(timer);
      await this.records.transact([{ table, key, expect, value: null }]);
    } catch (error) {
      if (this.#signal.aborted) return;
      const sort = new Date(Date.parse(this.clock.now()) + limits.timerRetryMs).toISOString();
      this.log.error({ timer: key, error, retryAt: sort }, 'timer failed');
      await this.records.transact([{ table, key, expect, value: timer, sort }]);
    }
  }

  async #issue({ process, type, input, key, cause, dueAt }: Timer): Promise<void> {
    const command = this.commands.get(type);
    if (!command) throw new Error(`This build does not know the command ${type}.`);
    const issuer = new Issuer(`${process}.timer`, this.execute, this.log, this.#signal);
    const outcome = await issuer.issue({ type: command, input, key: `${key}/${dueAt}`, cause });
    this.log.info({ process, command: type, dueAt, outcome: outcome.kind }, 'timer fired');
  }

  async #wakeForNext(): Promise<void> {
    const [next] = await this.records.list({ table, limit: 1 });
    this.#disarm();
    if (next?.sort) this.#disarm = this.clock.at(next.sort, () => this.arm());
  }
}
