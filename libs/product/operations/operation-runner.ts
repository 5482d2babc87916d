import { isPassing } from '#lib/engine/owning/ongoing.js';
import { Wake } from '#lib/engine/owning/wake.js';
import { untilDefinite, type Execute } from '#lib/engine/processes/issuer.js';
import type { CommandOutcome } from '#lib/engine/commands/call.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { SeatRow } from '#lib/domain/seat-pool/messages.js';
import {
  entriesOf,
  mostRunning,
  OperationRecords,
  type OperationRecord,
  type RunningOperation,
} from './operation-records.js';

export interface OperationRunnerOptions {
  readonly records: Records;
  readonly execute: Execute;
  readonly clock: Clock;
  readonly log: Logger;
  /** Commands that may be carried out in parts, by stored name. */
  readonly commands: ReadonlyMap<string, CommandClass>;
  /** How often to look for what another process has begun; null: none does. */
  readonly lookEveryMs: number | null;
}

/**
 * Carries out the operations that were begun: one after the other, each in parts with IDs that follow from the whole's.
 * What was left unfinished goes on after a restart; a part that is sent again repeats itself.
 */
export class OperationRunner {
  readonly #operations: OperationRecords;
  readonly #wake = new Wake();
  /** Those that failed by a bug: the next start tries them again. */
  readonly #stuck = new Set<string>();

  constructor(private readonly options: OperationRunnerOptions) {
    this.#operations = new OperationRecords(options.records);
  }

  /** To be called when an operation was begun. */
  begun(): void {
    this.#wake.wake();
  }

  /** Whether one is left for the next start, since it failed by a bug. */
  get isStuck(): boolean {
    return this.#stuck.size > 0;
  }

  /** Until the signal aborts; ends after the part that is under way. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const running = await this.#operations.running(mostRunning);
      const next = running.find(({ operation }) => !this.#stuck.has(operation.id));
      if (next) await this.#carryOut(next, signal);
      else await this.#wake.rest(this.options.lookEveryMs, signal);
    }
  }

  async #carryOut(running: RunningOperation, signal: AbortSignal): Promise<void> {
    try {
      await this.#parts(running, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isPassing(error)) throw error;
      const { id } = running.operation;
      this.options.log.error({ operation: id, error }, 'operation stopped');
      this.#stuck.add(id);
    }
  }

  async #parts(begun: RunningOperation, signal: AbortSignal): Promise<void> {
    const type = this.options.commands.get(begun.operation.command);
    if (!type?.bulk) throw new Error(`This build cannot carry out ${begun.operation.command} in parts.`);
    const { field } = type.bulk;
    const input = Object.assign(new type(), await this.#operations.inputOf(begun.operation));
    const entries = entriesOf(input, type.bulk);
    let running = begun;
    while (running.operation.partsDone < running.operation.parts) {
      if (signal.aborted) return;
      const { operation } = running;
      if (await this.#operations.isToBeCanceled(operation)) return this.#end(running, 'canceled');
      const part = operation.partsDone;
      // Parts of equal size, so that none is a single entry, which would be refused as a whole.
      const from = Math.floor((entries.length * part) / operation.parts);
      const to = Math.floor((entries.length * (part + 1)) / operation.parts);
      const command = Object.assign(new type(), input, { [field]: entries.slice(from, to) });
      const outcome = await untilDefinite(() => this.#executePart(command, operation, part), signal);
      if (outcome.kind !== 'done') return this.#fail(running, outcome);
      const further = { ...operation, partsDone: part + 1, done: to, position: outcome.position };
      running = await this.#operations.partDone(running, further, rowsIn(outcome.answer));
    }
    await this.#end(running, 'done');
  }

  async #end(running: RunningOperation, status: 'done' | 'canceled'): Promise<void> {
    const endedAt = this.options.clock.now();
    await this.#operations.end(running, { ...running.operation, status, endedAt });
  }

  #executePart(command: object, operation: OperationRecord, part: number): Promise<CommandOutcome> {
    const { id, startedBy: actor, caller, traceparent } = operation;
    return this.options.execute(command, {
      actor,
      caller,
      idempotencyKey: `${id}/${part}`,
      expectedRevision: null,
      dryRun: false,
      after: null,
      waitMs: 0,
      traceparent,
      cause: null,
    });
  }

  async #fail(running: RunningOperation, outcome: CommandOutcome): Promise<void> {
    const { operation } = running;
    const [refusal] = outcome.kind === 'rejected' ? outcome.refusals : [];
    const problem = {
      code: refusal?.code ?? 'INTERNAL',
      detail: refusal?.detail ?? 'A part could not be carried out; the rows say what was done before.',
    };
    this.options.log.warn({ operation: operation.id, outcome }, 'operation failed');
    const endedAt = this.options.clock.now();
    await this.#operations.end(running, { ...operation, status: 'failed', endedAt, problem });
  }
}

function rowsIn(answer: object): readonly SeatRow[] {
  const rows: unknown = 'rows' in answer ? answer.rows : [];
  return Array.isArray(rows) ? (rows as readonly SeatRow[]) : [];
}
