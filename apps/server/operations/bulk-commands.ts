import { commandHashOf, commandIdOf, type Call, type CommandOutcome } from '#lib/engine/commands/call.js';
import { later } from '#lib/engine/model/instants.js';
import type { Bulk, CommandClass } from '#lib/engine/model/message.js';
import { untilDefinite, type Execute } from '#lib/engine/processes/issuer.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import { uuidFrom } from '#lib/engine/uuid.js';
import type { SeatRow } from '#lib/domain/seat-pool/messages.js';
import type { OperationStarted } from '../http/answers.js';
import { operationAnswer } from './operation-answer.js';
import { OperationRecords, type OperationRecord } from './operation-records.js';

/** Operations that may be under way; how long those that ended can be asked about. */
const limits = { running: 100, keptMs: 30 * 86_400_000, forgottenAtOnce: 20 } as const;

export interface BulkOptions {
  readonly records: Records;
  readonly execute: Execute;
  readonly clock: Clock;
  readonly log: Logger;
  /** Commands that may be carried out in parts, by stored name. */
  readonly commands: ReadonlyMap<string, CommandClass>;
}

/**
 * Carries out commands whose list is longer than one append takes: in parts, one after the other, each a command with an
 * ID that follows from the whole's. What was begun goes on after a restart; a part that is sent again repeats itself.
 */
export class BulkCommands {
  readonly #operations: OperationRecords;
  readonly #stopping = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(private readonly options: BulkOptions) {
    this.#operations = new OperationRecords(options.records);
  }

  /** Takes up what a process before this one left unfinished. */
  async resume(): Promise<void> {
    for (const operation of await this.#operations.running(limits.running)) this.#enqueue(operation);
  }

  /** When none is under way. */
  idle(): Promise<void> {
    return this.#queue;
  }

  /** Ends after the part that is under way. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.idle();
  }

  /** Carries out a command at once, or begins an operation if its list is too long for that. */
  async execute(command: object, call: Call): Promise<CommandOutcome | OperationStarted> {
    const { bulk } = command.constructor as CommandClass;
    if (!bulk) return this.options.execute(command, call);
    const isShort = entriesOf(command, bulk).length <= bulk.perCommand;
    if (call.dryRun || (isShort && call.idempotencyKey === null)) return this.options.execute(command, call);
    const id = uuidFrom(commandIdOf(call), 'operation');
    const known = await this.#operations.find(id);
    if (known) return this.#again(known, command);
    return isShort ? this.options.execute(command, call) : this.#begin(id, command, bulk, call);
  }

  async #again(known: OperationRecord, command: object): Promise<CommandOutcome | OperationStarted> {
    if (known.commandHash !== commandHashOf(command)) return { kind: 'keyReused' };
    return { kind: 'started', operation: await operationAnswer(known, this.#operations) };
  }

  /** What would refuse the whole refuses it now; what only meets single entries is told by their rows. */
  async #begin(id: string, command: object, bulk: Bulk, call: Call): Promise<CommandOutcome | OperationStarted> {
    const tried = await this.options.execute(command, { ...call, dryRun: true });
    if (tried.kind !== 'dryRun') return tried;
    if (this.#waiting >= limits.running) {
      return { kind: 'unavailable', detail: `${limits.running} operations are under way.` };
    }
    const now = this.options.clock.now();
    const entries = entriesOf(command, bulk);
    const operation: OperationRecord = {
      id,
      command: (command.constructor as CommandClass).type,
      commandHash: commandHashOf(command),
      startedBy: call.actor,
      caller: call.caller,
      traceparent: call.traceparent,
      status: 'running',
      total: entries.length,
      done: 0,
      parts: Math.ceil(entries.length / bulk.perCommand),
      partsDone: 0,
      startedAt: now,
      endedAt: null,
      position: null,
      problem: null,
    };
    const kept = { ...command, [bulk.field]: entries.map((entry) => bulk.keep(entry)) };
    if (!(await this.#operations.begin(operation, kept))) return this.execute(command, call);
    const cutOff = later(now, -limits.keptMs);
    await this.#operations.forgetEndedBefore(cutOff, limits.forgottenAtOnce);
    this.#enqueue(operation);
    return { kind: 'started', operation: await operationAnswer(operation, this.#operations) };
  }

  #enqueue(operation: OperationRecord): void {
    this.#waiting += 1;
    this.#queue = this.#queue.then(async () => {
      try {
        if (!this.#stopping.signal.aborted) await this.#run(operation);
      } catch (error) {
        // Its record says that it runs: the next start takes it up again.
        if (!this.#stopping.signal.aborted) this.options.log.error({ operation: operation.id, error }, 'stopped');
      } finally {
        this.#waiting -= 1;
      }
    });
  }

  async #run(begun: OperationRecord): Promise<void> {
    const type = this.options.commands.get(begun.command);
    if (!type?.bulk) throw new Error(`This build cannot carry out ${begun.command} in parts.`);
    const { field } = type.bulk;
    const input = Object.assign(new type(), await this.#operations.inputOf(begun));
    const entries = entriesOf(input, type.bulk);
    let operation = begun;
    while (operation.partsDone < operation.parts && !this.#stopping.signal.aborted) {
      const part = operation.partsDone;
      // Parts of equal size, so that none is a single entry, which would be refused as a whole.
      const from = Math.floor((entries.length * part) / operation.parts);
      const to = Math.floor((entries.length * (part + 1)) / operation.parts);
      const command = Object.assign(new type(), input, { [field]: entries.slice(from, to) });
      const outcome = await untilDefinite(() => this.#executePart(command, operation, part), this.#stopping.signal);
      if (outcome.kind !== 'done') return this.#fail(operation, outcome);
      operation = { ...operation, partsDone: part + 1, done: to, position: outcome.position };
      await this.#operations.partDone(operation, part, rowsIn(outcome.answer));
    }
    if (operation.partsDone < operation.parts) return;
    await this.#operations.end({ ...operation, status: 'done', endedAt: this.options.clock.now() });
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

  async #fail(operation: OperationRecord, outcome: CommandOutcome): Promise<void> {
    const [refusal] = outcome.kind === 'rejected' ? outcome.refusals : [];
    const problem = {
      code: refusal?.code ?? 'INTERNAL',
      detail: refusal?.detail ?? 'A part could not be carried out; the rows say what was done before.',
    };
    this.options.log.warn({ operation: operation.id, outcome }, 'operation failed');
    await this.#operations.end({ ...operation, status: 'failed', endedAt: this.options.clock.now(), problem });
  }
}

function entriesOf(command: object, { field }: Bulk): readonly string[] {
  const entries: unknown = Object.entries(command).find(([name]) => name === field)?.[1];
  return Array.isArray(entries) ? entries.map(String) : [];
}

function rowsIn(answer: object): readonly SeatRow[] {
  const rows: unknown = 'rows' in answer ? answer.rows : [];
  return Array.isArray(rows) ? (rows as readonly SeatRow[]) : [];
}
